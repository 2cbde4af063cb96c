"""What is asked of whole compiles: what a change touches and means, and which words are to blame for a line."""
