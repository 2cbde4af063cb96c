"""Placeholders: facts in the paths of `varve.yaml`, and references in values."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from varve.language import name
from varve.model.source import Keys

FACT = re.compile(r"%\{([a-z]+(?:[._][a-z]+)*)\}")
REFERENCE = re.compile(r"%%\{|%\{([A-Za-z][^}]*)(\}?)")
"""Matches a reference, whose closing brace may be missing (group 2), or the escape `%%{`, for which group 1 is None."""

TENANT: Final = "tenant.id"
_ANY: Final = "[^/]+"


@lru_cache(maxsize=256)
def facts(path: str) -> frozenset[str]:
    """The names of the facts in a layer's `path`, such as `environments/tiers/%{tenant.tier}`."""
    return frozenset(FACT.findall(path))


@lru_cache(maxsize=256)
def named(path: str) -> tuple[str, ...]:
    """The names of the facts in a layer's `path`, sorted."""
    return tuple(sorted(facts(path)))


def is_literal(text: str) -> bool:
    """Whether a part of a layer's path stands for itself: it has no fact and no `*`."""
    return "*" not in text and not FACT.search(text)


@lru_cache(maxsize=256)
def files(path: str) -> re.Pattern[str]:
    """A pattern for the files of a layer without extensions; its group is the tenant, if the path names one."""
    texts, facts = FACT.split(path)[::2], FACT.findall(path)
    groups = (
        "(?P<tenant>[^/]+)" if fact == TENANT and fact not in facts[:at] else _ANY for at, fact in enumerate(facts)
    )
    literal = (re.escape(text).replace(re.escape("*"), _ANY) for text in texts)
    return re.compile("".join(part for pair in zip_longest(literal, groups, fillvalue="") for part in pair))


@lru_cache(maxsize=1024)
def keys(written: str) -> Keys | None:
    """The keys of a path in a fact, a lock or a reference, or None; cached, because units share most of them."""
    return name.keys(written)


def fill(path: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """`path` with the known facts filled in."""
    pieces = list(_pieces(path))
    for index in range(1, len(pieces), 2):
        fact = pieces[index]
        pieces[index] = known[fact][0] if fact in known else f"%{{{fact}}}"
    return "".join(pieces)


@lru_cache(maxsize=256)
def _pieces(path: str) -> tuple[str, ...]:
    """The literal pieces of a path, alternating with the facts between them."""
    return tuple(FACT.split(path))
