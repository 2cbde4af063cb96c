"""Credentials of notifications and remote writes must be encrypted in transit; other addresses may be any."""

from typing import Final

import pytest

from varve.check.secrets.transit import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

LOGIN: Final[Map] = {"basic_auth": {"username": "u", "password": {"secret": "jira/password"}}}
TOKEN: Final[Map] = {"authorization": {"credentials": {"secret": "jira/token"}}}


def places(value: Map) -> list[str]:
    """The paths of credentials in plain text, in a unit or a platform map."""
    report, stack = Report(), Stack((Layer("own", 0, "tenant", "own.yaml", value),))
    if "platform" in value:
        platform = value["platform"]
        assert isinstance(platform, dict)
        check_platform(Environment("production", platform, stack), report)
    else:
        check(Resolved(Unit("acme", "production"), value, stack, {}), report)
    assert {each.rule.code for each in report} <= {"check/clear-credentials"}
    return [dotted(each.place.keys) for each in report if each.place]


def jira(url: str, login: Map) -> Map:
    return {"jira": {"api_url": url, "project": "OPS", "issue_type": "Bug", **login}}


def receiving(url: str, login: Map) -> Map:
    return {"notify": {"receivers": {"desk": jira(url, login)}}}


@pytest.mark.parametrize("login", [LOGIN, TOKEN])
def test_a_receiver_with_a_login_needs_https(login: Map) -> None:
    assert places(receiving("http://jira.example/rest/api/2", login)) == ["notify.receivers.desk.jira.api_url"]
    assert places(receiving("HTTP://jira.example/rest/api/2", login)) == ["notify.receivers.desk.jira.api_url"]
    assert places(receiving("https://jira.example/rest/api/2", login)) == []


def test_a_receiver_without_a_login_may_use_http() -> None:
    assert places(receiving("http://jira.example/rest/api/2", {})) == []


def test_a_webhook_is_not_checked_because_its_address_is_a_secret() -> None:
    assert places({"notify": {"receivers": {"desk": {"webhook": {"url": {"secret": "siem/url"}, **LOGIN}}}}}) == []


def test_the_channel_of_a_user_needs_https_too() -> None:
    user: Map = {"name": "A", "email": "a@acme.example", "receiver": jira("http://jira.example/rest/api/2", LOGIN)}
    assert places({"users": {"alice": user}}) == ["users.alice.receiver.jira.api_url"]


def test_the_platforms_own_settings_are_checked_too() -> None:
    far: Map = {"url": "http://mimir.example/api/v1/push", **LOGIN}
    near: Map = {"url": "http://mimir.example/api/v1/push"}
    assert places({"platform": {"remote_write": {"far": far, "near": near}}}) == ["platform.remote_write.far.url"]
    receiver = jira("http://jira.example/rest/api/2", TOKEN)
    assert places({"platform": {"receiver": receiver}}) == ["platform.receiver.jira.api_url"]
    assert places({"platform": {"discovery": {"http": far}}}) == ["platform.discovery.http.url"]
    assert places({"platform": {"discovery": {"http": near}}}) == []
