"""Whatever a pull request under one tenant's folder holds, nobody else has anything else; and nobody else can be told.

`VARVE_INTERFERENCE_CHANGES` is how many changes are tried: a night has time for more than the thousands of every run.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from hypothesis import Phase, event, find, given, seed, settings

from tests.interference.change import KINDS, Change, changes, changes_of_artifacts
from tests.interference.defence import DEFENCES, Defence
from tests.interference.law import STATES, Tried, attempt, differences, expected, faults, without_tenant
from tests.interference.observed import ALERTS, alerts, folder, is_about, seen
from tests.interference.repository import PLATFORM, prepared, snapshot, unprepared, world
from tests.interference.value import Pair
from varve import pipeline
from varve.check.shape import schema
from varve.model.diagnostic import Place, Report
from varve.model.unit import Resolved, Unit
from varve.read.repository import NO_SUCH_TENANT

CHANGES: Final = int(os.environ.get("VARVE_INTERFERENCE_CHANGES", "2280"))
BETA: Final = Pair("acme", "beta")
ACME: Final = Pair("beta", "acme")
LOCKS: Final = "locks: [quotas, tenant.tier, tenant.isolation]\n"
OWN_SYSTEMS: Final = """\
    acme:
      alertmanagers: ["alertmanager.acme.example:9093"]
      alertmanager_url: https://alertmanager.acme.example
      heartbeat_url: {secret: beat/acme}
      prometheus_url: https://prometheus.acme.example
      grafana_org: 3
"""
"""What the environment says at its end instead, of the strict tenants."""

FEW: Final = settings(max_examples=300, phases=[Phase.generate])
ARTIFACTS: Final = {
    "alertmanager.yaml",
    "dashboards",
    "dashboards/raw",
    "rules",
    "rules/raw",
    "scrape",
    "slack",
    "tests",
}
POLICIES: Final = {
    f"policy/{id_}"
    for id_ in ("alert-severity", "counted", "muted-critical", "owned-service", "plain-source", "two-channels")
}
"""Of alerts, units, routes, services and sources."""


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    """What is prepared for all changes."""
    with prepared():
        yield


@dataclass(slots=True)
class Tally:
    """What was tried: how many different changes of each kind, how many compiled, and what they compiled to.

    `policies` are the codes of policies by which changes were not as required.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    changes: set[int] = field(default_factory=set)
    artifacts: set[str] = field(default_factory=set)
    compiled: int = 0
    tried: int = 0

    def add(self, tried: Tried) -> None:
        """Count one change."""
        self.changes.add(_identity(tried.change))
        self.kinds.update(tried.change.kinds)
        about = (each.rule.code for each in tried.build.diagnostics if is_about(each, tried.pair.own))
        self.policies.update({code for code in about if code.startswith("policy/")})
        self.tried += 1
        self.compiled += tried.is_compiled
        own = folder(tried.pair.own)
        if tried.is_compiled:
            self.artifacts |= {_kind(path.removeprefix(own)) for path in tried.build.artifacts if path.startswith(own)}


def _kind(name: str) -> str:
    return name.rpartition("/")[0] or name


def figures(tally: Tally) -> str:
    """The figures, for whoever runs the tests with `-rP`."""
    share = 100 * tally.compiled // tally.tried
    kinds = ", ".join(f"{count} {kind}" for kind, count in tally.kinds.most_common())
    policies = ", ".join(f"{count} {code.partition('/')[2]}" for code, count in tally.policies.most_common())
    tried = f"{tally.tried} changes, {len(tally.changes)} of them different; {share} % compile; of them: {kinds}"
    return f"{tried}; not as these policies require: {policies}"


