"""The rule files: a service's own rules and those of its packs, the tenant's own, and those of vendors."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

from varve.emit.kit import Task
from varve.emit.pack import Use, use_keys, uses
from varve.emit.prometheus import boolean, empty, volatile
from varve.emit.prometheus.annotation import annotations
from varve.emit.prometheus.field import RULES, SERVICE_RULES_SHAPE, TENANT_RULES_SHAPE
from varve.emit.prometheus.gate import gate_template
from varve.emit.prometheus.replica import check_template
from varve.emit.scope import check_scoped, scoped
from varve.emit.shape import MapShape, checked
from varve.emit.template.given import Given, GoTemplate
from varve.language import gotemplate
from varve.language.cache_key import IdentityKey
from varve.language.message import language, localised
from varve.model.source import Map, Value

_ESCAPED: Final = re.compile(r'\{\{ "(\{+)" \}\}')
_OWN_TEMPLATE: Final = "templates/prometheus/rules.yaml.j2"
_Texts: TypeAlias = tuple[tuple[str, str], ...]
_GROUP_FIELDS: Final = ("interval", "query_offset", "limit")


class Group(NamedTuple):
    """The output of a template for one group, with the group's name, and its pack and its service if it has them."""

    name: str
    pack: str
    service: str
    rendered: Map


def of_service(task: Task, service: str) -> list[Group]:
    """The rule groups of a service: its own rules first, then one group for each pack."""
    value = _service(task, service)
    name = f"{task.unit.unit.tenant}/{service}"
    groups = []
    if value.get("alerts") or value.get("records"):
        at = ("services", service, "alerts" if value.get("alerts") else "records")
        output = task.render_anew(_OWN_TEMPLATE, _own_context(task, service), RULES, at)
        groups.append(Group(name, "", service, _checked(task, _OWN_TEMPLATE, output, SERVICE_RULES_SHAPE)))
    groups += [_pack_group(task, use, f"{name}/{use.pack.name}", service) for use in uses(task, service)]
    return [group for group in groups if group.rendered.get("rules")]


def of_tenant(task: Task) -> list[Group]:
    """The rule groups of the tenant itself, one for each pack that applies to tenants."""
    name = f"{task.unit.unit.tenant}/_tenant"
    groups = [_pack_group(task, use, f"{name}/{use.pack.name}", "") for use in uses(task, None)]
    return [group for group in groups if group.rendered.get("rules")]


def of_vendor(task: Task, name: str, value: Map) -> list[Map]:
    """The groups of a vendor's file, unchanged except for names, and for what scopes them to the tenant."""
    tenant = task.unit.unit.tenant
    return [
        {
            **group,
            "name": f"{tenant}/rules/{name}/{group['name']}",
            "rules": [_vendor_rule(task, rule) for rule in cast("list[Map]", group["rules"])],
        }
        for group in cast("list[Map]", value["groups"])
    ]


def _vendor_rule(task: Task, rule: Map) -> Map:
    """A vendor's rule with the tenant's label, and for an alert, with the contact and the links."""
    tenant = task.unit.unit.tenant
    labelled = _labelled(_scoped(rule, tenant), {}, {"tenant": tenant})
    if "alert" not in rule:
        return labelled
    return labelled | {"annotations": cast("Map", rule.get("annotations") or {}) | annotations(task, rule, "")}


def _scoped(rule: Map, tenant: str) -> Map:
    """The rule with its expression scoped to the tenant; a vendor's may be a number."""
    expr = rule["expr"]
    return rule | {"expr": scoped(expr, tenant)} if isinstance(expr, str) else rule


def _service(task: Task, service: str) -> Map:
    return cast("dict[str, Map]", task.unit.value["services"])[service]


def _pack_group(task: Task, use: Use, name: str, service: str) -> Group:
    template = f"{use.pack.folder}/rules.yaml.j2"
    output = task.render(template, use.context, RULES, use_keys(use, service))
    shape = SERVICE_RULES_SHAPE if service else TENANT_RULES_SHAPE
    return Group(name, use.pack.name, service, _checked(task, template, output, shape))


def _checked(task: Task, template: str, output: Value, shape: MapShape) -> Map:
    """The output of a template for groups if it has their shape; whatever rules must not contain is reported."""
    rendered = checked(output, shape, template, task.report)
    rules = cast("list[Map]", rendered.get("rules") or [])
    if template != _OWN_TEMPLATE:
        gate_template(task, template, rules)
        boolean.check_template(task, template, rules)
        empty.check_template(task, template, rules)
        volatile.check_template(task, template, rules)
    check_template(task, template, rules)
    check_scoped(task, template, (str(rule["expr"]) for rule in rules))
    return rendered


