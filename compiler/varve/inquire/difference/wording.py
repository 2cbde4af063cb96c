"""Short texts for two values that differ: of long ones only what differs, with a word of context."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple, TypeAlias

from varve.language.credential import masked
from varve.language.plain import is_plain
from varve.model.source import Value

Both: TypeAlias = tuple[str, str]
"""The texts before and after."""

SHORT: Final = 40
"""Values with at most this many characters are shown whole."""
_LONG: Final = 160
_LEAD: Final = 16
"""The number of equal characters to show before a difference that comes late."""
_WORD: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*[^\W_]*|\w+|\s+|.", re.DOTALL)
_OTHERS: Final = re.compile(r"none|nothing|[\[{].*", re.DOTALL)
"""Texts that could be mistaken for a missing value, for a list or for a map."""
_PARTING: Final = re.compile(r"[,\[\]{}\"]|: |:$| #")
"""What a text inside of a list or a map may contain only in quotes."""
_MANY: Final = 400
"""If more words than this differ, equal words among them are not looked for."""
_NEAR: Final = 4
"""Fewer equal words than this between two differences are shown too."""


def worded(value: Value) -> str:
    """A whole value on one line, with credentials masked."""
    return masked(_text(value) if isinstance(value, str) else _flow(value))


def _flow(value: Value) -> str:
    """A value as YAML writes it on one line."""
    match value:
        case dict():
            return f"{{{', '.join(f'{_flow(key)}: {_flow(each)}' for key, each in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
        case str() if not _PARTING.search(value):
            return _text(value)
    return json.dumps(value, ensure_ascii=False)


def _text(value: str) -> str:
    return value if is_plain(value, _OTHERS) else json.dumps(value, ensure_ascii=False)


def cut(text: str) -> str:
    """A text, cut if it is too long; then its length is added."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}… ({len(text):,} characters)"


def apart(before: str, after: str, *, most: int = SHORT) -> Both:
    """Two texts that differ, whole if they have at most `most` characters, otherwise only what differs in them."""
    if max(len(before), len(after)) <= most or before == after:
        return cut(before), cut(after)
    words = _WORD.findall(before), _WORD.findall(after)
    found = dict.fromkeys(_spoken(words, each) for each in _hunks(*words))
    left, right = (" … ".join(dict.fromkeys(filter(None, side))) for side in zip(*found, strict=True))
    late = _alike(left, right) - _LEAD
    if late + _LEAD >= _LONG - 1:
        left, right = (f"…{each[late:]}" for each in (left, right))
    return cut(left), cut(right)


class _Hunk(NamedTuple):
    """A range of words that differs, before (`first` to `last`) and after (`begin` to `end`)."""

    first: int
    last: int
    begin: int
    end: int


def _hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[_Hunk]:
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    if max(map(len, middle)) > _MANY:
        yield _Hunk(start, start + len(middle[0]), start, start + len(middle[1]))
        return
    last: _Hunk | None = None
    for tag, first, to, begin, until in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        here = _Hunk(start + first, start + to, start + begin, start + until)
        if last and here.first - last.last < _NEAR:
            here = _Hunk(last.first, here.last, last.begin, here.end)
        elif last:
            yield last
        last = here
    if last:
        yield last


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """The number of equal words at the beginning."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))


def _spoken(words: tuple[Sequence[str], Sequence[str]], hunk: _Hunk) -> Both:
    """The texts of a hunk on both sides, with the word before it; if one side is empty, also the word after it."""
    before, after = words
    lead = hunk.first - _context(before[: hunk.first][::-1])
    more = 0 if hunk.first < hunk.last and hunk.begin < hunk.end else _context(before[hunk.last :])
    left = "".join(before[lead : hunk.last + more])
    right = "".join(before[lead : hunk.first]) + "".join(after[hunk.begin : hunk.end + more])
    plain = " ".join(left.split()), " ".join(right.split())
    return plain if plain[0] != plain[1] else (left, right)


def _context(words: Sequence[str]) -> int:
    """The number of words up to the first visible one."""
    return next((place for place, each in enumerate(words, 1) if not each.isspace()), 0)
