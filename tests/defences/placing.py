"""The places where a tenant can write a query: sources with many queries, each at a mark."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from tests.defences.attack import MARK, Files
from tests.defences.volley import GRAFANA, ONE_ENVIRONMENT
from tests.emit.repository import CHECKOUT, pack

Placing: TypeAlias = Callable[[Iterable[str]], Files]
"""Writes queries, or other texts, into sources."""

RULES: Final = "tenants/acme/rules/node.yaml"
DASHBOARD: Final = "tenants/acme/dashboards/traffic.json"


def of_alerts(queries: Iterable[str]) -> Files:
    entries = (f"  A{number}: {{expr: {each}, severity: info, summary: a}}\n" for number, each in marked(queries))
    return {**ONE_ENVIRONMENT, CHECKOUT: "".join(["alerts:\n", *entries])}


def of_records(queries: Iterable[str]) -> Files:
    return {
        **ONE_ENVIRONMENT,
        CHECKOUT: "".join(["records:\n", *(f"  a:r{number}: {{expr: {each}}}\n" for number, each in marked(queries))]),
    }


def of_parameters(queries: Iterable[str]) -> Files:
    entries = [*marked(queries)]
    properties = ", ".join(f"p{number}: {{type: string, format: promql}}" for number, _ in entries)
    rules = [f"  - {{record: 'a:p{number}', expr: '{{{{ pack.p{number} }}}}'}}\n" for number, _ in entries]
    service = "".join(["packs:\n  mine:\n", *(f"    p{number}: {each}\n" for number, each in entries)])
    return {**ONE_ENVIRONMENT, **pack("".join(["rules:\n", *rules]), properties=f"{{{properties}}}"), CHECKOUT: service}


def of_vendors_alerts(queries: Iterable[str]) -> Files:
    return vendor(f"alert: A{number}, expr: {each}" for number, each in marked(queries))


def of_vendors_records(queries: Iterable[str]) -> Files:
    return vendor(f"record: 'a:v{number}', expr: {each}" for number, each in marked(queries))


def vendor(rules: Iterable[str]) -> Files:
    return {
        **ONE_ENVIRONMENT,
        RULES: "".join(["groups:\n- name: g\n  rules:\n", *(f"  - {{{each}}}\n" for each in rules)]),
    }


def of_panels(queries: Iterable[str]) -> Files:
    panels = (
        f'{{"id": {number}, "type": "stat", "targets": [{{"refId": "A", "expr": {each}}}]}}'
        for number, each in marked(queries)
    )
    return dashboard(f'"panels": [{listed(panels)}]')


def of_panels_with_other_sources(queries: Iterable[str]) -> Files:
    """Grafana uses a query's own data source only in panels with mixed ones."""
    sources = ('"-- Grafana --"', '{"type": "grafana", "uid": "grafana"}', '"-- Dashboard --"', '"Loki"')
    panels = (
        f'{{"id": {number}, "type": "stat", "targets": [{{"expr": {each}, "datasource": {sources[number % 3]}}}]}}'
        for number, each in marked(queries)
    )
    return dashboard(f'"panels": [{listed(panels)}]')


def of_panels_in_rows(queries: Iterable[str]) -> Files:
    panels = (
        f'{{"id": {number}, "type": "stat", "targets": [{{"refId": "A", "expr": {each}}}]}}'
        for number, each in marked(queries)
    )
    return dashboard(f'"panels": [{{"id": 999, "type": "row", "panels": [{listed(panels)}]}}]')


def of_annotations(queries: Iterable[str]) -> Files:
    notes = (f'{{"name": "n{number}", "expr": {each}}}' for number, each in marked(queries))
    return dashboard(f'"panels": [], "annotations": {{"list": [{listed(notes)}]}}')


def of_variables(queries: Iterable[str]) -> Files:
    values = [f"label_values({query}, job)" for query in queries]
    return variables(f'"query": {each}' for _, each in marked(values))


def of_variables_of_query_results(queries: Iterable[str]) -> Files:
    values = [f"query_result({query})" for query in queries]
    return variables(f'"query": {{"refId": "A", "qryType": 3, "query": {each}}}' for _, each in marked(values))


def variables(parts: Iterable[str]) -> Files:
    variables = (f'{{"name": "v{number}", "type": "query", {each}}}' for number, each in enumerate(parts))
    return dashboard(f'"panels": [], "templating": {{"list": [{listed(variables)}]}}')


def dashboard(parts: str) -> Files:
    return {**GRAFANA, DASHBOARD: f'{{"title": "Traffic", "schemaVersion": 39,\n{parts}}}\n'}


def listed(items: Iterable[str]) -> str:
    return ",\n".join(items)


def marked(queries: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, MARK + json.dumps(query)) for number, query in enumerate(queries, 1))


IN_RULES: Final[Mapping[str, Placing]] = {
    "an alert": of_alerts,
    "a recording": of_records,
    "a parameter of a pack": of_parameters,
    "an alert of a vendor": of_vendors_alerts,
    "a recording of a vendor": of_vendors_records,
}
ON_DASHBOARDS: Final[Mapping[str, Placing]] = {
    "a panel": of_panels,
    "a panel whose queries say another data source": of_panels_with_other_sources,
    "a panel in a row": of_panels_in_rows,
    "an annotation": of_annotations,
    "a variable": of_variables,
    "a variable that asks for a result": of_variables_of_query_results,
}
PLACES: Final = {**IN_RULES, **ON_DASHBOARDS}
