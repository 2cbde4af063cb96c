"""The proof of one tenant in an environment: its files one by one, its names, and the routing of its alerts."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from varve.link.isolation import alertmanager, delivery, names, rules, scrape
from varve.link.isolation.evidence import Breach, Contribution, Facts, File, Name, Proof, TenantProof, is_own
from varve.link.linking import Member
from varve.model.artifact import Proven
from varve.model.source import Value
from varve.model.unit import Environment

PlacedBreaches: TypeAlias = tuple[tuple[str, Breach], ...]
"""Breaches, each with the path of its file."""

_LOADED: Final = frozenset({"rules", "scrape", "dashboards", "alertmanager.yaml"})
"""What servers load from a tenant's folder; not the rules' unit tests, nor the Slack messages."""


def facts(environment: Environment) -> Facts:
    """The settings of an environment on which the proof of a single file depends."""
    secrets = environment.platform.get("secrets")
    root = secrets.get("root") if isinstance(secrets, dict) else None
    grafana = environment.platform.get("grafana")
    panels = grafana.get("panels") if isinstance(grafana, dict) else None
    granted = frozenset(map(str, panels)) if isinstance(panels, list) else frozenset[str]()
    discovery = environment.platform.get("discovery")
    folder = str(root or "").rstrip("/")
    return Facts(environment.name, folder, granted, discovery if isinstance(discovery, dict) else None)


def prove_file(file: File, known: Facts) -> Proof:
    """What is proven of one file of a tenant by itself; it depends on the file's path and bytes and on `known` alone.

    Nothing has to be proven of files that no server loads, such as unit tests of rules.
    """
    match file.steps:
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


def prove(contribution: Contribution, read: Callable[[str], Value]) -> tuple[TenantProof, PlacedBreaches]:
    """What is proven of a tenant, and its breaches; if there is one, nothing is proven."""
    files = _files(contribution, read)
    proofs = _proofs(contribution, files)
    file_breaches = ((path, breach) for path, proof in proofs.items() for breach in proof.breaches)
    if breaches := (*file_breaches, *names.duplicate_names(proofs)):
        return TenantProof(), breaches
    routed, misrouted = delivery.prove(contribution, files)
    found = tuple((contribution.alertmanager_path, each) for each in misrouted)
    return TenantProof() if found else _proof(contribution.member, proofs, routed), found


def uses(
    contribution: Contribution, read: Callable[[str], Value], names: Container[tuple[str, str]]
) -> Iterator[tuple[str, Name]]:
    """The uses of the given names by a tenant, each with the path of the file."""
    for path, proof in _proofs(contribution, _files(contribution, read)).items():
        yield from ((path, name) for name in proof.names if (name.kind, name.text) in names)


def _files(contribution: Contribution, read: Callable[[str], Value]) -> list[File]:
    member = contribution.member
    loaded = [path for path in member.files if path.split("/")[4] in _LOADED]
    return [File(path, member.tenant, member.strict, read(path)) for path in loaded]


def _proofs(contribution: Contribution, files: Sequence[File]) -> dict[str, Proof]:
    known = facts(contribution.environment)
    return {file.path: prove_file(file, known) for file in files}


def _proof(member: Member, proofs: Mapping[str, Proof], routed: Proven) -> TenantProof:
    every = proofs.values()
    counts = routed._replace(rules=sum(each.rules for each in every), queries=sum(each.queries for each in every))
    names = ((name.kind, name.text) for each in every for name in each.names if not is_own(name.text, member.tenant))
    return TenantProof(counts, tuple(names))
