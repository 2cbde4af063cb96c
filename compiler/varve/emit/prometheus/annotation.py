"""The annotations of every alert besides its message: runbook, owner, contact, links to dashboard and silence."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.emit.address import dashboard_url, runbook_url, silence_url, silences
from varve.emit.kit import Task
from varve.language import gotemplate
from varve.language.cache_key import IdentityKey
from varve.model.source import Map
from varve.model.unit import Environment, Resolved
from varve.resolve.notify import ESCALATION

_RUNBOOK: Final = "runbook_url"
_DISTINGUISHING: Final = ("severity", "slo", ESCALATION)


class _ServiceAnnotations(NamedTuple):
    """The annotations that all alerts of a service share, and the address at which their silences are created."""

    texts: tuple[tuple[str, str], ...]
    silences: str | None


def annotations(task: Task, rule: Map, service: str, pack: str = "") -> Map:
    """The annotations that an alert does not have yet; the runbook of its service precedes that of its `pack`."""
    shared = _service_annotations(IdentityKey(task.unit), IdentityKey(task.environment), service)
    texts = dict(shared.texts)
    runbook = runbook_url(task.environment, task.kit.packs[pack], cast("str", rule["alert"])) if pack else None
    if runbook is not None:
        texts = {_RUNBOOK: gotemplate.escape(runbook), **texts}
    if shared.silences is not None:
        alert = cast("str", rule["alert"])
        url = silence_url(shared.silences, alert, task.unit.unit.tenant, service, _distinguishing(rule))
        texts["silence_url"] = gotemplate.escape(url)
    own_texts = cast("Map", rule.get("annotations") or {})
    return {key: text for key, text in texts.items() if key not in own_texts}


def _distinguishing(rule: Map) -> tuple[tuple[str, str], ...]:
    """Labels that distinguish an alert from others of its name: a silenced warning must not silence critical alerts."""
    labels = cast("dict[str, str]", rule.get("labels") or {})
    return tuple((name, labels[name]) for name in _DISTINGUISHING if name in labels and "{{" not in labels[name])


@lru_cache(maxsize=32)
def _service_annotations(
    unit: IdentityKey[Resolved], environment: IdentityKey[Environment], service: str
) -> _ServiceAnnotations:
    """Cached, because a service's alerts are finished one after the other."""
    texts = _texts(unit.value, environment.value, service)
    escaped = tuple((key, gotemplate.escape(text)) for key, text in texts)
    return _ServiceAnnotations(escaped, silences(unit.value, environment.value))


def _texts(unit: Resolved, environment: Environment, service: str) -> Iterator[tuple[str, str]]:
    value = cast("dict[str, Map]", unit.value["services"])[service] if service else {}
    if "runbook" in value:
        yield _RUNBOOK, cast("str", value["runbook"])
    if "owner" in value:
        yield "owner", cast("str", value["owner"])
    contact = cast("dict[str, str]", value.get("contact") or unit.value.get("contact") or {})
    for kind, text in contact.items():
        yield "contact", _person(unit, text) if kind == "user" else text
    url = dashboard_url(unit, environment, service)
    if url is not None:
        yield "dashboard_url", url


def _person(unit: Resolved, user: str) -> str:
    person = cast("dict[str, dict[str, str]]", unit.value["users"])[user]
    return f"{person['name']} <{person['email']}>"
