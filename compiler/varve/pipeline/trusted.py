"""What need not be compiled since a trusted commit, whose `build/` is known to match its sources."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from varve.link import isolation
from varve.link.isolation import Contribution, Reporter, TenantProof
from varve.link.linking import Member
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.pipeline.environment import Ground
from varve.pipeline.linking import Linked, artifacts_read
from varve.pipeline.opening import Opened, artifacts_by_unit
from varve.pipeline.outcome import Outcome, kept_outcome, main_file
from varve.read.artifact import read as parse_artifact
from varve.read.sealed.file import is_among_sealed, is_sealed_file
from varve.resolve import pattern


class Trusted(NamedTuple):
    """The files of the trusted commit, its artifacts by unit, the paths that have changed, and the tenants they touch.

    All other tenants have the trusted sources and artifacts. One of them, `probe`, is compiled nevertheless: if the
    result differs from its artifacts, these were made by another compiler.
    """

    before: Snapshot
    artifacts: Mapping[Unit, Sequence[str]]
    changed: frozenset[str]
    touched: frozenset[str]
    probe: str | None

    @property
    def sealed_changed(self) -> bool:
        """Whether any sealed file has changed, or anything in a folder of sealed files."""
        return any(is_sealed_file(path) or is_among_sealed(path) for path in self.changed)


def compare_with_trusted(before: Snapshot | None, opened: Opened) -> Trusted | None:
    """The comparison with the trusted files; None without these, or where something changed that tenants share."""
    now = opened.reading.snapshot
    if before is None or before.refused or now.refused:
        return None
    changed = frozenset(_changed_paths(before, now))
    owners = {path: _owner(path, opened.settings) for path in changed}
    if None in owners.values():
        return None
    touched = frozenset(owner for owner in owners.values() if owner)
    probe = next((each for each in opened.tenants if each not in touched), None)
    # Mostly the same paths exist in both, and then the artifacts by unit need not be collected again.
    moved = any((path in before) != (path in now) for path in changed)
    return Trusted(before, artifacts_by_unit(before) if moved else opened.existing_artifacts(), changed, touched, probe)


def _changed_paths(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """The paths of files that were added, removed or changed; files that varve ships do not count as added."""
    yield from now.entries.keys() - before.entries.keys() - now.library
    for path, was in before.entries.items():
        is_ = now.entries.get(path)
        if is_ is not was and (is_ is None or is_.id != was.id):
            yield path


def files_of_touched(trusted: Trusted, opened: Opened) -> Iterator[str]:
    """The files outside the tenants' folders that belong to a touched tenant, such as its grants."""
    tenants = trusted.touched - {""}
    paths = opened.reading.snapshot.under("environments")
    named = (path for path in paths if any(each in path for each in tenants))
    return (path for path in named if _owner(path, opened.settings) in tenants)


def _owner(path: str, settings: Settings) -> str | None:
    """The only tenant whose units depend on a file; empty for linked artifacts, None if several may do so."""
    match path.split("/"):
        case ["tenants", tenant, _, *_] | ["build", _, "tenants", tenant, _, *_]:
            return tenant
        case ["build", _, "shared", *_]:
            return ""
    stem = path.rpartition(".")[0]
    matched = [found for layer in settings.layers if (found := pattern.files(layer.path).fullmatch(stem))]
    owners = {found.groupdict().get("tenant") for found in matched}
    return owners.pop() if len(owners) == 1 else None


def trusted_outcome(opened: Opened, unit: Unit) -> Outcome:
    """The outcome of a trusted unit: its existing artifacts are what a compile would make."""
    main, entries = main_file(unit), opened.reading.snapshot.entries
    return kept_outcome(
        opened, unit, {path: entries[path].id for path in opened.existing_artifacts().get(unit, ()) if path != main}
    )


def probe_matches(trusted: Trusted, opened: Opened, found: Mapping[Unit, Outcome]) -> bool:
    """Whether the compiled probe equals its existing artifacts."""
    probes = (each for each in found.values() if each.unit.tenant == trusted.probe)
    return all(each.made == trusted_outcome(opened, each.unit).made for each in probes)


def trusted_link(trusted: Trusted, opened: Opened, ground: Ground, outcomes: Sequence[Outcome]) -> Linked | None:
    """The existing link of an environment, where linking would give the same; None where it has to be linked.

    The link depends on the files that linking reads, and on the names of the files of each tenant. What linking reads
    of one tenant does not depend on any other, so only the touched tenants are compared.
    """
    own = [each for each in outcomes if each.unit.environment == ground.name]
    touched = [each for each in own if each.unit.tenant in trusted.touched]
    linked = any(_is_linked(path, ground.name) for path in trusted.changed)
    known = {unit.tenant for unit in trusted.artifacts if unit.environment == ground.name and unit.tenant}
    if linked or known != {each.unit.tenant for each in own}:
        return None
    if not all(_contributes_same(trusted, opened, ground, each) for each in touched):
        return None
    entries = opened.reading.snapshot.entries
    shared = opened.existing_artifacts().get(Unit("", ground.name), ())
    mains = (main_file(each.unit) for each in own if each.strict)
    return Linked({path: entries[path].id for path in (*shared, *mains) if path in entries}, Proven())


def _is_linked(path: str, environment: str) -> bool:
    """Whether linking makes this file: a shared file, or the main file of a strict tenant."""
    match path.split("/"):
        case ["build", name, "shared", *_] | ["build", name, "tenants", _, "prometheus.yaml"]:
            return name == environment
    return False


def _contributes_same(trusted: Trusted, opened: Opened, ground: Ground, outcome: Outcome) -> bool:
    """Whether a unit contributes the same to linking as before."""
    unit, entries = outcome.unit, trusted.before.entries
    main, before = main_file(unit), trusted.artifacts.get(unit, ())
    files = tuple(sorted(path for path in before if path != main))
    if outcome.made is None or outcome.strict != (main in before) or tuple(sorted(outcome.made)) != files:
        return False
    other = [path for path, id_ in outcome.made.items() if entries[path].id != id_]
    if not other:
        return True
    if not artifacts_read(opened, ground, [outcome]).isdisjoint(other):
        return False
    names = (outcome.proof or TenantProof()).names
    member = Member(unit.tenant, outcome.strict, True, files)  # noqa: FBT003 - as it was built then
    # A unit without names cannot collide with another, whatever names it had before.
    return not names or names == _names_before(trusted, ground, member)


def _names_before(trusted: Trusted, ground: Ground, member: Member) -> tuple[tuple[str, str], ...]:
    """The names in what a tenant contributed before that must not collide with names of others."""
    unreported = Report()
    contribution = Contribution(member, ground.environment, ground.frame)
    reporter = Reporter(unreported, lambda _: None, {})
    return isolation.prove_unit(
        contribution, lambda path: parse_artifact(trusted.before.source(path), unreported), reporter
    ).names
