"""Routes are below the tenant's node, in their order, with a leaf for each receiver and hours on the leaves."""

from typing import Any

from tests.emit.alertmanager.notifying import task
from varve.emit.alertmanager import route

RECEIVERS = """\
notify:
  receivers:
    one: {email: {to: [one@acme.example]}}
    two: {email: {to: [two@acme.example]}}
    camille: {user: camille}
  hours:
    business: {from: "09:00", to: "18:00"}
    night: {from: "22:00", to: "06:00"}
"""


def leaves(notify: str) -> Any:  # noqa: ANN401 - as YAML has it
    return route.node(task(RECEIVERS + notify))["routes"]


def test_alerts_of_a_tenant_without_routes_go_to_the_platform() -> None:
    assert route.node(task("labels: {a: b}")) == {
        "matchers": ['tenant="acme"'],
        "receiver": "platform",
        "group_by": ["tenant", "alertname", "service"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "4h",
    }


def test_a_tenants_grouping_and_pace_apply_and_groups_are_always_by_tenant() -> None:
    made = route.node(task("notify: {group_by: [severity], group_wait: 0s, group_interval: 1m, repeat: 2h}"))
    assert [made[field] for field in ("group_by", "group_wait", "group_interval", "repeat_interval")] == [
        ["tenant", "severity"],
        "0s",
        "1m",
        "2h",
    ]


def test_the_default_pace_is_the_platforms() -> None:
    alertmanager = "{url: 'https://a.example', group_by: [cluster], group_wait: 1m, repeat: 8h}"
    made = task("notify: {repeat: 2h}", more={"alertmanager": alertmanager})
    assert route.root(made.environment.platform) == {
        "receiver": "platform",
        "group_by": ["tenant", "cluster"],
        "group_wait": "1m",
        "group_interval": "5m",
        "repeat_interval": "8h",
    }
    assert (route.node(made)["group_wait"], route.node(made)["repeat_interval"]) == ("1m", "2h")


def test_every_receiver_is_a_leaf_and_all_but_the_last_continue() -> None:
    assert leaves("  routes: {critical: {receivers: [one, two], repeat: 1h}}\n") == [
        {
            "matchers": ['severity="critical"', 'alertname!="Escalated"'],
            "receiver": "acme/one",
            "repeat_interval": "1h",
            "continue": True,
        },
        {
            "matchers": ['severity="critical"', 'alertname!="Escalated"'],
            "receiver": "acme/two",
            "repeat_interval": "1h",
        },
    ]


def test_a_receiver_that_is_named_twice_is_one_leaf() -> None:
    made = leaves("  routes: {info: {receivers: [one, two, one]}}\n")
    assert [each["receiver"] for each in made] == ["acme/one", "acme/two"]


def test_the_last_leaf_continues_if_the_route_does() -> None:
    made = leaves("  routes: {info: {receivers: [one, two], continue: true}}\n")
    assert [each.get("continue") for each in made] == [True, True]


def test_escalations_come_first_then_orders_then_names() -> None:
    made = leaves("""\
  routes:
    critical: {receivers: [one]}
    warning: {receivers: [one], order: -5}
    zeta: {match: 'service="z"', receivers: [one]}
    alpha: {match: 'service="a"', receivers: [one]}
  escalation: [{severity: info, after: 90m, receivers: [two]}]
""")
    assert made[0]["matchers"] == ['alertname="Escalated"', 'escalation="info-1h30m"']
    assert [each["matchers"][0] for each in made[1:]] == [
        'severity="warning"',
        'service="a"',
        'service="z"',
        'severity="critical"',
    ]


def test_hours_are_on_every_leaf_and_quiet_hours_on_that_of_their_user() -> None:
    made = leaves("  routes: {critical: {receivers: [one, camille], hours: [business], mute: night}}\n")
    assert [(each["active_time_intervals"], each["mute_time_intervals"]) for each in made] == [
        (["acme/business"], ["acme/night"]),
        (["acme/business"], ["acme/night", "acme/users/camille/night"]),
    ]


def test_matchers_are_normalised() -> None:
    (made,) = leaves("  routes: {any-name: {match: '{service=a, b=~\"c|d\"}', receivers: [one]}}\n")
    assert made["matchers"] == ['service="a"', 'b=~"c|d"']
