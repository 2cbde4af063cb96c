"""The bounds of buckets and quantiles that an expression matches, and how Prometheus writes them since 3.0."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from varve.language import regex
from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.required import required
from varve.language.promql.tree import Node

_LABELS: Final = frozenset({"le", "quantile"})
_SUSPECT: Final = re.compile(r"""\b(?:le|quantile)["'`]?\s*=~?\s*["'`](?:[^"'`]*\|)?[-+]?[0-9]+["'`|]""")
_WHOLE: Final = re.compile(r"([-+]?)0*([0-9]{1,15})")
_FEWEST_DIGITS: Final = 7


class Bound(NamedTuple):
    """A whole number as a matcher has it, and as Prometheus has stored it since 3.0."""

    label: str
    written: str
    stored: str


@lru_cache(maxsize=4096)
def whole_bounds(text: str) -> tuple[Bound, ...]:
    """The whole numbers that a valid expression requires as the bound of a bucket or a quantile, as in `le="1"`.

    Those that it also allows in the newer notation are not among them.
    """
    if _SUSPECT.search(text) is None:
        return ()
    found = reading.read(text)
    return () if isinstance(found, Fault) else tuple(_unmatched(found.nodes))


def _unmatched(nodes: Sequence[Node]) -> Iterator[Bound]:
    values = dict.fromkeys((label, text) for label, texts in required(nodes, _LABELS) for text in texts)
    for label, text in values:
        bound = _bound(label, text)
        if bound and not {(label, bound.stored), (label, regex.quote(bound.stored))} & values.keys():
            yield bound


def _bound(label: str, text: str) -> Bound | None:
    found = _WHOLE.fullmatch(text)
    return Bound(label, text, f"{found[1].strip('+')}{_stored(found[2])}") if found else None


def _stored(digits: str) -> str:
    """A whole number as Go writes the shortest `float64`, with at least one digit after the point or an exponent."""
    if len(digits) < _FEWEST_DIGITS:
        return f"{digits}.0"
    significant = digits.rstrip("0")
    fraction = f".{significant[1:]}" if significant[1:] else ""
    return f"{significant[0]}{fraction}e+{len(digits) - 1:02}"
