"""Who hears of an alert is told where it differs, and how where only that does."""

from typing import Any

from tests.inquire.difference.test_alert import SLOW, of
from varve.inquire.difference.pairing import paired
from varve.inquire.difference.renaming import Names
from varve.inquire.difference.route import Ways, reached, routes
from varve.link.routing import read_own
from varve.model.difference import PRESENT
from varve.model.layer import Stack
from varve.model.unit import Environment

ENVIRONMENT = Environment("production", {"external_labels": {"cluster": "one"}}, Stack(()))


def ways(*children: dict[str, Any], external: str = "one") -> Ways:
    intervals: Any = [{"name": "acme/night", "time_intervals": [{"weekdays": ["sunday"]}]}]
    tree = read_own({"route": {"receiver": "platform", "routes": list(children)}, "time_intervals": intervals})
    environment = ENVIRONMENT._replace(platform={"external_labels": {"cluster": external}})
    return Ways(tree, environment, "acme")


def to(receiver: str, *matchers: str, **more: object) -> dict[str, Any]:
    return {"receiver": receiver, "matchers": list(matchers), **more}


def changes(before: Ways, after: Ways, *rules: list[Any]) -> list[tuple[str, str | None, str | None]]:
    left, right = rules or ([SLOW], [SLOW])
    found = [each.change for each in routes(paired(of(*left), of(*right)), before, after)]
    return [(each.subject, each.before, each.after) for each in found]


def test_unchanged_receivers_are_not_listed() -> None:
    assert changes(ways(to("team")), ways(to("team", 'severity="warning"'))) == []


def test_changed_receivers_are_listed_for_both_sides() -> None:
    after = ways(to("team", **{"continue": True}), to("oncall"))
    assert changes(ways(to("team")), after) == [("Slow", "team", "oncall, team")]


def test_an_alert_that_changes_its_labels_may_go_another_way() -> None:
    both = ways(to("oncall", 'severity="critical"'), to("team"))
    critical = {**SLOW, "labels": {"severity": "critical"}}
    assert changes(both, both, [SLOW], [critical]) == [("Slow", "team", "oncall")]


def test_changed_times_of_the_same_receivers_are_listed() -> None:
    after = ways(to("team", repeat_interval="1h", mute_time_intervals=["acme/night"]))
    assert changes(ways(to("team", repeat_interval="12h")), after) == [
        ("Slow", "team (at any time, again after 12h)", "team (not in acme/night, again after 1h)")
    ]


def test_an_added_or_removed_alert_has_receivers_on_one_side() -> None:
    both = ways(to("team"))
    assert changes(both, both, [], [SLOW]) == [("Slow", None, "team")]
    assert changes(both, both, [SLOW], []) == [("Slow", "team", None)]


def test_without_an_alertmanager_there_are_no_receivers() -> None:
    nowhere = Ways(None, ENVIRONMENT, "acme")
    assert changes(nowhere, nowhere) == []
    assert changes(nowhere, ways()) == [("Slow", None, "platform")]
    assert changes(ways()._replace(environment=None), ways()) == [("Slow", None, "platform")]


def test_what_prometheus_adds_to_an_alert_may_lead_it() -> None:
    leading = to("cluster", 'cluster="two"'), to("team")
    assert changes(ways(*leading), ways(*leading, external="two")) == [("Slow", "team", "cluster")]


def test_a_label_of_which_only_prometheus_knows_the_value_leads_nowhere() -> None:
    templated = {**SLOW, "labels": {"severity": "{{ $labels.severity }}"}}
    both = ways(to("none", 'severity=~".+"'), to("team"))
    assert changes(both, both, [], [templated]) == [("Slow", None, "team")]


def test_a_recording_goes_nowhere() -> None:
    assert changes(ways(), ways(to("team")), [], [{"record": "a:b", "expr": "vector(1)"}]) == []


def test_a_receiver_or_hours_that_have_another_name_are_the_same() -> None:
    def hearing(receiver: str, hours: str) -> Ways:
        tree: Any = {"route": {"receiver": "platform", "routes": [to(receiver, mute_time_intervals=[hours])]}}
        intervals: Any = [{"name": hours, "time_intervals": [{"weekdays": ["sunday"]}]}]
        return ways()._replace(tree=read_own({**tree, "time_intervals": intervals}))

    both = paired(of(SLOW), of(SLOW))
    called = Names(receivers={"acme/team": "acme/all"}, hours={"acme/users/alice": "acme/users/bob"})
    before, after = hearing("acme/team", "acme/users/alice/night"), hearing("acme/all", "acme/users/bob/night")
    assert list(routes(both, before, after, called)) == []
    assert [each.change.after for each in routes(both, before, after)] == ["acme/all"]
    assert [each.change.after for each in routes(both, before, hearing("acme/one", "acme/night"), called)] == [
        "acme/one"
    ]


def test_a_receiver_has_no_other_name_because_hours_of_its_name_have() -> None:
    found = routes(
        paired(of(SLOW), of(SLOW)), ways(to("day")), ways(to("night")), Names(hours={"day": "night", "x": "y"})
    )
    assert [each.change[3:] for each in found] == [("day", "night")]


def test_a_changed_channel_is_listed_for_each_alert_of_its_receiver() -> None:
    before, after = (ways(to("team"))._replace(reached={"team": each, "other": 1}) for each in "ab")
    assert changes(before, before) == []
    assert [each.change[1:] for each in routes(paired(of(SLOW), of(SLOW)), before, after)] == [
        ("Slow", "team", PRESENT, PRESENT)
    ]
    renamed = ways(to("all"))._replace(reached={"all": "b"})
    found = routes(paired(of(SLOW), of(SLOW)), before, renamed, Names(receivers={"team": "all"}))
    assert [each.change.part for each in found] == ["all"]


def test_a_new_receiver_of_an_alert_has_no_changed_channel() -> None:
    before, after = (ways(to(each))._replace(reached={"team": each, "oncall": each}) for each in ("team", "oncall"))
    assert [each.change.part for each in routes(paired(of(SLOW), of(SLOW)), before, after)] == [""]
    assert changes(before, after, [], [SLOW]) == [("Slow", None, "oncall")]


def test_only_fields_that_determine_the_recipient_are_compared() -> None:
    users: Any = {
        "a": {"email": "a@a.example"},
        "b": {"email": "b@a.example", "receiver": {"slack": {"channel": "@b"}}},
    }
    channel = {"channel": "#all", "resolved": False, "blocks": True}
    receivers: Any = {"team": {"slack": channel}, "one": {"user": "a"}, "other": {"user": "b"}}
    environment = ENVIRONMENT._replace(platform={"receiver": {"email": {"to": ["p@a.example"]}}})
    assert reached({"notify": {"receivers": receivers}, "users": users}, environment, "acme") == {
        "platform": {"email": {"to": ["p@a.example"]}},
        "acme/team": {"slack": {"channel": "#all"}},
        "acme/one": "a@a.example",
        "acme/other": {"slack": {"channel": "@b"}},
    }
