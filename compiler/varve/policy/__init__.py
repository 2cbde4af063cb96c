"""Does what was resolved and made hold to the rules that the organisation writes as data."""
