"""The history in git: who wrote a line, what a change consists of, what files contained, and the trusted commit."""
