"""What is only called otherwise: of what is gone and what has come, that which says the same."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, cast

from varve.inquire.difference.wording import worded
from varve.model.source import Keys, Map, Value

Renamed: TypeAlias = Mapping[str, str]
"""What something is called now, by what it was called."""

NAME: Final = "name"
"""Is said of what differs in a thing, where it has another name."""

NOTHING: Final[Renamed] = {}
"""Nothing is called otherwise."""

_FREE: Final = frozenset({"services", "alerts", "records", "slos", "scrape", "probes", "receivers", "hours", "users"})
"""The maps whose names only tell their entries apart; those of packs, labels and routes mean something."""
_MANY: Final = 1024
"""Of more pairs none is compared."""
_ALIKE: Final = 3 / 4
"""So much of what two things say is the same, at least, where one of them has become the other."""


class Names(NamedTuple):
    """What things of a unit are called now, by what they were called.

    That are its services, whom it tells of alerts and when, and below a service, as that is called now, its rules.
    """

    services: Renamed = NOTHING
    receivers: Renamed = NOTHING
    hours: Renamed = NOTHING
    rules: Mapping[tuple[str, str], str] = {}

    def rule(self, group: str, name: str) -> str:
        """What a rule is called now, in a group, as that is called now."""
        return self.rules.get((group, name), name)


KNOWN: Final = Names()
"""All is called as it was."""


def renamed(at: Keys, before: Map, after: Map) -> Renamed:
    """The entries of the map at a path that have come in the place of those that are gone, by what they were called."""
    if not _is_free(at):
        return {}
    gone, come = ([key for key in one if key not in other] for one, other in ((before, after), (after, before)))
    if len(gone) * len(come) > _MANY:
        return {}
    pairs = ((_share((old, before[old]), (new, after[new])), old, new) for old in gone for new in come)
    return _best(sorted((each for each in pairs if each[0] >= _ALIKE), key=lambda each: -each[0]))


def _is_free(at: Keys) -> bool:
    """Whether the names in a map only tell its entries apart; a service may itself be called `users`."""
    free = False
    for key in at:
        free = not free and key in _FREE
    return free


def _best(pairs: Iterable[tuple[float, str, str]]) -> Renamed:
    """Of each name the first pair in which it is."""
    found: dict[str, str] = {}
    for _, old, new in pairs:
        if old not in found and new not in found.values():
            found[old] = new
    return found


def _share(before: tuple[str, Value], after: tuple[str, Value]) -> float:
    """How much of what two things say is the same, whatever they are called."""
    plain = neutral((before[0], after[0]))
    left, right = (Counter((keys, plain(text)) for keys, text in _flat(value, ())) for _, value in (before, after))
    return (left & right).total() / max(left.total(), right.total(), 1)


def _flat(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    """What a value says at each path; what is in it may have other names too."""
    if isinstance(value, dict):
        free = bool(at) and at[-1] in _FREE
        for key, each in value.items():
            yield from _flat(each, (*at, "" if free else key))
    elif at:
        yield at, worded(value)


def names(before: Map, after: Map, tenant: str) -> Names:
    """What a tenant's unit calls otherwise: of receivers, users and hours their whole names in Alertmanager."""

    def whole(folder: str, *path: str) -> dict[str, str]:
        own = renamed(path, *(_at(each, path) for each in (before, after)))
        return {f"{folder}/{old}": f"{folder}/{new}" for old, new in own.items()}

    users = whole(f"{tenant}/users", "users")
    receivers, hours = (users | whole(tenant, "notify", each) for each in ("receivers", "hours"))
    left, right = (_at(each, ("services",)) for each in (before, after))
    services = renamed(("services",), left, right)
    called = ((services.get(old, old), cast("Map", each)) for old, each in left.items())
    both = [(new, each, cast("Map", right[new])) for new, each in called if new in right]
    rules = {
        (service, old): new
        for service, then, now in both
        for key in ("alerts", "records")
        for old, new in renamed((key,), _at(then, (key,)), _at(now, (key,))).items()
    }
    return Names(services, receivers, hours, rules)


def _at(value: Map, path: tuple[str, ...]) -> Map:
    for key in path:
        value = cast("Map", value.get(key) or {})
    return value


def neutral(names: Iterable[str], instead: str = "\0") -> Callable[[str], str]:
    """What takes names out of a text, where they are whole words."""
    word = _words(names)
    return (lambda text: word.sub(instead, text)) if word else str


def respelt(renamed: Renamed) -> Callable[[str], str]:
    """What says in a text how things are called now, where they are named as whole words."""
    word = _words(renamed)
    return (lambda text: word.sub(lambda found: renamed[found[0]], text)) if word else str


def alike(renamed: Renamed) -> Callable[[str, str], bool]:
    """What tells whether a text has become another only by how things are called now, wherever it says that."""
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
