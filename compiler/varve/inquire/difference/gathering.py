"""Equal changes of several units are said once, and those of the same units together."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeAlias

from varve.inquire.difference.renaming import neutral
from varve.model.difference import Change, Difference, Lines, Met, Said, Thing, summed
from varve.model.unit import Unit

ANY: Final = "<tenant>"
"""Stands for the tenant's name in a change that several tenants have."""

_NAME: Final = "\0"
_KINDS: Final = ("unit", "value", "secret", "alert", "recording", "route", "artifact")
_APART: Final = ("value", "secret", "artifact")
_Exact: TypeAlias = tuple[Change, Thing]


def gathered(met: Iterable[tuple[Unit, Iterable[Met]]]) -> tuple[Difference, ...]:
    """All changes, each once, below the units that have it: what values say first, because others rest on that.

    What becomes of several alerts, in whichever services, is said once too, if it is in the same environments: so the
    services of tenants may have other names, and yet what is changed for all of them is one change.
    """
    exact: dict[_Exact, dict[Unit, Lines | None]] = defaultdict(dict)
    for unit, those in met:
        plain = neutral((unit.tenant,), _NAME)
        for each in those:
            exact[_split(each, plain)][unit] = each.lines
    merged: dict[tuple[Change, Hashable], list[Thing]] = defaultdict(list)
    for (change, thing), lines in exact.items():
        units = tuple(sorted(lines, key=_by_environment))
        whole = thing._replace(units=units, lines=summed(filter(None, lines.values())))
        merged[change, _pattern(units)].append(whole)
    together: dict[tuple[Unit, ...], list[Said]] = defaultdict(list)
    for (change, _), things in merged.items():
        whose = {unit for each in things for unit in each.units}
        together[tuple(sorted(whose, key=_by_environment))].append(_said(change, things))
    found = (Difference(units, tuple(sorted(those, key=_kind))) for units, those in together.items())
    return tuple(sorted(found, key=_order))


def _by_environment(unit: Unit) -> tuple[str, str]:
    return unit.environment, unit.tenant


def _split(met: Met, plain: Callable[[str], str]) -> _Exact:
    """What became of a thing, and the thing: of values, sealed files and folders it is said of each by itself."""
    change = _with(met.change, plain)
    own = change if change.kind in _APART else change._replace(subject="")
    return own, Thing(change.subject, plain(met.where))


def _with(change: Change, spell: Callable[[str], str]) -> Change:
    sides = (None if each is None else spell(each) for each in (change.before, change.after))
    return Change(change.kind, spell(change.subject), spell(change.part), *sides)


def _pattern(units: Iterable[Unit]) -> Hashable:
    """Which environments of its tenants have a change, where those of each tenant are the same; or else which units."""
    environments: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        environments[unit.tenant].add(unit.environment)
    found = {frozenset(each) for each in environments.values()}
    return (next(iter(found)), "" in environments) if len(found) == 1 else frozenset(units)


def _said(change: Change, things: Iterable[Thing]) -> Said:
    tenants = {unit.tenant for each in things for unit in each.units}
    name = next(iter(tenants)) if len(tenants) == 1 else ANY

    def spelt(text: str) -> str:
        return text.replace(_NAME, name)

    own = (each._replace(subject=spelt(each.subject), where=spelt(each.where)) for each in things)
    return Said(_with(change, spelt)._replace(subject=""), tuple(own))


def _kind(said: Said) -> int:
    return _KINDS.index(said.change.kind)


def _order(difference: Difference) -> tuple[bool, int, tuple[tuple[str, str], ...]]:
    first = difference.changes[0].change.kind
    names = tuple(map(_by_environment, difference.units))
    return first not in ("unit", "value", "secret"), -len(names), names
