"""Renames: a removed and an added entry with mostly the same content are one entry with a new name."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from varve.inquire.difference.wording import worded
from varve.model.source import Keys, Map, Value

if TYPE_CHECKING:
    from varve.model.difference import Kind

Renamed: TypeAlias = Mapping[str, str]
"""New names by old names."""

NAME: Final = "name"
"""The part of a changed thing that differs if it was renamed."""

NOTHING: Final[Renamed] = {}
"""No renames."""

_FREE: Final = frozenset({"services", "alerts", "records", "slos", "scrape", "probes", "receivers", "hours", "users"})
"""Maps whose keys are free names; the keys of packs, labels and routes have a meaning, so they are never renames."""
_MANY: Final = 1024
"""If there are more pairs than this, none is compared."""
_ALIKE: Final = 3 / 4
"""The minimum share of equal content of two entries if one of them is the other, renamed."""
_KINDS: "Final[Mapping[str, Kind]]" = {"alerts": "alert", "records": "recording"}
"""The kind of rule that each key of a service defines."""


class Names(NamedTuple):
    """The renames of a unit: its services, its receivers and users, its hours, and its rules.

    Receivers and hours have their full names in Alertmanager. `rules` has new names by kind, the new name of the
    service, and the old name.
    """

    services: Renamed = NOTHING
    receivers: Renamed = NOTHING
    hours: Renamed = NOTHING
    rules: Mapping[tuple["Kind", str, str], str] = {}

    def rule(self, kind: "Kind", group: str, name: str) -> str:
        """The new name of a rule, by its kind, the new name of its group, and its old name."""
        return self.rules.get((kind, group, name), name)


KNOWN: Final = Names()
"""A unit without renames."""


def renamed(at: Keys, before: Map, after: Map) -> Renamed:
    """The renames of entries of the map at a path."""
    if not _is_free(at):
        return {}
    gone, come = ([key for key in one if key not in other] for one, other in ((before, after), (after, before)))
    if len(gone) * len(come) > _MANY:
        return {}
    pairs = ((_share((old, before[old]), (new, after[new])), old, new) for old in gone for new in come)
    return _best(sorted((each for each in pairs if each[0] >= _ALIKE), key=lambda each: -each[0]))


def _is_free(at: Keys) -> bool:
    """Whether the keys of the map at a path are free names; a service may itself be called `users`."""
    free = False
    for key in at:
        free = not free and key in _FREE
    return free


def _best(pairs: Iterable[tuple[float, str, str]]) -> Renamed:
    """The renames, in which each name is used once, in the first pair that has it."""
    found: dict[str, str] = {}
    for _, old, new in pairs:
        if old not in found and new not in found.values():
            found[old] = new
    return found


def _share(before: tuple[str, Value], after: tuple[str, Value]) -> float:
    """The share of equal content of two entries, not counting their names."""
    plain = neutral((before[0], after[0]))
    left, right = (Counter((keys, plain(text)) for keys, text in _flat(value, ())) for _, value in (before, after))
    return (left & right).total() / max(left.total(), right.total(), 1)


def _flat(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    """The texts in a value, each with its path; free names are left out of paths."""
    if isinstance(value, dict):
        free = bool(at) and at[-1] in _FREE
        for key, each in value.items():
            yield from _flat(each, (*at, "" if free else key))
    elif at:
        yield at, worded(value)


def names(before: Map, after: Map, tenant: str) -> Names:
    """The renames in a tenant's unit; of receivers, users and hours by their full names in Alertmanager."""

    def whole(folder: str, *path: str) -> dict[str, str]:
        own = renamed(path, *(_at(each, path) for each in (before, after)))
        return {f"{folder}/{old}": f"{folder}/{new}" for old, new in own.items()}

    users = whole(f"{tenant}/users", "users")
    receivers, hours = (users | whole(tenant, "notify", each) for each in ("receivers", "hours"))
    left, right = (_at(each, ("services",)) for each in (before, after))
    services = renamed(("services",), left, right)
    new_names = ((services.get(old, old), cast("Map", each)) for old, each in left.items())
    both = [(new, each, cast("Map", right[new])) for new, each in new_names if new in right]
    rules = {
        (kind, service, old): new
        for service, then, now in both
        for key, kind in _KINDS.items()
        for old, new in renamed((key,), _at(then, (key,)), _at(now, (key,))).items()
    }
    return Names(services, receivers, hours, rules)


def _at(value: Map, path: tuple[str, ...]) -> Map:
    for key in path:
        value = cast("Map", value.get(key) or {})
    return value


def neutral(names: Iterable[str], instead: str = "\0") -> Callable[[str], str]:
    """A function that replaces names in a text, where they are whole words."""
    word = _words(names)
    return (lambda text: word.sub(instead, text)) if word else str


def respelt(renamed: Renamed) -> Callable[[str], str]:
    """A function that replaces old names by new ones in a text, where they are whole words."""
    word = _words(renamed)
    return (lambda text: word.sub(lambda found: renamed[found[0]], text)) if word else str


def alike(renamed: Renamed) -> Callable[[str, str], bool]:
    """A function that says whether two texts differ only by renames."""
    word = _words((*renamed, *renamed.values()))

    def are_alike(before: str, after: str) -> bool:
        if word is None or word.split(before) != word.split(after):
            return before == after
        named = zip(word.findall(before), word.findall(after), strict=True)
        return all(new in (old, renamed.get(old, old)) for old, new in named)

    return are_alike


def _words(names: Iterable[str]) -> re.Pattern[str] | None:
    found = "|".join(map(re.escape, sorted(filter(None, names), key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])") if found else None
