"""Configuration for programs: kept in memory, and reloaded when files change."""
