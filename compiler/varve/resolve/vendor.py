"""The groups and rules in a vendor's Prometheus rule file, which fits its schema, with their keys."""

from collections.abc import Iterator
from typing import cast

from varve.model.diagnostic import Place
from varve.model.source import Document, Keys, Map
from varve.model.unit import Resolved


def groups(document: Document) -> Iterator[tuple[Keys, Map]]:
    """The groups of a rule file, each with its keys."""
    for index, group in enumerate(cast("list[Map]", cast("Map", document.value)["groups"])):
        yield ("groups", index), group


def rules_of(at: Keys, group: Map) -> Iterator[tuple[Keys, Map]]:
    """The rules of one group, whose keys are `at`, each with its own keys."""
    for index, rule in enumerate(cast("list[Map]", group["rules"])):
        yield (*at, "rules", index), rule


def rules(document: Document) -> Iterator[tuple[Keys, Map]]:
    """The rules of a rule file, each with its keys."""
    for at, group in groups(document):
        yield from rules_of(at, group)


def expressions(unit: Resolved) -> Iterator[tuple[Place, str]]:
    """The expressions of the rules in all vendors' files of a unit, each with its place; it may be a number there."""
    for document in unit.vendor.values():
        for at, rule in rules(document):
            yield Place(document.path, (*at, "expr")), str(rule["expr"])
