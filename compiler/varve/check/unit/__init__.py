"""What a unit says, by itself: names that lead somewhere, scrapes that end, objectives that can be watched."""
