"""What is sealed, for whom and since when, and credentials that are stored or sent in plain text."""
