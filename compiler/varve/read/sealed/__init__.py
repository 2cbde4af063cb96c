"""Sealed files, read without a key: what SOPS leaves readable, and whether SOPS could have written it."""
