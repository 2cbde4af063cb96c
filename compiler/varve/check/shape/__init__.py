"""Documents against their schemas: of which kind one is, what a text must be, and how it is said what is wrong."""
