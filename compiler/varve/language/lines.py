"""What happens to one line when a text changes: it stays, is replaced, or is gone."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

Fate: TypeAlias = Literal["stays", "another", "gone"]

_CLOSING: Final = ("}", "]", ")")


def fate(before: Sequence[str], after: Sequence[str], at: int) -> Fate:
    """What happens to the line `at`, counted from 0, when a text changes from `before` to `after`.

    Only the part between the nearest lines that occur exactly once in both texts is compared. If it is ambiguous which
    of several equal lines were removed, those are chosen that begin with the least indented line: a whole item, instead
    of the end of one and the beginning of the next.
    """
    for start, end, new in _changed_ranges(before, after, at):
        first, last = (start, end) if new else _shifted(before, start, end)
        if first <= at < last:
            return "another" if new else "gone"
    return "stays"


def place(lines: Sequence[str], at: int, other: Sequence[str]) -> int | None:
    """The equal line in another text that has the most equal lines around it, or None if there is no equal line.

    Lines are counted from 0.
    """
    alike = [index for index, line in enumerate(other) if line == lines[at]]
    return max(alike, key=lambda index: _equal_context(lines, at, other, index), default=None)


def _equal_context(lines: Sequence[str], at: int, other: Sequence[str], index: int) -> int:
    """How many lines directly above and below two lines are equal."""
    above = zip(reversed(lines[:at]), reversed(other[:index]), strict=False)
    below = zip(lines[at + 1 :], other[index + 1 :], strict=False)
    return sum(
        next((n for n, (one, two) in enumerate(each) if one != two), most)
        for each, most in ((above, min(at, index)), (below, min(len(lines) - at, len(other) - index) - 1))
    )


def _changed_ranges(before: Sequence[str], after: Sequence[str], at: int) -> Iterator[tuple[int, int, int]]:
    """The ranges of lines that `after` lacks: start, end (exclusive), and the number of lines that replace them.

    Only the ranges around the line `at`.
    """
    most = min(len(before), len(after))
    start = next((index for index in range(most) if before[index] != after[index]), most)
    room = most - start
    end = next((index for index in range(room) if before[-1 - index] != after[-1 - index]), room)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    (low, left), (high, right) = _bounds(old, new, at - start)
    changes = SequenceMatcher(None, old[low:high], new[left:right], autojunk=False).get_opcodes()
    for tag, first, last, new_first, new_last in changes:
        if tag in ("replace", "delete"):
            yield start + low + first, start + low + last, new_last - new_first


def _bounds(old: Sequence[str], new: Sequence[str], at: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The start and the end, each in both texts, of the part to compare around a line of the old one.

    Comparing whole texts takes time quadratic in their length.
    """
    positions = _unique(new)
    anchors = _longest_rising([(index, positions[line]) for line, index in _unique(old).items() if line in positions])
    split = bisect(anchors, at, key=lambda each: each[0])
    return anchors[split - 1] if split else (0, 0), anchors[split] if split < len(anchors) else (len(old), len(new))


def _unique(lines: Sequence[str]) -> Mapping[str, int]:
    """The positions of the lines that occur exactly once."""
    known = Counter(lines)
    return {line: index for index, line in enumerate(lines) if known[line] == 1}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection of the pairs, sorted by their first part, whose second parts rise too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        length = bisect(ends, second)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [second], [index]
    found, index = [], last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _shifted(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """The range of the same length whose removal leaves the same text and that begins with the least indented line."""
    low, high = 0, 0
    while start + low > 0 and lines[start + low - 1] == lines[end + low - 1]:
        low -= 1
    while end + high < len(lines) and lines[start + high] == lines[end + high]:
        high += 1
    best = min(range(low, high + 1), key=lambda way: (_depth(lines[start + way]), -way))
    return start + best, end + best


def _depth(line: str) -> tuple[int, bool]:
    """The indentation of a line, and whether it closes something; such a line comes last of equally indented ones."""
    text = line.lstrip(" ")
    return len(line) - len(text), text.startswith(_CLOSING)
