"""The meaning of `notify`: its channels, the matchers and order of routes, escalations and paces."""

import pytest

from varve.language.matcher import Matcher
from varve.model.source import Map
from varve.resolve import notify

MAIL: Map = {"email": {"to": ["a@acme.example"]}}
HOOK: Map = {"webhook": {"url": {"secret": "hook/url"}}}


def test_channels_are_those_of_receivers_and_of_users_and_none_of_a_receiver_that_is_a_user() -> None:
    value: Map = {
        "notify": {"receivers": {"mail": MAIL, "alice": {"user": "alice"}}},
        "users": {"alice": {"receiver": HOOK}, "bruno": {}},
    }
    assert [(each.keys, each.kind, each.settings) for each in notify.channels(value)] == [
        (("notify", "receivers", "mail", "email"), "email", MAIL["email"]),
        (("users", "alice", "receiver", "webhook"), "webhook", HOOK["webhook"]),
    ]


def test_one_text_or_several_become_a_list_without_duplicates() -> None:
    assert notify.listed({}, "hours") == []
    assert notify.listed({"hours": "night"}, "hours") == ["night"]
    assert notify.listed({"hours": ["night", "day", "night"]}, "hours") == ["night", "day"]


ORIGINAL = Matcher("alertname", "!=", "Escalated")
MATCHERS: dict[str, tuple[Map, tuple[Matcher, ...]]] = {
    "a severity": ({}, (Matcher("severity", "=", "critical"), ORIGINAL)),
    "an empty list, which is all alerts": ({"match": []}, ()),
    "a text": ({"match": 'a="1",b!="2"'}, (Matcher("a", "=", "1"), Matcher("b", "!=", "2"))),
    "a list": ({"match": ['a="1"', 'b=~"2"']}, (Matcher("a", "=", "1"), Matcher("b", "=~", "2"))),
    "the same twice": ({"match": ['a="1"', "{a=1}"]}, (Matcher("a", "=", "1"),)),
}


@pytest.mark.parametrize(("route", "expected"), MATCHERS.values(), ids=MATCHERS)
def test_the_matchers_of_a_route_are_its_match_or_the_severity_that_is_its_name(
    route: Map, expected: tuple[Matcher, ...]
) -> None:
    assert notify.matchers("critical", route) == expected


ORDERS: dict[str, tuple[Map, int]] = {
    "a severity comes late": ({}, 100),
    "a match comes early": ({"match": 'a="1"'}, 0),
    "a match of everything comes early too": ({"match": []}, 0),
    "an explicit order": ({"match": 'a="1"', "order": -3}, -3),
}


@pytest.mark.parametrize(("route", "expected"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_route(route: Map, expected: int) -> None:
    assert notify.order(route) == expected


@pytest.mark.parametrize(
    ("after", "expected"), [("30m", "warning-30m"), ("1800s", "warning-30m"), ("90m", "warning-1h30m")]
)
def test_an_escalation_is_identified_by_its_severity_and_its_normalised_delay(after: str, expected: str) -> None:
    assert notify.escalation({"severity": "warning", "after": after}) == expected


def test_the_default_pace_is_that_of_alertmanager() -> None:
    assert notify.pace({}) == {"group_wait": "30s", "group_interval": "5m", "repeat": "4h"}
    assert notify.pace({"alertmanager": {"repeat": "1h"}})["repeat"] == "1h"


def test_the_default_retention_is_five_days() -> None:
    assert notify.retention({}) == "120h"
    assert notify.retention({"alertmanager": {"retention": "30d"}}) == "30d"


def test_the_default_locale_of_the_platform_is_english() -> None:
    assert notify.platform_locale({}) == "en_GB"
    assert notify.platform_locale({"locale": "fr_FR"}) == "fr_FR"
