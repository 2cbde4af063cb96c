"""What became of one line of a text in another text: it stays, is another, or is gone."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

Fate: TypeAlias = Literal["stays", "another", "gone"]

_CLOSING: Final = ("}", "]", ")")


def fate(before: Sequence[str], after: Sequence[str], at: int) -> Fate:
    """What becomes of the line `at` (from 0) where a text turns from `before` into `after`.

    Only what stands between the nearest lines that both texts have once is compared. Where lines are taken out, and it
    cannot be told which of several equal ones, those are that begin with the least indented line: a whole item, and not
    the end of one with the beginning of the next.
    """
    for start, end, new in _gaps(before, after, at):
        first, last = (start, end) if new else _slid(before, start, end)
        if first <= at < last:
            return "another" if new else "gone"
    return "stays"


def place(lines: Sequence[str], at: int, other: Sequence[str]) -> int | None:
    """Where the line `at` stands in another text, of those lines there with the most of the same around them.

    None where no line is the same. Lines are counted from 0.
    """
    alike = [index for index, line in enumerate(other) if line == lines[at]]
    return max(alike, key=lambda index: _around(lines, at, other, index), default=None)


def _around(lines: Sequence[str], at: int, other: Sequence[str], index: int) -> int:
    """How many lines are the same above and below two places."""
    above = zip(reversed(lines[:at]), reversed(other[:index]), strict=False)
    below = zip(lines[at + 1 :], other[index + 1 :], strict=False)
    return sum(
        next((n for n, (one, two) in enumerate(each) if one != two), most)
        for each, most in ((above, min(at, index)), (below, min(len(lines) - at, len(other) - index) - 1))
    )


def _gaps(before: Sequence[str], after: Sequence[str], at: int) -> Iterator[tuple[int, int, int]]:
    """The lines of `before` that are not in `after`, from one up to another, with how many stand in their place.

    Only those around the line `at`.
    """
    most = min(len(before), len(after))
    start = next((index for index in range(most) if before[index] != after[index]), most)
    room = most - start
    end = next((index for index in range(room) if before[-1 - index] != after[-1 - index]), room)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    (low, left), (high, right) = _around_once(old, new, at - start)
    found = SequenceMatcher(None, old[low:high], new[left:right], autojunk=False).get_opcodes()
    for tag, first, last, begun, done in found:
        if tag in ("replace", "delete"):
            yield start + low + first, start + low + last, done - begun


def _around_once(old: Sequence[str], new: Sequence[str], at: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where on and up to where two texts are to be compared, to see what becomes of a line of the old one.

    To compare texts as a whole takes time that grows with the square of their length.
    """
    there = _once(new)
    both = _rising([(index, there[line]) for line, index in _once(old).items() if line in there])
    split = bisect(both, at, key=lambda each: each[0])
    return both[split - 1] if split else (0, 0), both[split] if split < len(both) else (len(old), len(new))


def _once(lines: Sequence[str]) -> Mapping[str, int]:
    """Where the lines stand that are there only once."""
    known = Counter(lines)
    return {line: index for index, line in enumerate(lines) if known[line] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of the pairs, which rise in what is first, that rise in what is second too."""
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


def _slid(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """The same number of lines, whose loss leaves the same text, that begin with the least indented line."""
    low, high = 0, 0
    while start + low > 0 and lines[start + low - 1] == lines[end + low - 1]:
        low -= 1
    while end + high < len(lines) and lines[start + high] == lines[end + high]:
        high += 1
    best = min(range(low, high + 1), key=lambda way: (_depth(lines[start + way]), -way))
    return start + best, end + best


def _depth(line: str) -> tuple[int, bool]:
    """How far a line is indented; one that closes something begins nothing."""
    text = line.lstrip(" ")
    return len(line) - len(text), text.startswith(_CLOSING)
