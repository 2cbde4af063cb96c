"""What a line of an artifact rests on, found out by trial: sources say something else, and it is made again."""
