"""The language of policies: Google's CEL, as far as they have it; by its library, and outright where that is sure."""
