"""Validation: checks report diagnostics and change nothing."""
