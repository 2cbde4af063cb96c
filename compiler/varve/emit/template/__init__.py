"""Artifacts from templates whose values are bound like the parameters of a query, never pasted."""