def finished(task: Task, group: Group) -> Map:
    """A group whose rules have the labels and annotations of their owner, and the links of their environment.

    Settings of the service are stronger than those of the template.
    """
    name, pack, service, rendered = group
    merged = {**rendered, **(_service(task, service) if service else {})}
    settings = {field: merged[field] for field in _GROUP_FIELDS if merged.get(field) is not None}
    rules = cast("list[Map]", rendered["rules"])
    return {"name": name, **settings, "rules": [_finished(task, rule, pack, service) for rule in rules]}


def _finished(task: Task, rule: Map, pack: str, service: str) -> Map:
    """A rule with the labels and annotations that every rule of the tenant has."""
    identity = (("tenant", task.unit.unit.tenant), *((("service", service),) if service else ()))
    if "record" in rule:
        return _recording(IdentityKey(rule), identity)
    labels = dict(identity) | ({"pack": pack} if pack else {})
    texts = cast("Map", rule.get("annotations") or {}) | annotations(task, rule, service, pack)
    return _labelled(rule, _own_labels(task, service), labels) | {"annotations": texts}


# Cached, because a template's output is the same in all environments of a tenant, and so is the recording made from it.
@lru_cache(maxsize=1024)
def _recording(rule: IdentityKey[Map], identity: _Texts) -> Map:
    return _labelled(rule.value | {"labels": _unescaped_labels(rule.value)}, {}, dict(identity))


def _unescaped_labels(rule: Map) -> Map:
    """The labels of a recording without Go template escapes, which Prometheus interprets only in alerts."""
    labels = cast("dict[str, str]", rule.get("labels") or {})
    return {label: _ESCAPED.sub(lambda found: found[1], str(text)) for label, text in labels.items()}


def _own_labels(task: Task, service: str) -> dict[str, str]:
    """The labels that the tenant and the service set as plain text, those of the service being stronger."""
    labels = cast("dict[str, str]", task.unit.value.get("labels", {}))
    if service:
        labels = labels | cast("dict[str, str]", _service(task, service).get("labels", {}))
    return {label: gotemplate.escape(text) for label, text in labels.items()}


def _labelled(rule: Map, defaults: Mapping[str, str], identity: Mapping[str, str]) -> Map:
    """The rule with those labels of `defaults` that it does not set, and those of its `identity`, whatever it sets."""
    labels = {**defaults, **cast("Map", rule.get("labels") or {}), **identity}
    fields = {key: value for key, value in rule.items() if key not in ("labels", "annotations")}
    annotated = {"annotations": rule["annotations"]} if rule.get("annotations") else {}
    return {**fields, "labels": dict(sorted(labels.items())), **annotated}


def _own_context(task: Task, service: str) -> Mapping[str, Given]:
    """The context of the template for a service's own rules."""
    value = _service(task, service)
    language_code = language(cast("str", task.unit.value["locale"]))
    alerts = [_alert(name, each, language_code) for name, each in _scoped_rules(task, value, "alerts")]
    records = [{"name": name, **each} for name, each in _scoped_rules(task, value, "records")]
    return {"tenant": task.unit.value["tenant"], "service": {"id": service}, "alerts": alerts, "records": records}


def _scoped_rules(task: Task, value: Map, section: str) -> Iterator[tuple[str, Map]]:
    rules = cast("dict[str, Map]", value.get(section, {}))
    return ((name, _scoped(rule, task.unit.unit.tenant)) for name, rule in rules.items())


_ALERT: Final = ("for", "keep_firing_for", "runbook")


def _alert(name: str, value: Map, language_code: str) -> Mapping[str, Given]:
    texts = {field: _text(value.get(field), language_code) for field in ("summary", "description")}
    own_annotations = cast("dict[str, str]", value.get("annotations", {}))
    return {
        "name": name,
        **{field: value.get(field) for field in _ALERT},
        **{field: value[field] for field in ("expr", "severity")},
        **texts,
        "labels": value.get("labels", {}),
        "annotations": {field: GoTemplate(text) for field, text in own_annotations.items()},
    }


def _text(value: Value, language_code: str) -> GoTemplate | None:
    return None if value is None else GoTemplate(localised(cast("str | dict[str, str]", value), language_code))
