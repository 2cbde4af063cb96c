"""Expressions that differ in their strings or numbers only: what stands for all of them needs to be read once."""

import re
from collections.abc import Callable
from typing import Final

from varve.language.promql.reading import LONGEST

# Quotes of one kind, and nothing in which such a quote would be a character like others: so these are the strings.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")

_PLAIN: Final = r"(?:0\.[0-9]{1,9}|[1-9][0-9]{0,8}(?>\.[0-9]{1,9}|))(?![\w:.])"
# A number in brackets has to be greater than 0, and one behind a `$` may be a variable of Grafana.
_REST: Final = rf"""\[[^]"]*+ | \$\{{[^}}]*+ | [A-Za-z_:$][\w:$]*+ | "(?![^"]*+") | [^\w:.$"[]
      | (?!{_PLAIN})[0-9.][\w.]*+(?>(?<=[0-9.][eE])[-+][\w.]*+|)"""
_VARYING: Final = re.compile(rf"""((?: {_REST} |)*+) ("[^"]*+" | {_PLAIN} | \Z)""", re.VERBOSE | re.ASCII)


def is_simple(text: str) -> bool:
    """Whether strings and numbers can be told without reading the text."""
    return len(text) <= LONGEST and _SIMPLE.fullmatch(text) is not None


def varied(text: str, put: Callable[[str], str]) -> str:
    """A simple text with what `put` gives for each of its strings and plain numbers, one after the other."""
    return _VARYING.sub(lambda found: found[1] + put(found[2]) if found[2] else found[1], text)


def numbered(text: str) -> str:
    """What is sound exactly where `text` is, and asks for the same: all that differ from it in numbers only are that.

    A plain number of so few digits can stand wherever another one can.
    """
    return varied(text, _one) if is_simple(text) else text


def _one(piece: str) -> str:
    return piece if piece[0] == '"' else "1"
