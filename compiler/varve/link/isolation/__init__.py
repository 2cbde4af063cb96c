"""The proof that no tenant reaches another, on the bytes that servers will load, whoever made them and when.

First each tenant is proven by itself, in `unit`: its files by `rules`, `scrape`, `dashboard` and `alertmanager`, and
the routing of its alerts by `walk`. A tenant whose new files fail keeps the earlier ones. Then the linked files are
proven, in `environment`, by `prometheus`, `sharing` and `grafana`, and `names` checks that names and paths are unique.
`verdict` reports breaches; `evidence` has the data types.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from varve.link.isolation import names, unit
from varve.link.isolation.evidence import Breach, Contribution, TenantProof
from varve.link.isolation.unit import facts
from varve.link.isolation.verdict import NOT_CONFINED, Reporter, reporter_for, say
from varve.link.linking import Linking
from varve.model.artifact import Proven
from varve.model.source import Value

__all__ = [
    "NOT_CONFINED",
    "Contribution",
    "Reporter",
    "TenantProof",
    "facts",
    "prove",
    "prove_members",
    "prove_unit",
    "total",
]


def prove_unit(contribution: Contribution, read: Callable[[str], Value], reporter: Reporter) -> TenantProof:
    """What is proven of all files of a tenant, one by one, and of the routing of each of its alerts.

    `read` returns the parsed bytes of an artifact; only the tenant's own are read. Breaches are reported; if there is
    one, nothing is proven.
    """
    found, breaches = unit.prove(contribution, read)
    _report(reporter, breaches)
    return found


def prove_members(linking: Linking, existing: Mapping[str, TenantProof]) -> Proven:
    """How much is proven of the tenants' files now; `existing` holds, by tenant, the proofs that are there already.

    Reports the breaches of the tenants that are proven now, and names that two tenants use.
    """
    reporter, known = reporter_for(linking), dict[str, TenantProof]()
    contributions = {each.tenant: Contribution(each, linking.environment, linking.frame) for each in linking.members}
    for tenant, each in contributions.items():
        known[tenant] = existing[tenant] if tenant in existing else prove_unit(each, linking.read, reporter)
    for tenant, taken in names.colliding_names(known):
        _report(
            reporter,
            ((path, names.duplicate(name)) for path, name in unit.uses(contributions[tenant], linking.read, taken)),
        )
    return total(each.proven for tenant, each in known.items() if tenant not in existing)


def prove(linking: Linking, paths: tuple[str, ...]) -> Proven:
    """How much is proven of the linked files of an environment, at `paths`; breaches are reported.

    The tenants' own files are proven already; only what the linked files take from them is examined again.
    """
    from varve.link.isolation import environment

    linked, reporter = environment.Linked(linking, facts(linking.environment), frozenset(paths)), reporter_for(linking)
    _report(reporter, names.misplaced_paths(linking.environment.name, linking.members, paths))
    return environment.prove(linked, partial(say, reporter))


def total(counts: Iterable[Proven]) -> Proven:
    """The sum of counts."""
    return Proven(*(sum(each) for each in zip(Proven(), *counts, strict=True)))


def _report(reporter: Reporter, found: Iterable[tuple[str, Breach]]) -> None:
    for path, breach in found:
        say(reporter, path, breach)
