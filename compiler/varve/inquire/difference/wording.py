"""Two values or texts in few words: of long ones only what differs, with a word of context."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple, TypeAlias

from varve.language.credential import masked
from varve.language.plain import is_plain
from varve.model.source import Value

Both: TypeAlias = tuple[str, str]
"""What is said before, and after."""

SHORT: Final = 40
"""Two values that differ are said whole if they have no more characters."""
_LONG: Final = 160
_LEAD: Final = 16
"""So much of what is the same is said before what differs, where that comes late."""
_WORD: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*[^\W_]*|\w+|\s+|.", re.DOTALL)
_OTHERS: Final = re.compile(r"none|nothing|[\[{].*", re.DOTALL)
"""What is said where there is no value, and how lists and maps begin."""
_PARTING: Final = re.compile(r"[,\[\]{}\"]|: |:$| #")
"""What a text cannot hold inside of a list or a map, unless it stands in quotes."""
_MANY: Final = 400
"""Of so many words that differ it is not looked for those between them that do not."""
_NEAR: Final = 4
"""So many words that are the same, between two that are not, are said too."""


def worded(value: Value) -> str:
    """A value on one line, whole, without a credential."""
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
    """A text as far as there is room for it, with how long it is."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}… ({len(text):,} characters)"


def apart(before: str, after: str, *, most: int = SHORT) -> Both:
    """Two texts that differ, as they are where they have at most so many characters, or else what differs in them."""
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
    """Words of both sides that differ: from where to where."""

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
    """How many words at the beginning are the same."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))


def _spoken(words: tuple[Sequence[str], Sequence[str]], hunk: _Hunk) -> Both:
    """What a hunk says on both sides, with the word before it, and where nothing is left on a side also that after."""
    before, after = words
    lead = hunk.first - _context(before[: hunk.first][::-1])
    more = 0 if hunk.first < hunk.last and hunk.begin < hunk.end else _context(before[hunk.last :])
    left = "".join(before[lead : hunk.last + more])
    right = "".join(before[lead : hunk.first]) + "".join(after[hunk.begin : hunk.end + more])
    plain = " ".join(left.split()), " ".join(right.split())
    return plain if plain[0] != plain[1] else (left, right)


def _context(words: Sequence[str]) -> int:
    """How many words it takes until one can be seen."""
    return next((place for place, each in enumerate(words, 1) if not each.isspace()), 0)
