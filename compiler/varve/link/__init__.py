"""Linking the artifacts of an environment's tenants into the configuration of its servers."""
