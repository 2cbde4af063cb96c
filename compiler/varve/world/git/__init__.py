"""git's own: how it is spoken to, where a repository lies, which files it lists, and what they hold."""
