"""Whether a tenant's own artifacts keep to the tenant, judged from what they say, and by nothing that made them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import yaml

from tests.interference.observed import ROUTES, World, folder, own_decisions
from tests.interference.repository import ENVIRONMENT, TENANTS, hidden
from varve.language.fault import Fault
from varve.language.promql import reading

EXTERNAL: Final = frozenset({"cluster", "environment"})
"""What the environment's Prometheus alone says of itself."""

_RANGE: Final = re.compile(r"\$__\w+|\$\{__\w+[^}]*\}")
_VARIABLE: Final = re.compile(r"\$\w+|\$\{\w+[^}]*\}|\[\[\w+\]\]")
_VALUES: Final = re.compile(r"\s*label_values\(\s*(?:(?P<of>.*),)?\s*\w+\s*\)\s*", re.DOTALL)
_GRAFANA: Final = frozenset({"-- Grafana --", "-- Dashboard --", "grafana"})
"""Sources that hold no series."""

_DISCOVERED: Final = "/etc/prometheus/discovered"
"""Where the environment's Prometheus finds targets, in a file for each job."""

_QUERIES: Final = re.compile(r"\{\{[^}\"]*\b(?:query|tableLink|template|sortByLabel)\b")
_SECRET: Final = re.compile(r"_file: (\S+)")


def faults(world: World, tenant: str) -> Iterator[str]:
    """What in the artifacts of `tenant` speaks of others, of the whole server, or of more than it was granted."""
    for path, data in world.items():
        if path.startswith(folder(tenant)):
            kind = path.removeprefix(folder(tenant)).partition("/")[0]
            yield from (f"{path}: {fault}" for fault in _of_file(kind, data, tenant))
            yield from (f"{path} tells of {other}" for other in TENANTS if _mentions(data, other, tenant))
    yield from _uids(world, tenant)
    yield from (f"{each} hears of {tenant}" for each in _strangers(world.get(ROUTES, b"{}"), tenant))


@lru_cache(maxsize=512)  # most changes leave most files as they are
def _of_file(kind: str, data: bytes, tenant: str) -> tuple[str, ...]:
    return tuple(_KINDS.get(kind, _nothing)(data, tenant))


@lru_cache(maxsize=64)
def _strangers(data: bytes, tenant: str) -> tuple[str, ...]:
    return tuple(own_decisions(data, tenant))


@lru_cache(maxsize=512)
def _uid(data: bytes) -> str:
    return str(json.loads(data)["uid"])


def _mentions(data: bytes, other: str, tenant: str) -> bool:
    return other != tenant and hidden(other).encode() in data


def _nothing(_: bytes, __: str) -> Iterator[str]:
    return iter(())


# Rules and scrapes


def _rules(data: bytes, tenant: str) -> Iterator[str]:
    for group in yaml.load(data, yaml.CSafeLoader).get("groups") or []:
        if not group["name"].startswith(f"{tenant}/"):
            yield f"the group {group['name']!r} is not the tenant's"
        yield from _labels(group.get("labels") or {})
        for rule in group["rules"]:
            if (rule.get("labels") or {}).get("tenant") != tenant:
                yield "a rule that does not say whose it is"
            yield from _labels(rule.get("labels") or {})
            yield from _reads(str(rule["expr"]), tenant)
            yield from _granted(rule)
            if "alert" in rule:
                yield from (f"the text {each!r} queries" for each in _texts(rule) if _QUERIES.search(each))


def _texts(rule: Mapping[str, Any]) -> Iterator[str]:
    for field in ("labels", "annotations"):
        yield from (rule.get(field) or {}).values()


def _labels(labels: Mapping[str, str]) -> Iterator[str]:
    yield from (f"the label {label!r} of the whole server" for label in EXTERNAL & labels.keys())


def _reads(expr: str, tenant: str) -> Iterator[str]:
    """The selectors of an expression that ask for more than the tenant's own."""
    found = reading.read(expr)
    if isinstance(found, Fault):
        yield f"{expr!r} is no PromQL"
        return
    for node in found.nodes:
        if node.kind == "selector" and ("=", "tenant", tenant) not in node.fields[1]:  # type: ignore[operator]
            yield f"{expr!r} reads the series of others"


