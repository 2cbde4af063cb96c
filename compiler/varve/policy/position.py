"""The place of a fault in an expression: not only the value, but the word in it."""

import re
from typing import Final

from varve.language.fault import Fault
from varve.model.diagnostic import Place, Span
from varve.model.source import Keys, Source
from varve.read.locate import locate

_WORD: Final = re.compile(r"\w+|.", re.DOTALL)


def spot(source: Source, keys: Keys, text: str, fault: Fault) -> Place:
    """The place of a fault in `text`, which is the value at `keys`.

    It is the word at the fault's offset if the file contains that line of the text literally, else the whole value.
    """
    span = None if fault.offset is None else _found(source, keys, text, fault.offset)
    return Place(source.path, keys, span=span)


def _found(source: Source, keys: Keys, text: str, offset: int) -> Span | None:
    before = text.rfind("\n", 0, offset) + 1
    line = text[before:].split("\n", 1)[0].rstrip()
    span = locate(source, keys, "value")
    written = source.data.decode(errors="replace").split("\n")[span.line - 1 : span.line + text.count("\n") + 1]
    for down, each in enumerate(written):
        start = each.find(line, span.column - 1 if down == 0 else 0)
        if line and start >= 0:
            column = start + offset - before + 1
            word = _WORD.match(each, column - 1)
            return Span(span.line + down, column, column + len(word[0]) if word else column + 1)
    return None
