"""What differs between two sides of a change, in the words of those whom it concerns."""
