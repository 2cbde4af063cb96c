"""Alertmanager's matchers, such as `severity="critical"`: read in both grammars, written for both, and evaluated."""

from varve.language.matcher.matcher import Matcher, Operator, negated
from varve.language.matcher.reading import read, read_fallback
from varve.language.matcher.selection import admitted, disjoint, matches
from varve.language.matcher.writing import write

__all__ = [
    "Matcher",
    "Operator",
    "admitted",
    "disjoint",
    "matches",
    "negated",
    "read",
    "read_fallback",
    "write",
]
