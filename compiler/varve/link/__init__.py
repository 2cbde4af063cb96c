"""From units to an environment."""
