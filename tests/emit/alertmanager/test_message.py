"""The message fields in a receiver's configuration."""

import pytest

from tests.notified import environment
from varve.emit.alertmanager.message import message, template_file
from varve.emit.kit import Kit, Task
from varve.emit.once import Once
from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit

FIELDS = {
    "slack": {"title", "title_link", "text", "fallback", "color", "footer", "fields", "actions", "mrkdwn_in"},
    "blocks": {"payload"},
    "pagerduty": {"description", "severity", "class", "component", "details", "links"},
    "email": {"headers", "html", "text"},
    "webhook": set(),
    "opsgenie": {"message", "description", "priority"},
    "msteams": {"title", "text"},
    "discord": {"title", "message"},
    "telegram": {"message", "parse_mode"},
    "jira": {"summary", "description", "labels"},
}


def _task(where: Environment) -> Task:
    unit = Resolved(Unit("acme", "production"), {}, Stack(()), {}, {})
    return Task(unit, where, Kit(Engine({}), {}, {}, Once()), Report())


@pytest.mark.parametrize("kind", FIELDS)
def test_a_kind_of_receiver_has_these_fields(kind: str) -> None:
    assert message(environment(), kind, "fr_FR").keys() == FIELDS[kind]


def test_a_text_is_named_by_its_language() -> None:
    fields = message(environment(), "slack", "fr_FR")
    assert fields["title"] == '{{ template "varve.fr_FR.slack.title" . }}'
    assert template_file("fr_FR") == "fr_FR.tmpl"


@pytest.mark.parametrize(("alertmanager", "form"), [("0.29", "details"), ("0.30", "quoted")])
def test_details_are_quoted_for_versions_that_parse_them_again(alertmanager: str, form: str) -> None:
    fields = message(environment(alertmanager), "pagerduty", "en_GB")
    assert fields["details"] == {
        name: f'{{{{ template "varve.en_GB.pagerduty.{form}.{name}" . }}}}'
        for name in ("firing", "resolved", "service", "severity", "owner", "contact")
    }


def test_there_are_buttons_only_for_systems_that_exist() -> None:
    bare = Environment("production", {"targets": {"alertmanager": {"version": "0.34"}}}, Stack(()))
    for where, count in ((environment(), 3), (bare, 1)):
        fields = message(where, "slack", "en_GB")
        assert isinstance(fields["actions"], list)
        assert len(fields["actions"]) == count
