"""All rules of varve, collected from the modules that declare them."""

import importlib
import pkgutil
from collections.abc import Iterator

import varve
from varve.model.diagnostic import Rule


def rules() -> dict[str, Rule]:
    """All rules by code, in alphabetical order."""
    return dict(sorted((rule.code, rule) for rule in _declared()))


def _declared() -> Iterator[Rule]:
    for module in pkgutil.walk_packages(varve.__path__, "varve."):
        if not module.name.endswith("__main__"):
            yield from (each for each in vars(importlib.import_module(module.name)).values() if isinstance(each, Rule))
