"""The proof that no tenant reaches another, of the bytes that servers will run on, whoever made them and when.

First each tenant by itself, in `unit`: its files by `rules`, `scrape`, `dashboard` and `alertmanager`, and the way of
every alert by `walk`; a tenant whose files lead out when they are made keeps those that it has. Then what all are
linked to: the `environment`'s `prometheus`, `alertmanager` and `grafana`, and the `names` of all. What is wrong is said
by `verdict`; `evidence` holds the nouns.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from varve.link.isolation import names, unit
from varve.link.isolation.evidence import Breach, Brought, Confined
from varve.link.isolation.unit import facts
from varve.link.isolation.verdict import NOT_CONFINED, Teller, say, teller
from varve.link.linking import Linking
from varve.model.artifact import Proven
from varve.model.source import Value

__all__ = ["NOT_CONFINED", "Brought", "Confined", "Teller", "facts", "prove", "prove_members", "prove_unit", "summed"]


def prove_unit(brought: Brought, read: Callable[[str], Value], told: Teller) -> Confined:
    """What is proven of all that a tenant brings: of its files one by one, and of the way of each of its alerts.

    `read` gives what the bytes of an artifact say; nobody else's are read. Ways out are told, and where there is one
    nothing is proven.
    """
    found, breaches = unit.prove(brought, read)
    _tell(told, breaches)
    return found


def prove_members(linking: Linking, made: Mapping[str, Confined]) -> Proven:
    """How much is proven of what those tenants bring who are looked at now; of the others, by their ids, it is `made`.

    Their ways out are reported, and names that two tenants have.
    """
    told, known = teller(linking), dict[str, Confined]()
    brought = {each.tenant: Brought(each, linking.environment, linking.frame) for each in linking.members}
    for tenant, each in brought.items():
        known[tenant] = made[tenant] if tenant in made else prove_unit(each, linking.read, told)
    for tenant, those in names.met_names(known):
        _tell(told, ((path, names.twice(name)) for path, name in unit.taken(brought[tenant], linking.read, those)))
    return summed(each.proven for tenant, each in known.items() if tenant not in made)


def prove(linking: Linking, paths: tuple[str, ...]) -> Proven:
    """How much is proven of the files at `paths`, to which an environment is linked; ways out are reported.

    What its tenants bring is proven already, and not looked at again but for what is linked of it.
    """
    from varve.link.isolation import environment

    linked, told = environment.Linked(linking, facts(linking.environment), frozenset(paths)), teller(linking)
    _tell(told, names.shared_paths(linking.environment.name, linking.members, paths))
    return environment.prove(linked, partial(say, told))


def summed(counts: Iterable[Proven]) -> Proven:
    """How much is proven in all."""
    return Proven(*(sum(each) for each in zip(Proven(), *counts, strict=True)))


def _tell(told: Teller, found: Iterable[tuple[str, Breach]]) -> None:
    for path, breach in found:
        say(told, path, breach)
