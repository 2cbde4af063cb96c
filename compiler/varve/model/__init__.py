"""The nouns, frozen, made of the standard library only."""
