"""Work on sealed files: checking, verifying, editing and rotating them, and rendering the secrets in them."""
