"""The words that a line of an artifact depends on, found by trial: sources are changed, and it is made again."""
