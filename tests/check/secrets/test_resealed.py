"""An incorrect rotation is refused: one with other secrets, old ciphertext, or other keys."""

import pytest

from tests.sealing import ACME, UMBRA, sealed
from tests.workbench import snapshot
from varve.check.secrets import resealed
from varve.check.secrets.resealed import Opened
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment
from varve.read.reading import reading

PATH = "tenants/acme/secrets/metrics.sops.yaml"
PLATFORM = Environment("production", {"secrets": {"recipients": {"tenants": {"acme": [ACME]}}}}, Stack(()))


def opened(seed: str, text: str = "password: hunter2\n", to: str = ACME) -> Opened:
    report = Report()
    found = reading(snapshot({PATH: sealed(seed, "password", to=[to]).encode()}), report).sealed(PATH, report)
    assert found is not None
    return Opened(found, text.encode())


CASES = {
    "the same secrets, sealed anew": (opened("new"), ""),
    "another secret": (opened("new", "password: hunter3\n"), "would change the secrets"),
    "an additional secret": (opened("new", "password: hunter2\nmore: x\n"), "would change the secrets"),
    "the old ciphertext": (opened("old"), "would not seal all"),
    "another tenant's key": (opened("new", to=UMBRA), "for other recipients than"),
}


@pytest.mark.parametrize(("after", "problem"), CASES.values(), ids=CASES)
def test_the_result_of_a_rotation(after: Opened, problem: str) -> None:
    report = Report()
    resealed.check(opened("old"), after, [PLATFORM], report)
    assert [problem in each.message and each.rule is resealed.NOT_RESEALED for each in report] == [True] * bool(problem)
    assert not any("hunter" in each.message for each in report)


YUBIKEY = "age1test1pzry9x8g6ykldn"


@pytest.mark.parametrize(
    ("key", "named", "refused"),
    [
        pytest.param(ACME, ACME, False, id="the tenant's own key"),
        pytest.param(UMBRA, ACME, False, id="another age key, which the rotation removes"),
        pytest.param(YUBIKEY, YUBIKEY, False, id="a plugin that the platform names"),
        pytest.param(YUBIKEY, ACME, True, id="a plugin that the platform does not name"),
    ],
)
def test_the_services_that_sops_may_request_keys_from(key: str, named: str, refused: bool) -> None:  # noqa: FBT001 - a row of the table
    report = Report()
    platform = Environment("production", {"secrets": {"recipients": {"tenants": {"acme": [named]}}}}, Stack(()))
    resealed.check_foreign_keys(opened("old", to=key).sealed, [platform], report)
    assert [each.rule.code for each in report] == ["check/wrong-recipients"] * refused
