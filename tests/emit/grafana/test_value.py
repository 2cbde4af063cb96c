"""What a dashboard says for its variables is what stands at their places, or is refused where it is said."""

from typing import Any

import pytest

from tests.emit.grafana.drawing import FULL, raw
from tests.emit.grafana.holding import EXPR, REFUSED, TAKEN, asking, custom, drawn, made
from tests.emit.repository import build
from varve.emit.grafana.value import FOREIGN_VALUE


@pytest.mark.parametrize("said", TAKEN.values(), ids=TAKEN)
def test_what_stands_at_its_place_is_taken(said: dict[str, Any]) -> None:
    assert [each.message for each in made(said)[1]] == []


def test_a_whole_repository_takes_them_all() -> None:
    files = (raw(**{**said, "title": name})["tenants/acme/dashboards/traffic.json"] for name, said in TAKEN.items())
    every = {f"tenants/acme/dashboards/d{number}.json": text for number, text in enumerate(files)}
    assert [each.message for each in build({**FULL, **every}).diagnostics] == []


@pytest.mark.parametrize(("said", "keys"), REFUSED.values(), ids=REFUSED)
def test_what_could_lead_a_query_to_others_is_refused_at_its_own_line(
    said: dict[str, Any], keys: tuple[object, ...]
) -> None:
    found = made(said)[1]
    assert {(each.rule, each.place and each.place.keys) for each in found} == {(FOREIGN_VALUE, keys)}
    assert all(each.hint for each in found)
    queries = {note.place.keys for each in found for note in each.notes if note.place}
    assert queries <= {EXPR, ("templating", "list", 1, "query")}


def test_a_value_is_told_once_with_the_first_query_in_which_it_stands() -> None:
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
def test_what_prometheus_answers_is_held_where_it_stands_outside_of_strings(expr: str, regex: str | None) -> None:
    found: Any = made(drawn(expr, asking()))[0]
    assert found["templating"]["list"][1].get("regex") == regex


@pytest.mark.parametrize("key", ["scope", "scopes", "adhocFilters", "groupByKeys", "ADHOCFILTERS", "Expr"])
def test_what_grafana_would_put_into_a_query_is_gone(key: str) -> None:
    target = {"refId": "A", "expr": "up", key: [{"key": "tenant", "operator": "=", "value": "bank"}]}
    found: Any = made({"panels": [{"id": 1, "type": "stat", "targets": [target]}]})[0]
    assert found["panels"][0]["targets"][0].keys() == {"datasource", "refId", "expr"}
