"""What policies find in sources, in changes and in a history, and evidence of that for others."""
