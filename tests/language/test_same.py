"""A value is known again as itself, and no equal one is taken for it."""

from functools import lru_cache

from varve.language.same import Same


def test_a_value_equals_itself_alone() -> None:
    one, other = {"a": 1}, {"a": 1}
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert Same(one) != one
    assert len({Same(one), Same(one), Same(other)}) == len((one, other))


def test_what_is_remembered_of_a_value_is_never_told_of_another() -> None:
    @lru_cache(maxsize=4)
    def size(value: Same[list[int]]) -> int:
        return len(value.value)

    assert [size(Same([0] * length)) for length in range(100)] == list(range(100))
