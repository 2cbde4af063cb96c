"""Who hears of an alert is told where it differs, and how where only that does."""

from typing import Any

from tests.inquire.difference.test_alert import SLOW, of
from varve.inquire.difference.alert import paired
from varve.inquire.difference.route import Ways, routes
from varve.link.routing import read_own
from varve.model.layer import Stack
from varve.model.unit import Environment

ENVIRONMENT = Environment("production", {"external_labels": {"cluster": "one"}}, Stack(()))


def ways(*said: dict[str, Any], external: str = "one") -> Ways:
    intervals: Any = [{"name": "acme/night", "time_intervals": [{"weekdays": ["sunday"]}]}]
    tree = read_own({"route": {"receiver": "platform", "routes": list(said)}, "time_intervals": intervals})
    environment = ENVIRONMENT._replace(platform={"external_labels": {"cluster": external}})
    return Ways(tree, environment, "acme")


def to(receiver: str, *matchers: str, **more: object) -> dict[str, Any]:
    return {"receiver": receiver, "matchers": list(matchers), **more}


def told(before: Ways, after: Ways, *said: list[Any]) -> list[tuple[str, str | None, str | None]]:
    left, right = said or ([SLOW], [SLOW])
    found = [each.change for each in routes(paired(of(*left), of(*right)), before, after)]
    return [(each.subject, each.before, each.after) for each in found]


def test_where_the_same_hear_of_it_nothing_is_told() -> None:
    assert told(ways(to("team")), ways(to("team", 'severity="warning"'))) == []


def test_where_others_hear_of_it_both_are_told() -> None:
    after = ways(to("team", **{"continue": True}), to("oncall"))
    assert told(ways(to("team")), after) == [("Slow", "team", "oncall, team")]


def test_an_alert_that_changes_its_labels_may_go_another_way() -> None:
    both = ways(to("oncall", 'severity="critical"'), to("team"))
    critical = {**SLOW, "labels": {"severity": "critical"}}
    assert told(both, both, [SLOW], [critical]) == [("Slow", "team", "oncall")]


def test_where_the_same_hear_of_it_at_other_times_that_is_told() -> None:
    after = ways(to("team", repeat_interval="1h", mute_time_intervals=["acme/night"]))
    assert told(ways(to("team", repeat_interval="12h")), after) == [
        ("Slow", "team (at any time, again after 12h)", "team (not in acme/night, again after 1h)")
    ]


def test_one_that_comes_or_goes_is_heard_of_on_one_side() -> None:
    both = ways(to("team"))
    assert told(both, both, [], [SLOW]) == [("Slow", None, "team")]
    assert told(both, both, [SLOW], []) == [("Slow", "team", None)]


def test_without_an_alertmanager_nobody_hears() -> None:
    nowhere = Ways(None, ENVIRONMENT, "acme")
    assert told(nowhere, nowhere) == []
    assert told(nowhere, ways()) == [("Slow", None, "platform")]
    assert told(ways()._replace(environment=None), ways()) == [("Slow", None, "platform")]


def test_what_prometheus_adds_to_an_alert_may_lead_it() -> None:
    leading = to("cluster", 'cluster="two"'), to("team")
    assert told(ways(*leading), ways(*leading, external="two")) == [("Slow", "team", "cluster")]


def test_a_label_of_which_only_prometheus_knows_the_value_leads_nowhere() -> None:
    templated = {**SLOW, "labels": {"severity": "{{ $labels.severity }}"}}
    both = ways(to("none", 'severity=~".+"'), to("team"))
    assert told(both, both, [], [templated]) == [("Slow", None, "team")]


def test_a_recording_goes_nowhere() -> None:
    assert told(ways(), ways(to("team")), [], [{"record": "a:b", "expr": "vector(1)"}]) == []
