"""All that one tenant brings to an environment: its files one by one, its names, and the way of each of its alerts."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from varve.link.isolation import alertmanager, hearing, names, rules, scrape
from varve.link.isolation.evidence import Breach, Brought, Confined, Facts, File, Name, Proof, is_own
from varve.link.linking import Member
from varve.model.artifact import Proven
from varve.model.source import Value
from varve.model.unit import Environment

Found: TypeAlias = tuple[tuple[str, Breach], ...]
"""Ways out of a tenant, each with the path of its file."""

_LOADED: Final = frozenset({"rules", "scrape", "dashboards", "alertmanager.yaml"})
"""What servers load of a tenant's folder: nobody reads the unit tests of rules, and messages only send themselves."""


def facts(environment: Environment) -> Facts:
    """What of an environment the proof of a single file depends on."""
    secrets = environment.platform.get("secrets")
    root = secrets.get("root") if isinstance(secrets, dict) else None
    shown = environment.platform.get("grafana")
    panels = shown.get("panels") if isinstance(shown, dict) else None
    granted = frozenset(map(str, panels)) if isinstance(panels, list) else frozenset[str]()
    found = environment.platform.get("discovery")
    return Facts(environment.name, str(root or "").rstrip("/"), granted, found if isinstance(found, dict) else None)


def prove_file(file: File, known: Facts) -> Proof:
    """What is proven of one file of a tenant by itself: a function of its arguments, and so of path and bytes.

    Of what no server loads, such as unit tests of rules, nothing has to be proven.
    """
    match file.inside:
        case ("rules", *_):
            return rules.prove(file)
        case ("scrape", *_):
            return scrape.prove(file, known)
        case ("dashboards", *_):
            from varve.link.isolation import dashboard

            return dashboard.prove(file, known)
        case ("alertmanager.yaml",):
            return alertmanager.prove(file, known)
    return Proof()


def prove(brought: Brought, read: Callable[[str], Value]) -> tuple[Confined, Found]:
    """What is proven of a tenant, and its ways out; where there is one, nothing is."""
    files = _files(brought, read)
    proofs = _proofs(brought, files)
    said = ((path, breach) for path, proof in proofs.items() for breach in proof.breaches)
    if breaches := (*said, *names.shared_names(proofs)):
        return Confined(), breaches
    walked, astray = hearing.prove(brought, files)
    found = tuple((brought.routes, each) for each in astray)
    return Confined() if found else _confined(brought.member, proofs, walked), found


def taken(
    brought: Brought, read: Callable[[str], Value], names: Container[tuple[str, str]]
) -> Iterator[tuple[str, Name]]:
    """Where a tenant takes one of those names, each with the path of the file."""
    for path, proof in _proofs(brought, _files(brought, read)).items():
        yield from ((path, name) for name in proof.names if (name.of, name.text) in names)


def _files(brought: Brought, read: Callable[[str], Value]) -> list[File]:
    member = brought.member
    loaded = [path for path in member.files if path.split("/")[4] in _LOADED]
    return [File(path, member.tenant, member.strict, read(path)) for path in loaded]


def _proofs(brought: Brought, files: Sequence[File]) -> dict[str, Proof]:
    known = facts(brought.environment)
    return {file.path: prove_file(file, known) for file in files}


def _confined(member: Member, proofs: Mapping[str, Proof], walked: Proven) -> Confined:
    every = proofs.values()
    counts = walked._replace(rules=sum(each.rules for each in every), queries=sum(each.queries for each in every))
    names = ((name.of, name.text) for each in every for name in each.names if not is_own(name.text, member.tenant))
    return Confined(counts, tuple(names))
