"""The memory of the process is counted in bytes."""

from varve.world.machine import usage


def test_memory_that_is_held_counts() -> None:
    before = usage.memory()
    assert 2**20 < before < 2**40
    held = bytearray(before + 2**24)  # more than there ever was, whatever was freed meanwhile
    held[::4096] = b"x" * len(held[::4096])
    assert usage.memory() > before
