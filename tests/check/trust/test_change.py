"""A change has one owner, and facts are compared only for a tenant's change."""

import pytest

from tests.check.trust.test_fact import BASE, TENANT, tenant
from tests.emit.repository import repository
from varve.check.trust.change import judge
from varve.check.trust.fact import Sides
from varve.check.trust.owner import owners
from varve.model.diagnostic import Report

GRANTS = "environments/tenants/acme.yaml"


@pytest.mark.parametrize(
    ("paths", "codes"),
    [
        pytest.param([TENANT], ["check/own-fact"], id="a tenant's"),
        pytest.param([GRANTS], [], id="the platform's, which may set it"),
        pytest.param([TENANT, GRANTS], ["check/two-owners"], id="of both, which is refused whatever it changes"),
        pytest.param(["build/x"], [], id="of artifacts"),
    ],
)
def test_the_owners_of_a_change_decide_what_is_checked(paths: list[str], codes: list[str]) -> None:
    report = Report()
    after = repository({**BASE, **tenant("platinum", ", isolation: logical")})
    judge(owners(paths), Sides("main", repository(BASE), after), report)
    assert [each.rule.code for each in report] == codes
