"""Parses source files into values."""
