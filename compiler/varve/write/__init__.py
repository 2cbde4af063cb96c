"""Decides what should change on disk; `world` carries it out."""
