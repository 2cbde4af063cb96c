"""Sealed files: opening them with identities, sealing them again, and writing their secrets in the clear."""
