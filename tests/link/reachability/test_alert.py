"""An alert may match what its known labels match, whatever the others turn out to be."""

import pytest

from varve.language.matcher import Matcher
from varve.link.reachability.alert import Alert

STUCK = Alert(
    "f",
    (0, 0),
    {"alertname": "Stuck", "severity": "info"},
    frozenset(["team"]),
    "sum by (queue) (depth)",
)
MAY: dict[str, tuple[Matcher, bool]] = {
    "a label that it has": (Matcher("severity", "=", "info"), True),
    "another value of a label that it has": (Matcher("severity", "=", "critical"), False),
    "a template": (Matcher("team", "=", "a"), True),
    "a label that the expression names": (Matcher("queue", "=", "a"), True),
    "a part of a name in the expression": (Matcher("que", "=", "a"), False),
    "a label that nobody names": (Matcher("zone", "=", "a"), False),
    "no label that nobody names": (Matcher("zone", "=", ""), True),
}


@pytest.mark.parametrize(("matcher", "expected"), MAY.values(), ids=MAY)
def test_an_alert_may_match(matcher: Matcher, *, expected: bool) -> None:
    assert STUCK.may_match((matcher,)) == expected
    assert STUCK.may_match((matcher, Matcher("severity", "=", "none"))) is False


def test_the_name_of_an_alert_is_a_label() -> None:
    assert STUCK.name == "Stuck"
