"""Finds likely misspellings: a service or user that only an overlay defines, and whose name is similar to another."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from varve.language.name import dotted, nearest
from varve.model.diagnostic import Note, Report, Rule, Severity
from varve.model.layer import Layer
from varve.model.unit import Resolved

if TYPE_CHECKING:
    from varve.model.source import Map

STRAY_NAME = Rule(
    "check/stray-name",
    "Overlay name is probably misspelt",
    "A stronger layer may add a service or a user of its own. But if its name is nearly that of another one, the "
    "other was most likely meant: what the layer sets would then have no effect on it, and an incomplete service "
    "would be built beside it. Correct the name, or give the service a file of its own.",
    Severity.WARNING,
)

_SECTIONS: Final = ("services", "users")


def check(unit: Resolved, report: Report) -> None:
    """Warn of each service and user that is first set by a stronger layer than those of service and user files."""
    layers = unit.stack.layers
    for section in _SECTIONS:
        own = max((each.priority for each in layers if each.into[:1] == (section,)), default=None)
        names = list(cast("Map", unit.value.get(section, {})))
        for name in names if own is not None else ():
            first = _first(layers, section, name)
            if first is None or first.owner != "tenant" or first.priority <= (own or 0):
                continue
            if meant := nearest(name, [each for each in names if each != name]):
                _report(first, section, (name, meant), _first(layers, section, meant), report)


def _first(layers: Sequence[Layer], section: str, name: str) -> Layer | None:
    """The weakest layer that sets anything in a service or a user."""
    defining = (each for each in layers if section in each.value)
    return next((each for each in defining if name in cast("Map", each.value[section] or {})), None)


def _report(layer: Layer, section: str, words: tuple[str, str], other: Layer | None, report: Report) -> None:
    name, meant = words
    notes = (Note(f"`{meant}` is defined here", other.place((section, meant), "key")),) if other else ()
    message = f"only this layer has `{dotted((section, name))}`"
    report.add(STRAY_NAME, message, layer.place((section, name), "key"), *notes, hint=f"did you mean `{meant}`?")
