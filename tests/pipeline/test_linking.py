"""An environment is linked from what its units contribute, and the artifacts that linking reads are recorded."""

import pytest

from tests.emit.alertmanager.notifying import notifying
from tests.emit.grafana.repository import isolated
from tests.emit.repository import ACME, CHECKOUT, STRICT, Changed, repository
from tests.pipeline.test_remembering import TWO
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.pipeline.environment import Ground, judged_environment
from varve.pipeline.linking import Linked, artifacts_read, link_environment
from varve.pipeline.opening import Opened, Order, open_judged
from varve.pipeline.outcome import Outcome
from varve.pipeline.remembering import compile_with_verdict

OLD = "platform: {targets: {prometheus: {version: '2.42'}}}\n"
READ = {
    "two tenants": ({**TWO}, set[str]()),
    "a strict tenant": ({**TWO, **STRICT}, set[str]()),
    "an Alertmanager": (notifying(more={"heartbeat": "{url: {secret: beat/url}}"}), {"alertmanager.yaml"}),
    "a Prometheus that loads no files of jobs": (
        {"environments/production.yaml": OLD},
        {"scrape/checkout.yaml"},
    ),
    "a data source of its own": (isolated("partial"), {"dashboards/_tenant.json"}),
    "a Grafana of its own": (isolated("strict"), set[str]()),
}


def _compiled_units(files: Changed) -> tuple[Opened, Ground, list[Outcome]]:
    opened = open_judged(repository(files), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    return opened, ground, [compile_with_verdict(opened, ground, tenant) for tenant in opened.tenants]


def _linked(files: Changed) -> tuple[Linked | None, dict[str, None]]:
    opened, ground, outcomes = _compiled_units(files)
    paths = dict[str, None]()
    return link_environment(opened, ground, outcomes, paths, Report()), paths


def test_linked_artifacts_have_the_ids_that_git_computes() -> None:
    linked, _ = _linked(dict(TWO))
    assert linked is not None
    assert linked.made == {each.path: identify(each.data) for each in linked.artifacts}
    assert "build/production/shared/prometheus.yaml" in linked.made


def test_rules_are_linked_by_their_names_and_not_read() -> None:
    linked, paths = _linked({**TWO, CHECKOUT: "records: {'a:b': {expr: 'sum(up)'}}\n"})
    assert linked is not None
    assert not any("/rules/" in path and "/tenants/" in path for path in paths)


@pytest.mark.parametrize(("files", "read"), READ.values(), ids=READ)
def test_the_artifacts_that_linking_reads_are_known_without_rendering(files: Changed, read: set[str]) -> None:
    opened, ground, outcomes = _compiled_units(files)
    paths = dict[str, None]()
    assert link_environment(opened, ground, outcomes, paths, Report()) is not None
    made = {path for each in outcomes for path in each.made or ()}
    found = artifacts_read(opened, ground, outcomes)
    assert found & made == paths.keys() & made
    assert {path.removeprefix(f"{ACME}/") for path in found & made} == read
