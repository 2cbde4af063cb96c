"""Paths with facts in them, as `varve.yaml` writes them: `environments/tiers/%{tenant.tier}`."""

import re
from collections.abc import Mapping

FACT = re.compile(r"%\{([a-z]+(?:[._][a-z]+)*)\}")


def facts(path: str) -> set[str]:
    """The names of the facts in `path`."""
    return set(FACT.findall(path))


def fill(path: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """`path` with the facts that are known in their places."""
    return FACT.sub(lambda found: known[found[1]][0] if found[1] in known else found[0], path)