def _granted(rule: Mapping[str, Any]) -> Iterator[str]:
    """What the platform alone decides of a tenant, as the tenant's own rules tell it."""
    labels = rule.get("labels") or {}
    if rule.get("record") == "varve_tenant_info" and (labels["tier"], labels["isolation"]) != ("gold", "logical"):
        yield "another tier or isolation than what was granted"
    if rule.get("record") == "varve_tenant_quota_used:ratio" and not rule["expr"].endswith((" 20000", " 1000")):
        yield "other quotas than what was granted"


def _scrape(data: bytes, tenant: str) -> Iterator[str]:
    for job in yaml.load(data, yaml.CSafeLoader).get("scrape_configs") or []:
        if not job["job_name"].startswith(f"{tenant}/") or job.get("honor_labels"):
            yield "a job that is not the tenant's, or that lets targets say whose they are"
        for steps in (job.get("relabel_configs") or [{}], job.get("metric_relabel_configs") or [_SET(tenant)]):
            if steps[-1] != _SET(tenant):
                yield "a job that does not say at last whose it is"
        for found in job.get("file_sd_configs") or []:
            if found != {"files": [f"{_DISCOVERED}/{job['job_name']}.json"]}:
                yield "a job that finds the targets of another"
        for static in job.get("static_configs") or []:
            yield from _labels(static.get("labels") or {})


def _SET(tenant: str) -> dict[str, str]:  # noqa: N802 - what must be said, as a value
    return {"target_label": "tenant", "replacement": tenant}


# Dashboards


def _dashboard(data: bytes, tenant: str) -> Iterator[str]:
    value = json.loads(data)
    for key, each in _walk(value):
        if key == "datasource" and each["uid"] not in {*_GRAFANA, "${datasource}", "-- Mixed --"}:
            yield f"the data source {each!r}"
    for each in (value["annotations"]["list"], [_sent(panel) for _, panel in _walk(value)]):
        yield from (fault for key, expr in _walk(each) if key == "expr" for fault in _reads(_filled(expr), tenant))
    for variable in value["templating"]["list"]:
        if variable["type"] == "query":
            yield from _variable(variable, tenant)


def _sent(panel: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """What of a panel Grafana sends to Prometheus: it heeds the source of a query in panels of mixed ones alone."""
    if not isinstance(panel, dict) or "targets" not in panel:
        return []
    own = panel["datasource"]["uid"]
    sources = [each["datasource"]["uid"] if own == "-- Mixed --" else own for each in panel["targets"]]
    return [each for each, source in zip(panel["targets"], sources, strict=True) if source not in _GRAFANA]


def _variable(variable: Any, tenant: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
    found = _VALUES.fullmatch(query)
    if found is None or found["of"] is None:
        yield f"the variable {query!r} lists what others have"
    else:
        yield from _reads(_filled(found["of"]), tenant)


def _filled(query: str) -> str:
    return _VARIABLE.sub("x", _RANGE.sub("5m", query))


def _walk(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield str(key), each
        yield from _walk(each)


def _uids(world: World, tenant: str) -> Iterator[str]:
    """Dashboards of the tenant that would stand in the place of others, or of each other."""
    owners: dict[str, str] = {}
    for path, data in sorted(world.items(), key=lambda each: each[0].startswith(folder(tenant))):
        if "/dashboards/" in path and path.endswith(".json"):
            uid = _uid(data)
            if uid in owners and path.startswith(folder(tenant)):
                yield f"{path} has the uid of {owners[uid]}"
            owners[uid] = path


def _alertmanager(data: bytes, tenant: str) -> Iterator[str]:
    for path in _SECRET.findall(data.decode()):
        if not path.startswith((f"/run/secrets/varve/tenants/{tenant}/", "/run/secrets/varve/platform/")):
            yield f"the secret {path}"


def _main(_: bytes, __: str) -> Iterator[str]:
    yield f"a server of its own, which nobody granted in {ENVIRONMENT}"


_KINDS: Final[Mapping[str, Callable[[bytes, str], Iterator[str]]]] = {
    "rules": _rules,
    "scrape": _scrape,
    "dashboards": _dashboard,
    "alertmanager.yaml": _alertmanager,
    "prometheus.yaml": _main,
}
