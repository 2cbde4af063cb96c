"""Escalations: alerts on alerts that keep firing, which notify other people."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.prometheus.annotation import annotations
from varve.language import matcher, message
from varve.language.cache_key import IdentityKey
from varve.language.matcher import Matcher
from varve.language.time import duration
from varve.model.source import Map, Value
from varve.resolve import notify

SUMMARY: Final = "{{ $labels.escalates }} has been firing for %(duration)s"
DESCRIPTION: Final = (
    "{{ $labels.escalates }} ({{ $labels.severity }}) has not ended in %(duration)s, so others are notified too."
)

_SILENCE: Final = "silence_url"
_END: Final = "%7D"
_SILENCE_END: Final = (
    '{{ if match "^[0-9A-Za-z_:.-]+$" $labels.escalates }}%2Cescalates%3D%22{{ $labels.escalates }}%22{{ end }}' + _END
)
"""The end of the address of a silence for the escalation of a single alert, instead of all of its service.

An alert name that would have to be encoded, which only vendors' alerts can have, is left out: Prometheus' templates
have no function for that.
"""

_MINUTE: Final = 60_000
_LONGEST: Final = 24 * 60
"""The longest escalation that is tested, in minutes: a test evaluates every rule of the file once a minute."""


def groups(task: Task) -> list[Map]:
    """The rule group of a unit's escalations; empty if there are none."""
    rules = [_rule(task, escalation) for escalation in notify.escalations(task.unit.value)]
    return [{"name": f"{task.unit.unit.tenant}/_escalation", "rules": cast("list[Value]", rules)}] if rules else []


def with_tests(task: Task, rules: str, file: Map) -> Map:
    """A test `file`, which may be empty, for the rule file `rules`, with tests of the unit's escalations added.

    They show that each escalation waits, fires, and is only about the tenant's own alerts.
    """
    tenant = task.unit.unit.tenant
    tests = [test for each in notify.escalations(task.unit.value) if (test := _test(tenant, *_parameters(each)))]
    if not tests:
        return file
    head: Map = {"rule_files": [f"../{rules}"], "evaluation_interval": "1m"}
    return {**head, **file, "tests": [*cast("list[Value]", file.get("tests", [])), *tests]}


def _parameters(escalation: Map) -> tuple[str, str, str]:
    return str(escalation["severity"]), str(escalation["after"]), notify.escalation(escalation)


def _rule(task: Task, escalation: Map) -> Map:
    firing = _selector(task, str(escalation["severity"]))
    return {
        "alert": notify.ESCALATED,
        "expr": f'max without (alertstate) (label_replace({firing}, "escalates", "$1", "alertname", "(.+)"))',
        "for": escalation["after"],
        "labels": {notify.ESCALATION: notify.escalation(escalation), "tenant": task.unit.unit.tenant},
        "annotations": {**_texts(task, escalation), **_annotations(task, notify.escalation(escalation))},
    }


def _selector(task: Task, severity: str) -> str:
    """The selector of alerts that fire with a severity, without those that are escalations themselves."""
    labels = {"tenant": task.unit.unit.tenant, "alertstate": "firing", "severity": severity}
    matchers = [*(Matcher(name, "=", text) for name, text in labels.items()), notify.ORIGINAL]
    return f"ALERTS{{{','.join(map(matcher.write, matchers))}}}"


def _texts(task: Task, escalation: Map) -> Map:
    locale = cast("str", task.unit.value["locale"])
    return _cached_texts(IdentityKey(task.kit.messages), locale, str(escalation["after"]))


@lru_cache(maxsize=128)
def _cached_texts(messages: IdentityKey[Mapping[str, Mapping[str, str]]], locale: str, waiting: str) -> Map:
    """Cached for all tenants with the same locale and the same waiting time."""
    language = message.language(locale)
    catalogue = message.Catalogue(language, messages.value.get(language, {}))
    given = {"duration": message.duration_text(duration.lasts(waiting), locale)}
    texts = {"summary": SUMMARY, "description": DESCRIPTION}
    return {field: message.fill(catalogue.text(text), given) for field, text in texts.items()}


def _annotations(task: Task, identity: str) -> Map:
    """The annotations of the escalated alert: those of its service, chosen when it fires, or else of the tenant."""
    default_texts = _service_annotations(task, identity, "")
    by_service = {
        service: _service_annotations(task, identity, service) for service in notify.maps(task.unit.value, "services")
    }
    fields = dict.fromkeys(field for texts in (default_texts, *by_service.values()) for field in texts)
    chosen: Map = {
        field: _by_service(
            {service: texts.get(field, "") for service, texts in by_service.items()}, default_texts.get(field, "")
        )
        for field in fields
    }
    return {field: f"{text}{_SILENCE_END}" if field == _SILENCE else text for field, text in chosen.items()}


def _service_annotations(task: Task, identity: str, service: str) -> Mapping[str, str]:
    rule: Map = {"alert": notify.ESCALATED, "labels": {notify.ESCALATION: identity}}
    texts = cast("Mapping[str, str]", annotations(task, rule, service))
    return {field: text.removesuffix(_END) if field == _SILENCE else text for field, text in texts.items()}


def _by_service(by_service: Mapping[str, str], otherwise: str) -> str:
    """A text that Prometheus chooses by the service label; all the texts are Go templates already."""
    services: dict[str, list[str]] = defaultdict(list)
    for service, text in by_service.items():
        if text != otherwise:
            services[text].append(f'"{service}"')
    if not services:
        return otherwise
    cases = [f"if eq $labels.service {' '.join(names)} }}}}{text}" for text, names in services.items()]
    last = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    return f"{{{{ {'{{ else '.join(cases)}{last}{{{{ end }}}}"


def _test(tenant: str, severity: str, waiting: str, identity: str) -> Map | None:
    """The test of one escalation, the same in all environments; None if it would take too long."""
    after = -(-duration.lasts(waiting) // _MINUTE)
    if after > _LONGEST:
        return None
    fires = f'{{escalates="Stuck",escalation="{identity}",severity="{severity}",tenant="{tenant}"}}'
    state = f'alertname="{notify.ESCALATED}",alertstate="firing",escalation="{identity}"'
    query = f"max by (escalates, escalation, severity, tenant) (ALERTS{{{state}}})"
    series: list[Value] = [
        {"series": _series(*each, severity), "values": f"1+0x{after + 1}"}
        for each in ((tenant, "Stuck", "firing"), (tenant, "Slow", "pending"), (f"not-{tenant}", "Else", "firing"))
    ]
    return {
        "name": f"escalation {identity}, of an alert that fires, and of none that is pending or somebody else's",
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [
            {"expr": query, "eval_time": f"{after - 1}m", "exp_samples": []},
            {"expr": query, "eval_time": f"{after + 1}m", "exp_samples": [{"labels": fires, "value": 1}]},
        ],
    }


def _series(tenant: str, name: str, state: str, severity: str) -> str:
    return f'ALERTS{{alertname="{name}",alertstate="{state}",severity="{severity}",tenant="{tenant}"}}'
