"""What stands for something else: facts in the paths of `varve.yaml`, and references in values."""

import re
from collections.abc import Mapping
from functools import lru_cache

from varve.language import name
from varve.model.source import Keys

FACT = re.compile(r"%\{([a-z]+(?:[._][a-z]+)*)\}")
REFERENCE = re.compile(r"%%\{|%\{([A-Za-z][^}]*)(\}?)")
"""A reference and its brace, which may be missing; or the two signs that write `%{` and hold none."""


@lru_cache(maxsize=256)
def facts(path: str) -> frozenset[str]:
    """The names of the facts in a layer's `path`, such as `environments/tiers/%{tenant.tier}`."""
    return frozenset(FACT.findall(path))


@lru_cache(maxsize=256)
def named(path: str) -> tuple[str, ...]:
    """The same, sorted."""
    return tuple(sorted(facts(path)))


@lru_cache(maxsize=1024)
def keys(written: str) -> Keys | None:
    """The path that a fact, a lock or a reference writes, or None: units share most of them."""
    return name.keys(written)


def fill(path: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """`path` with the facts that are known in their places."""
    pieces = list(_pieces(path))
    for index in range(1, len(pieces), 2):
        fact = pieces[index]
        pieces[index] = known[fact][0] if fact in known else f"%{{{fact}}}"
    return "".join(pieces)


@lru_cache(maxsize=256)
def _pieces(path: str) -> tuple[str, ...]:
    """What is written in a path, and between its pieces the facts that it names."""
    return tuple(FACT.split(path))
