"""What stands for something else: facts in the paths of `varve.yaml`, and references in values."""

import re
from collections.abc import Mapping

FACT = re.compile(r"%\{([a-z]+(?:[._][a-z]+)*)\}")
REFERENCE = re.compile(r"%%\{|%\{([A-Za-z][^}]*)(\}?)")
"""A reference and its brace, which may be missing; or the two signs that write `%{` and hold none."""


def facts(path: str) -> set[str]:
    """The names of the facts in a layer's `path`, such as `environments/tiers/%{tenant.tier}`."""
    return set(FACT.findall(path))


def fill(path: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """`path` with the facts that are known in their places."""
    return FACT.sub(lambda found: known[found[1]][0] if found[1] in known else found[0], path)
