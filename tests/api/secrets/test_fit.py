"""Who reads a sealed file, and whether anybody says for whom it is; what else is not fit, test_rotate tries."""

from typing import Final

import pytest

from tests.sealing import ACME, OPERATOR, UMBRA
from varve.api.secrets.fit import expect
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Holder
from varve.resolve.custody import Custody

RECIPIENTS: Final[Map] = {"tenants": {"acme": [ACME]}, "platform": [OPERATOR]}
OTHERS: Final[Map] = {"tenants": {"acme": [UMBRA]}, "platform": [OPERATOR]}
ENVIRONMENTS: Final = [
    Environment(name, {"secrets": {"recipients": said}}, Stack(()))
    for name, said in (("staging", RECIPIENTS), ("production", OTHERS))
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
def test_for_whom_a_file_is(holder: Holder | None, expected: set[str] | None) -> None:
    found = expect(holder, ENVIRONMENTS)
    assert found == (Custody((frozenset(expected),), 1) if expected else None)
