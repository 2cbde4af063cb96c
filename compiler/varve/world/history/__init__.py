"""What git records of how files came to be, and of the commit that a change is judged by."""
