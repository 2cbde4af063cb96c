"""Expressions that differ only in their strings use the same functions and syntax, so one is parsed for all tenants."""

import re
from typing import Final

from varve.language import promql
from varve.language.fault import Fault
from varve.language.promql import Query

# Only one kind of quote, and nothing in which that quote would be an ordinary character.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")
_STRING: Final = re.compile(r'"[^"]*"')


def representative(expr: str) -> str:
    """A representative of all expressions that differ from `expr` only in strings; `expr` if it is not simple."""
    return _STRING.sub('"x"', expr) if _SIMPLE.fullmatch(expr) else expr


def read(expr: str) -> Query | Fault:
    """What is known of `expr` apart from the content of its strings, or why it cannot be parsed."""
    found = promql.read(representative(expr))
    return promql.read(expr) if isinstance(found, Fault) else found
