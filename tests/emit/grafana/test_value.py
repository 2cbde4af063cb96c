"""Values of a dashboard's variables fit where they are used, or are refused where they are set."""

from typing import Any

import pytest

from tests.emit.grafana.repository import FULL, raw
from tests.emit.grafana.variables import EXPR, REFUSED, TAKEN, custom, drawn, made, query_variable
from tests.emit.repository import build
from varve.emit.grafana.value import FOREIGN_VALUE


@pytest.mark.parametrize("fields", TAKEN.values(), ids=TAKEN)
def test_values_that_fit_are_accepted(fields: dict[str, Any]) -> None:
    assert [each.message for each in made(fields)[1]] == []


def test_a_whole_repository_accepts_them_all() -> None:
    files = (raw(**{**fields, "title": name})["tenants/acme/dashboards/traffic.json"] for name, fields in TAKEN.items())
    every = {f"tenants/acme/dashboards/d{number}.json": text for number, text in enumerate(files)}
    assert [each.message for each in build({**FULL, **every}).diagnostics] == []


@pytest.mark.parametrize(("fields", "keys"), REFUSED.values(), ids=REFUSED)
def test_values_that_could_extend_a_query_are_refused_at_their_line(
    fields: dict[str, Any], keys: tuple[object, ...]
) -> None:
    found = made(fields)[1]
    assert {(each.rule, each.place and each.place.keys) for each in found} == {(FOREIGN_VALUE, keys)}
    assert all(each.hint for each in found)
    queries = {note.place.keys for each in found for note in each.notes if note.place}
    assert queries <= {EXPR, ("templating", "list", 1, "query")}


def test_a_value_is_reported_once_with_the_first_query_that_uses_it() -> None:
    targets = [{"refId": "A", "expr": "up"}, {"refId": "B", "expr": "sum($x)"}, {"refId": "C", "expr": "avg($x)"}]
    panels = [{"id": 1, "type": "stat", "targets": targets}]
    (wrong,) = build({**FULL, **raw(panels=panels, templating={"list": [custom("a b,c d")]})}).diagnostics
    assert wrong.message == "`a b` is not a name, as which `x` is used"
    assert [each.place and each.place.keys for each in wrong.notes] == [("panels", 0, "targets", 1, "expr")]


@pytest.mark.parametrize(
    ("expr", "regex"),
    [
        ("sum($x)", "/^[A-Za-z0-9_:]+$/"),
        ("sum by ($x) (up)", "/^[A-Za-z0-9_:]+$/"),
        ("topk($x, up)", r"/^-?[0-9]+(?:\.[0-9]+)?$/"),
        ("rate(up[$x])", "/^[0-9]+(?:ms|[smhdwy])?$/"),
        ("rate(up[$x]) > ${x}_total", "/^[0-9]+$/"),
        ('up{a="$x"}', None),
    ],
)
def test_query_variables_used_outside_of_strings_get_a_confining_regex(expr: str, regex: str | None) -> None:
    found: Any = made(drawn(expr, query_variable()))[0]
    assert found["templating"]["list"][1].get("regex") == regex


@pytest.mark.parametrize("key", ["scope", "scopes", "adhocFilters", "groupByKeys", "ADHOCFILTERS", "Expr"])
def test_fields_that_grafana_would_add_to_a_query_are_removed(key: str) -> None:
    target = {"refId": "A", "expr": "up", key: [{"key": "tenant", "operator": "=", "value": "bank"}]}
    found: Any = made({"panels": [{"id": 1, "type": "stat", "targets": [target]}]})[0]
    assert found["panels"][0]["targets"][0].keys() == {"datasource", "refId", "expr"}
