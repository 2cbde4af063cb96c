"""Gathering: equal changes of several units are listed once, and the changes of the same units together."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeAlias

from varve.inquire.difference.renaming import neutral
from varve.model.difference import Change, ChangedItem, Difference, Lines, Occurrence, SharedChange, total_lines
from varve.model.unit import Unit

ANY: Final = "<tenant>"
"""The placeholder for the tenant's name in a change that several tenants share."""

_NAME: Final = "\0"
_KINDS: Final = ("unit", "value", "secret", "alert", "recording", "route", "artifact")
_APART: Final = ("value", "secret", "artifact")
_Exact: TypeAlias = tuple[Change, ChangedItem]


def gathered(by_unit: Iterable[tuple[Unit, Iterable[Occurrence]]]) -> tuple[Difference, ...]:
    """All changes, each once, by the units that have it; values come first, because they cause the others.

    An equal change of several alerts, even in different services, is also listed once if it is in the same
    environments, so that a change for all tenants is one change although their services have different names.
    """
    exact: dict[_Exact, dict[Unit, Lines | None]] = defaultdict(dict)
    for unit, those in by_unit:
        plain = neutral((unit.tenant,), _NAME)
        for each in those:
            exact[_split(each, plain)][unit] = each.lines
    merged: dict[tuple[Change, Hashable], list[ChangedItem]] = defaultdict(list)
    for (change, changed), lines in exact.items():
        units = tuple(sorted(lines, key=_by_environment))
        whole = changed._replace(units=units, lines=total_lines(filter(None, lines.values())))
        merged[change, _pattern(units)].append(whole)
    together: dict[tuple[Unit, ...], list[SharedChange]] = defaultdict(list)
    for (change, _), items in merged.items():
        all_units = {unit for each in items for unit in each.units}
        together[tuple(sorted(all_units, key=_by_environment))].append(_shared_change(change, items))
    found = (Difference(units, tuple(sorted(those, key=_kind))) for units, those in together.items())
    return tuple(sorted(found, key=_order))


def _by_environment(unit: Unit) -> tuple[str, str]:
    return unit.environment, unit.tenant


def _split(occurrence: Occurrence, plain: Callable[[str], str]) -> _Exact:
    """The change without its subject, and the item; values, sealed files and artifacts keep the subject."""
    change = _with(occurrence.change, plain)
    own = change if change.kind in _APART else change._replace(subject="")
    return own, ChangedItem(change.subject, plain(occurrence.where))


def _with(change: Change, spell: Callable[[str], str]) -> Change:
    sides = (None if each is None else spell(each) for each in (change.before, change.after))
    return Change(change.kind, spell(change.subject), spell(change.part), *sides)


def _pattern(units: Iterable[Unit]) -> Hashable:
    """The environments that have a change if they are the same for each tenant, otherwise the units."""
    environments: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        environments[unit.tenant].add(unit.environment)
    found = {frozenset(each) for each in environments.values()}
    return (next(iter(found)), "" in environments) if len(found) == 1 else frozenset(units)


def _shared_change(change: Change, items: Iterable[ChangedItem]) -> SharedChange:
    tenants = {unit.tenant for each in items for unit in each.units}
    name = next(iter(tenants)) if len(tenants) == 1 else ANY

    def spelt(text: str) -> str:
        return text.replace(_NAME, name)

    own = (each._replace(subject=spelt(each.subject), where=spelt(each.where)) for each in items)
    return SharedChange(_with(change, spelt)._replace(subject=""), tuple(own))


def _kind(shared: SharedChange) -> int:
    return _KINDS.index(shared.change.kind)


def _order(difference: Difference) -> tuple[bool, int, tuple[tuple[str, str], ...]]:
    first = difference.changes[0].change.kind
    names = tuple(map(_by_environment, difference.units))
    return first not in ("unit", "value", "secret"), -len(names), names
