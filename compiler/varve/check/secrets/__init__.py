"""What is sealed, for whom and since when, and credentials that stand or travel in the clear."""
