"""What an organisation's policies say, of sources, of changes and of a history, and evidence of it for others."""
