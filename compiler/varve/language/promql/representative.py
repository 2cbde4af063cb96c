"""Expressions that differ only in strings or numbers: one that represents them all needs to be read only once."""

import re
from collections.abc import Callable
from typing import Final

from varve.language.promql.reading import LONGEST

# Only double quotes, and nothing in which one would not delimit a string: no comments, escapes or other quotes.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")

_PLAIN: Final = r"(?:0\.[0-9]{1,9}|[1-9][0-9]{0,8}(?>\.[0-9]{1,9}|))(?![\w:.])"
# A number in brackets must be greater than 0, and one after a `$` may be a variable of Grafana.
_REST: Final = rf"""\[[^]"]*+ | \$\{{[^}}]*+ | [A-Za-z_:$][\w:$]*+ | "(?![^"]*+") | [^\w:.$"[]
      | (?!{_PLAIN})[0-9.][\w.]*+(?>(?<=[0-9.][eE])[-+][\w.]*+|)"""
_VARYING: Final = re.compile(rf"""((?: {_REST} |)*+) ("[^"]*+" | {_PLAIN} | \Z)""", re.VERBOSE | re.ASCII)


def is_simple(text: str) -> bool:
    """Whether the strings and numbers of an expression can be found without parsing it."""
    return len(text) <= LONGEST and _SIMPLE.fullmatch(text) is not None


def substituted(text: str, put: Callable[[str], str]) -> str:
    """A simple text with each of its strings and plain numbers replaced by the result of `put`, in their order."""
    return _VARYING.sub(lambda found: found[1] + put(found[2]) if found[2] else found[1], text)


def without_numbers(text: str) -> str:
    """The text with `1` for each plain number: it is valid exactly if `text` is, and has the same properties.

    Plain numbers with so few digits are valid in the same places.
    """
    return substituted(text, _as_one) if is_simple(text) else text


def _as_one(piece: str) -> str:
    return piece if piece[0] == '"' else "1"
