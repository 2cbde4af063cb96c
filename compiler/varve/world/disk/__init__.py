"""The disk: the few ways in which varve touches it, and how what is written there is whole or not at all."""
