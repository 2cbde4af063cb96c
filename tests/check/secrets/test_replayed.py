"""A seal that was followed by another one may not come back."""

from datetime import UTC, datetime

import pytest

from tests.read.parsing import source
from tests.sealing import sealed
from varve.check.secrets.replayed import check
from varve.model.diagnostic import Report
from varve.model.sealing import Sealing
from varve.read.sealed.file import sealed as read

ONE, OTHER = "tenants/acme/secrets/slack.sops.yaml", "tenants/umbra/secrets/slack.sops.yaml"


@pytest.mark.parametrize(
    ("left", "codes"),
    [
        pytest.param(frozenset({ONE}), ["check/replayed-seal"], id="another seal came after it"),
        pytest.param(frozenset({ONE.replace("yaml", "json")}), ["check/replayed-seal"], id="in another format"),
        pytest.param(frozenset({OTHER}), [], id="another seal came after it in another file"),
        pytest.param(frozenset(), [], id="none came after it"),
        pytest.param(None, [], id="it was never committed"),
    ],
)
def test_a_seal_that_was_followed_by_another_is_refused(left: frozenset[str] | None, codes: list[str]) -> None:
    found, report = read(source(sealed("a", "webhook"), ONE), Report()), Report()
    assert found is not None
    then = Sealing(datetime(2025, 1, 1, tzinfo=UTC), frozenset({ONE}), edge=False, left=left or frozenset())
    check(found, {found.seal: then} if left is not None else {}, report)
    assert [each.rule.code for each in report] == codes
    assert all(each.place == (ONE, ("sops",), "key", None, True) for each in report)
