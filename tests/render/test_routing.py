"""Where alerts go is rendered in paragraphs, in a table, as a tree, and as JSON."""

import json
from datetime import datetime
from typing import Any

from varve.language.fault import Fault
from varve.language.time.timezone import zone
from varve.link.routing import Tree, decide, read
from varve.render import routing
from varve.render.routing import Shown

UNIT: Any = {
    "timezone": "Europe/Paris",
    "notify": {
        "receivers": {"team": {}, "pager": {}},
        "routes": {"critical": {"receivers": ["pager"], "continue": True}, "warning": {"receivers": ["team"]}},
    },
}
SHOWN = Shown("acme", UNIT)
FILE: dict[str, Any] = {
    "route": {
        "receiver": "platform",
        "routes": [
            {"matchers": ['tenant="zeta"'], "receiver": "platform"},
            {
                "matchers": ['tenant="acme"'],
                "group_by": ["tenant", "alertname"],
                "routes": [
                    {
                        "matchers": ["severity=critical"],
                        "receiver": "acme/pager",
                        "group_by": ["..."],
                        "continue": True,
                    },
                    {
                        "matchers": ['severity=~"critical|warning"'],
                        "receiver": "acme/team",
                        "active_time_intervals": ["acme/week"],
                        "mute_time_intervals": ["acme/noon"],
                    },
                ],
            },
        ],
    },
    "time_intervals": [
        {"name": "acme/week", "time_intervals": [{"weekdays": ["monday:friday"]}]},
        {"name": "acme/noon", "time_intervals": [{"times": [{"start_time": "12:00", "end_time": "13:00"}]}]},
    ],
    "inhibit_rules": [
        {"source_matchers": ["severity=critical"], "target_matchers": ["severity=warning"], "equal": ["tenant"]}
    ],
}


def tree() -> Tree:
    found = read(FILE)
    assert not isinstance(found, Fault)
    return found


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=zone("Europe/Paris"))


def test_one_alert_is_a_few_paragraphs() -> None:
    decision = decide(tree(), {"tenant": "acme", "severity": "critical"}, at(21, 10))
    assert (
        routing.text(SHOWN, [decision])
        == """\
severity="critical", tenant="acme"
on Saturday, 2026-11-21 10:00 in Europe/Paris

acme/pager is notified
  by     notify.routes.critical: severity="critical"
  with   no other alert: the group is by all labels
  after  30s, with new alerts after 5m, again after 4h

acme/team is muted outside of acme/week
  by     notify.routes.warning: severity=~"critical|warning"
  with   all alerts of tenant="acme", alertname=""
  after  30s, with new alerts after 5m, again after 4h
"""
    )


def test_inhibitions_and_possible_inhibitions_are_shown_below() -> None:
    source = {"tenant": "acme", "severity": "critical"}
    decision = decide(tree(), {"tenant": "acme", "severity": "warning"}, at(20, 13), [source])
    assert routing.text(SHOWN, [decision]).splitlines()[-2:] == [
        'inhibited by severity="critical", tenant="acme"',
        'inhibited while an alert fires that matches severity="critical", of the same tenant',
    ]
    assert "acme/team is muted by acme/noon" in routing.text(SHOWN, [decision])


def test_an_alert_of_no_route_reaches_the_platform() -> None:
    text = routing.text(SHOWN, [decide(tree(), {"tenant": "acme"})])
    assert (
        "platform is notified\n  by     no route of the tenant: an alert that none of them matches reaches the" in text
    )
    assert "\non " not in text


def test_several_alerts_are_a_table() -> None:
    labels = ({"alertname": "B", "severity": "critical"}, {"alertname": "A", "service": "s"})
    decisions = [decide(tree(), {"tenant": "acme", **each}, at(20, 10)) for each in labels]
    assert [" ".join(line.split()) for line in routing.rows(SHOWN, decisions).splitlines()] == [
        "B critical - acme/pager notified notify.routes.critical",
        "B critical - acme/team notified notify.routes.warning",
        "A - s platform notified no route",
    ]
    assert (routing.rows(SHOWN, []), routing.text(SHOWN, [])) == ("", "")
    assert routing.text(SHOWN, decisions).count("\n\nalertname=") == 1


def test_a_tree_has_no_branch_of_another_tenant() -> None:
    assert (
        routing.tree(SHOWN, tree())
        == """\
every alert -> platform, again after 4h
  tenant="acme" -> platform, again after 4h
    severity="critical" -> acme/pager, again after 4h; then the next
    severity=~"critical|warning" -> acme/team, again after 4h; only in acme/week; not in acme/noon
"""
    )


def test_json_has_everything() -> None:
    source = {"tenant": "acme", "severity": "critical"}
    decision = decide(tree(), {"tenant": "acme", "severity": "warning"}, at(21, 10), [source])
    (alert,) = json.loads(routing.json(SHOWN, [decision]))
    assert alert["at"] == "2026-11-21T10:00:00+01:00"
    assert alert["inhibitedBy"] == [source]
    assert alert["inhibitions"] == [{"source": ['severity="critical"'], "equal": ["tenant"]}]
    assert alert["deliveries"] == [
        {
            "receiver": "acme/team",
            "route": "notify.routes.warning",
            "told": False,
            "mutedBy": [],
            "outside": ["acme/week"],
            "group": {"tenant": "acme"},
            "groupBy": ["tenant", "alertname"],
            "groupWait": "30s",
            "groupInterval": "5m",
            "repeatInterval": "4h",
            "path": [[], ['tenant="acme"'], ['severity=~"critical|warning"']],
        }
    ]
    assert [each["matchers"] for each in json.loads(routing.tree_json(SHOWN, tree()))["routes"]] == [['tenant="acme"']]


def test_a_hostile_label_moves_no_cursor() -> None:
    assert "\x1b" not in routing.text(SHOWN, [decide(tree(), {"tenant": "acme", "a": "\x1b[2J"})])
