"""Saying it: one renderer a format."""
