"""The cache of verdicts of earlier compiles: the repository's own, and one that runners share."""
