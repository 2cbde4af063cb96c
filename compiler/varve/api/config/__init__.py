"""For programs that read configuration: it stays in memory, and is read again when files change."""
