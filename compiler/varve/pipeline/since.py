"""What need not be looked at again since a commit whose `build/` is known to be what its sources say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Final, NamedTuple

from varve.link import isolation
from varve.link.isolation import Brought, Confined, Teller
from varve.link.linking import Member
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.pipeline.environment import Ground
from varve.pipeline.linking import Linked, looked_into
from varve.pipeline.opening import Opened, standing_by_unit
from varve.pipeline.outcome import Outcome, as_it_stands, main_file
from varve.read import artifact as standing
from varve.read.sealed.file import is_sealed_file
from varve.resolve.pattern import FACT

_TENANT: Final = "tenant.id"
_ANY: Final = "[^/]+"


class Since(NamedTuple):
    """The files that are trusted, the artifacts among them, the paths that are others now, and whose they are.

    All other tenants have the sources and the artifacts that are trusted. Of them `probe` is compiled nevertheless: a
    compiler that makes something else of it is not the one that made what is trusted.
    """

    before: Snapshot
    standing: Mapping[Unit, Sequence[str]]
    changed: frozenset[str]
    touched: frozenset[str]
    probe: str | None

    @property
    def seals(self) -> bool:
        """Whether any sealed file is another one."""
        return any(map(is_sealed_file, self.changed))


def since(before: Snapshot | None, opened: Opened) -> Since | None:
    """What is trusted where `before` is, and nothing is changed that is everybody's; else None."""
    now = opened.reading.snapshot
    if before is None or before.refused or now.refused:
        return None
    changed = frozenset(_differing(before, now))
    owners = {path: _owner(path, opened.settings) for path in changed}
    if None in owners.values():
        return None
    touched = frozenset(owner for owner in owners.values() if owner)
    probe = next((each for each in opened.tenants if each not in touched), None)
    # Mostly the same files stand there, whatever they hold.
    moved = any((path in before) != (path in now) for path in changed)
    return Since(before, standing_by_unit(before) if moved else opened.standing(), changed, touched, probe)


def _differing(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """The paths at which another file stands than before; what varve ships has not changed."""
    yield from now.entries.keys() - before.entries.keys() - now.library
    for path, was in before.entries.items():
        is_ = now.entries.get(path)
        if is_ is not was and (is_ is None or is_.id != was.id):
            yield path


def beside(trusted: Since, opened: Opened) -> Iterator[str]:
    """The files that lie beside the folders of tenants, and rest on the touched ones alone, such as their grants."""
    tenants = trusted.touched - {""}
    paths = opened.reading.snapshot.under("environments")
    named = (path for path in paths if any(each in path for each in tenants))
    return (path for path in named if _owner(path, opened.settings) in tenants)


def _owner(path: str, settings: Settings) -> str | None:
    """The tenant whose units alone rest on a file; empty for what is linked, and None for what may be anybody's."""
    match path.split("/"):
        case ["tenants", tenant, _, *_] | ["build", _, "tenants", tenant, _, *_]:
            return tenant
        case ["build", _, "shared", *_]:
            return ""
    stem = path.rpartition(".")[0]
    matched = [found for layer in settings.layers if (found := _pattern(layer.path).fullmatch(stem))]
    owners = {found.groupdict().get("tenant") for found in matched}
    return owners.pop() if len(owners) == 1 else None


@lru_cache(maxsize=256)
def _pattern(path: str) -> re.Pattern[str]:
    """Matches the files of a layer without their extensions; the group is the tenant, where the path names one."""
    texts, facts = FACT.split(path)[::2], FACT.findall(path)
    groups = (
        "(?P<tenant>[^/]+)" if fact == _TENANT and fact not in facts[:at] else _ANY for at, fact in enumerate(facts)
    )
    literal = (re.escape(text).replace(re.escape("*"), _ANY) for text in texts)
    return re.compile("".join(part for pair in zip_longest(literal, groups, fillvalue="") for part in pair))


def stands(opened: Opened, unit: Unit) -> Outcome:
    """The outcome of a unit that is trusted: what stands of it is what would be made."""
    main, entries = main_file(unit), opened.reading.snapshot.entries
    return as_it_stands(
        opened, unit, {path: entries[path].id for path in opened.standing().get(unit, ()) if path != main}
    )


def holds(trusted: Since, opened: Opened, found: Mapping[Unit, Outcome]) -> bool:
    """Whether what was compiled as a probe is what stands."""
    probes = (each for each in found.values() if each.unit.tenant == trusted.probe)
    return all(each.made == stands(opened, each.unit).made for each in probes)


def link(trusted: Since, opened: Opened, ground: Ground, outcomes: Sequence[Outcome]) -> Linked | None:
    """What stands of an environment that would be linked to the same; None where that has to be looked at.

    It is linked from the files that linking reads, and from who brings files of which names. What it reads of one
    tenant does not depend on any other, so it is enough to link those that are touched.
    """
    own = [each for each in outcomes if each.unit.environment == ground.name]
    touched = [each for each in own if each.unit.tenant in trusted.touched]
    linked = any(_is_linked(path, ground.name) for path in trusted.changed)
    known = {unit.tenant for unit in trusted.standing if unit.environment == ground.name and unit.tenant}
    if linked or known != {each.unit.tenant for each in own}:
        return None
    if not all(_is_alike(trusted, opened, ground, each) for each in touched):
        return None
    entries = opened.reading.snapshot.entries
    shared = opened.standing().get(Unit("", ground.name), ())
    mains = (main_file(each.unit) for each in own if each.strict)
    return Linked({path: entries[path].id for path in (*shared, *mains) if path in entries}, Proven())


def _is_linked(path: str, environment: str) -> bool:
    """Whether linking makes a file: what tenants share, and the main files of those who share nothing."""
    match path.split("/"):
        case ["build", name, "shared", *_] | ["build", name, "tenants", _, "prometheus.yaml"]:
            return name == environment
    return False


def _is_alike(trusted: Since, opened: Opened, ground: Ground, outcome: Outcome) -> bool:
    """Whether a unit brings the same to linking as before."""
    unit, entries = outcome.unit, trusted.before.entries
    main, before = main_file(unit), trusted.standing.get(unit, ())
    files = tuple(sorted(path for path in before if path != main))
    if outcome.made is None or outcome.strict != (main in before) or tuple(sorted(outcome.made)) != files:
        return False
    other = [path for path, id_ in outcome.made.items() if entries[path].id != id_]
    if not other:
        return True
    if not looked_into(opened, ground, [outcome]).isdisjoint(other):
        return False
    names = (outcome.confined or Confined()).names
    member = Member(unit.tenant, outcome.strict, True, files)  # noqa: FBT003 - as it was built then
    # Where there are none, nobody has the same, whatever there was before.
    return not names or names == _names(trusted, ground, member)


def _names(trusted: Since, ground: Ground, member: Member) -> tuple[tuple[str, str], ...]:
    """The names that others may meet of what a tenant brought before."""
    unheard = Report()
    brought = Brought(member, ground.environment, ground.frame)
    told = Teller(unheard, lambda _: None, {})
    return isolation.prove_unit(brought, lambda path: standing.read(trusted.before.source(path), unheard), told).names
