"""Credentials of notifications and remote writes ask for an encrypted way; what carries none goes any way."""

from typing import Final

import pytest

from varve.check.secrets.clear import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

LOGIN: Final[Map] = {"basic_auth": {"username": "u", "password": {"secret": "jira/password"}}}
TOKEN: Final[Map] = {"authorization": {"credentials": {"secret": "jira/token"}}}


def said(value: Map) -> list[str]:
    """The paths of credentials in plain text, of a unit or of a platform map."""
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


def told(url: str, login: Map) -> Map:
    return {"notify": {"receivers": {"desk": jira(url, login)}}}


@pytest.mark.parametrize("login", [LOGIN, TOKEN])
def test_a_receiver_that_logs_in_does_so_encrypted(login: Map) -> None:
    assert said(told("http://jira.example/rest/api/2", login)) == ["notify.receivers.desk.jira.api_url"]
    assert said(told("HTTP://jira.example/rest/api/2", login)) == ["notify.receivers.desk.jira.api_url"]
    assert said(told("https://jira.example/rest/api/2", login)) == []


def test_a_receiver_that_does_not_log_in_goes_any_way() -> None:
    assert said(told("http://jira.example/rest/api/2", {})) == []


def test_a_webhook_is_not_judged_since_its_address_is_a_secret() -> None:
    assert said({"notify": {"receivers": {"desk": {"webhook": {"url": {"secret": "siem/url"}, **LOGIN}}}}}) == []


def test_a_user_is_told_encrypted_too() -> None:
    user: Map = {"name": "A", "email": "a@acme.example", "receiver": jira("http://jira.example/rest/api/2", LOGIN)}
    assert said({"users": {"alice": user}}) == ["users.alice.receiver.jira.api_url"]


def test_the_platform_is_held_to_it_as_well() -> None:
    far: Map = {"url": "http://mimir.example/api/v1/push", **LOGIN}
    near: Map = {"url": "http://mimir.example/api/v1/push"}
    assert said({"platform": {"remote_write": {"far": far, "near": near}}}) == ["platform.remote_write.far.url"]
    receiver = jira("http://jira.example/rest/api/2", TOKEN)
    assert said({"platform": {"receiver": receiver}}) == ["platform.receiver.jira.api_url"]
    assert said({"platform": {"discovery": {"http": far}}}) == ["platform.discovery.http.url"]
    assert said({"platform": {"discovery": {"http": near}}}) == []