def _for_each_change(state: str, law: Callable[[Change], None]) -> None:
    """Apply the law to a third of all changes: for each state others are drawn, always the same."""
    every = changes(BETA) | changes(BETA) | changes(BETA) | changes_of_artifacts(BETA)
    drawn = settings(max_examples=CHANGES // len(STATES), phases=[Phase.generate, Phase.shrink])(given(every)(law))
    seed([*STATES].index(state))(drawn)()


def _identity(change: Change) -> int:
    return hash((tuple(sorted(change.files.items())), change.refused))


# What others have


def test_the_changes_of_all_states_are_different() -> None:
    """Of all states together no fewer than 2,000, where nobody asks for more."""
    different = set[int]()
    for state in STATES:
        _for_each_change(state, lambda change: different.add(_identity(change)))
    assert len(different) * 9 >= CHANGES * 8


@pytest.mark.parametrize("state", STATES)
def test_whatever_a_tenant_changes_nobody_else_has_anything_else(state: str) -> None:
    """Nearly half of the changes compile: so it is isolation that is tried, and not only refusal."""
    tally = Tally()

    def law(change: Change) -> None:
        tried = attempt(BETA, change, state)
        tally.add(tried)
        event("compiled" if tried.is_compiled else "refused")
        assert list(faults(tried, expected(BETA.own, state, change.committed))) == []

    _for_each_change(state, law)
    print(figures(tally))  # noqa: T201 - how good the changes are
    assert tally.compiled * 100 >= tally.tried * 40
    assert tally.kinds.keys() == {*KINDS, "an artifact"}
    assert tally.artifacts == ARTIFACTS
    assert tally.policies.keys() >= POLICIES


@pytest.mark.parametrize("isolation", ["strict", "partial", "logical"])
def test_how_a_tenant_is_isolated_is_nobody_elses_matter(isolation: str) -> None:
    """Where the platform lets it choose: it has other systems then, and others have what they had."""
    free = {
        "environments/production.yaml": PLATFORM["environments/production.yaml"].replace(LOCKS, OWN_SYSTEMS).encode(),
        "environments/tenants/acme.yaml": b"tenant: {tier: gold}\n",
        "tenants/acme/overlays/production.yaml": f"tenant: {{isolation: {isolation}}}\n".encode(),
    }
    read = snapshot(free)
    build = pipeline.compile(read)
    has, had = seen(world(read, build), build, "acme"), without_tenant("acme", free, frozenset())
    own = next(path for path in has.shared if path.endswith("datasources.yaml"))
    sources = [each for each in has.shared[own]["datasources"] if each["name"] != "Prometheus production acme"]
    shared = {**has.shared, own: {**has.shared[own], "datasources": sources}}
    assert list(differences(had, has._replace(shared=shared))) == []
    assert (f"{folder('acme')}prometheus.yaml" in build.artifacts) is (isolation == "strict")


# What a tenant can know


def test_whatever_others_change_a_tenant_has_and_is_told_the_same() -> None:
    """Of a tenant that may itself be hostile: it learns nothing from its artifacts, nor from what is said of it."""

    @settings(max_examples=max(CHANGES // 10, 1), phases=[Phase.generate, Phase.shrink])
    @given(changes(BETA), changes(ACME))
    def law(own: Change, others: Change) -> None:
        assert list(_learned(own, others)) == []

    law()


def _learned(own: Change, others: Change) -> Iterator[str]:
    """What acme has or is told, and would not if there were no beta."""
    read = snapshot({**own.files, **others.files}, own.refused | others.refused)
    build = pipeline.compile(read)
    yield from differences(without_tenant(ACME.own, own.files, own.refused), seen(world(read, build), build, ACME.own))


def test_enough_is_asked() -> None:
    probes, firing = alerts(BETA.own)
    assert len(probes) == ALERTS == 100
    assert {each.get("tenant") for each in probes} >= {"beta", "cato"}
    assert {each.get("tenant") for each in firing} >= {"acme", "beta"}
    had = expected(BETA.own, "sound", False)  # noqa: FBT003 - a key
    assert len({decision[0] for decision in had.decisions}) > 15  # type: ignore[index]
    assert len([1 for decision in had.decisions if decision[1]]) > 3  # type: ignore[index]
    assert len(had.artifacts) > 20
    assert {path.rpartition("/")[2] for path in had.shared} == {
        "alertmanager.yaml",
        "dashboards.yaml",
        "datasources.yaml",
        "heartbeat.yaml",
        "prometheus.yaml",
    }


def test_what_is_prepared_changes_nothing() -> None:
    """Nor does it hide anything: changes give the same without it."""
    some = [find(changes(BETA, kind), lambda _: True, settings=FEW) for kind in ("a rule", "a user", "a broken file")]
    made = [attempt(BETA, change) for change in some]
    with unprepared():
        again = [attempt(BETA, change) for change in some]
    assert [each.build for each in again] == [each.build for each in made]


# What the law is worth


@pytest.fixture
def fresh_validators() -> Iterator[None]:
    """Validators are remembered, and some here are made of other formats."""
    yield
    schema._formats.cache_clear()  # noqa: SLF001 - as above
    schema._native.cache_clear()  # noqa: SLF001 - as above


@pytest.mark.usefixtures("fresh_validators")
@pytest.mark.parametrize("defence", DEFENCES.values(), ids=DEFENCES)
def test_without_a_defence_some_change_reaches_others(defence: Defence, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others would have without the tenant is asked without the defence too: only the tenant differs."""
    every = (changes_of_artifacts if defence.artifacts else changes)(BETA, *defence.kinds)
    defence.off(monkeypatch)
    had = {each: expected.__wrapped__(BETA.own, defence.state, each) for each in (False, True)}
    change = find(
        every, lambda each: any(faults(attempt(BETA, each, defence.state), had[each.committed])), settings=FEW
    )
    monkeypatch.undo()
    schema._native.cache_clear()  # noqa: SLF001 - as above
    assert not list(faults(attempt(BETA, change, defence.state), expected(BETA.own, defence.state, change.committed)))


def test_a_diagnostic_that_knows_of_others_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Change({"tenants/acme/services/checkout.yaml": b"owner: [\n"}, frozenset(), (), committed=False)
    nothing = Change({}, frozenset(), (), committed=False)
    assert list(_learned(broken, nothing)) == []
    resolve = pipeline.resolve_unit

    def counting(opened: pipeline.Opened, unit: Unit, report: Report) -> Resolved | None:
        report.add(NO_SUCH_TENANT, f"one of {len(opened.tenants)}", Place(f"tenants/{unit.tenant}/tenant.yaml"))
        return resolve(opened, unit, report)

    monkeypatch.setattr("varve.pipeline.outcome.resolve_unit", counting)
    assert list(_learned(broken, nothing)) != []
