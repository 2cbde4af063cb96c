"""A unit by itself: references that exist, scrapes that end in time, objectives whose alerts can fire."""
