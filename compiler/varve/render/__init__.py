"""Output: one renderer for each format."""
