"""What every alert says beside its message: the runbook, who owns it, whom to ask, where to look and to silence it."""

from collections.abc import Iterator
from typing import cast

from varve.emit.address import dashboard_url, silence_url
from varve.emit.kit import Task
from varve.language import gotemplate
from varve.model.source import Map


def annotations(task: Task, rule: Map, service: str) -> Map:
    """The annotations that an alert does not have yet."""
    own = cast("Map", rule.get("annotations") or {})
    return {
        key: gotemplate.escape(text)
        for key, text in _usual(task, cast("str", rule["alert"]), service)
        if key not in own
    }


def _usual(task: Task, alert: str, service: str) -> Iterator[tuple[str, str]]:
    value = cast("dict[str, Map]", task.unit.value["services"])[service] if service else {}
    if "runbook" in value:
        yield "runbook_url", cast("str", value["runbook"])
    if "owner" in value:
        yield "owner", cast("str", value["owner"])
    contact = cast("dict[str, str]", value.get("contact") or task.unit.value.get("contact") or {})
    for kind, text in contact.items():
        yield "contact", _person(task, text) if kind == "user" else text
    for name, url in (
        ("dashboard_url", dashboard_url(task, service)),
        ("silence_url", silence_url(task, alert, service)),
    ):
        if url is not None:
            yield name, url


def _person(task: Task, user: str) -> str:
    person = cast("dict[str, dict[str, str]]", task.unit.value["users"])[user]
    return f"{person['name']} <{person['email']}>"
