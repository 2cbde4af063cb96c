"""What is sealed: who opens it and with what, what seals it anew, and where it is put in the clear."""
