"""The events are libyaml's, and reading them never recurses."""

import pytest

from varve.read.events import ScalarEvent, SequenceStartEvent, StreamEndEvent, YAMLError, events


def test_events_come_one_by_one_with_marks_in_characters() -> None:
    get = events("é: [😀x]")
    seen = []
    while (event := get()).__class__ is not StreamEndEvent:
        kind = event.__class__
        if kind is ScalarEvent:
            seen.append((event.value, event.start_mark.index, event.end_mark.index))
    assert seen == [("é", 0, 1), ("😀x", 4, 6)]


def test_deep_nesting_does_not_recurse() -> None:
    get = events("[" * 100_000)
    get(), get()
    assert all(get().__class__ is SequenceStartEvent for _ in range(1000))


def test_invalid_yaml_raises_at_its_place() -> None:
    get = events("a: 'b")
    with pytest.raises(YAMLError):
        [get() for _ in range(9)]
