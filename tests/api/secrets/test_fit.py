"""Who uses a sealed file, and whether its recipients are defined; test_rotate covers everything else."""

from typing import Final

import pytest

from tests.sealing import ACME, OPERATOR, UMBRA
from varve.api.secrets.fit import expected_custody
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Holder
from varve.resolve.custody import Custody

RECIPIENTS: Final[Map] = {"tenants": {"acme": [ACME]}, "platform": [OPERATOR]}
OTHERS: Final[Map] = {"tenants": {"acme": [UMBRA]}, "platform": [OPERATOR]}
ENVIRONMENTS: Final = [
    Environment(name, {"secrets": {"recipients": recipients}}, Stack(()))
    for name, recipients in (("staging", RECIPIENTS), ("production", OTHERS))
]


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        pytest.param(Holder("acme", None), {ACME, UMBRA}, id="a file for every environment"),
        pytest.param(Holder("acme", "production"), {UMBRA}, id="a file for one"),
        pytest.param(Holder(None, None), {OPERATOR}, id="the platform's"),
        pytest.param(Holder("acme", "nowhere"), None, id="an environment that there is not"),
        pytest.param(Holder("umbra", None), None, id="a tenant without keys"),
        pytest.param(None, None, id="a place where nobody looks"),
    ],
)
def test_the_expected_recipients_of_a_file(holder: Holder | None, expected: set[str] | None) -> None:
    found = expected_custody(holder, ENVIRONMENTS)
    assert found == (Custody((frozenset(expected),), 1) if expected else None)
