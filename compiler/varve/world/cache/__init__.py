"""Verdicts of earlier compiles, kept where later ones find them: beside the repository, and where runners share."""
