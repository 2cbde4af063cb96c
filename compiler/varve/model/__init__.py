"""The data types of the compiler: immutable, and made of the standard library only."""
