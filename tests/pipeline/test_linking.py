"""An environment is linked from what its units bring, and what was looked into for that is recorded."""

from tests.emit.repository import CHECKOUT, repository
from tests.pipeline.test_remembering import TWO
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.pipeline.environment import judged_environment
from varve.pipeline.linking import Linked, link_environment
from varve.pipeline.opening import Order, open_judged
from varve.pipeline.remembering import settle_unit


def _linked(files: dict[str, str | None]) -> tuple[Linked | None, dict[str, None]]:
    opened = open_judged(repository(files), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    own = [settle_unit(opened, ground, tenant) for tenant in opened.tenants]
    asked = dict[str, None]()
    return link_environment(opened, ground, own, asked, Report()), asked


def test_what_is_linked_has_the_ids_that_git_gives_it() -> None:
    linked, _ = _linked(dict(TWO))
    assert linked is not None
    assert linked.made == {each.path: identify(each.data) for each in linked.artifacts}
    assert "build/production/shared/prometheus.yaml" in linked.made


def test_rules_are_linked_by_their_names_and_not_read() -> None:
    linked, asked = _linked({**TWO, CHECKOUT: "records: {'a:b': {expr: 'sum(up)'}}\n"})
    assert linked is not None
    assert not any("/rules/" in path and "/tenants/" in path for path in asked)
