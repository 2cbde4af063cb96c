from typing import TYPE_CHECKING

import pytest

from varve.check.unit.objective import check
from varve.language.name import dotted
from varve.model.diagnostic import Report, Severity
from varve.model.layer import Layer, Stack
from varve.model.unit import Resolved, Unit

if TYPE_CHECKING:
    from varve.model.source import Value


def findings(objective: float, window: str = "30d") -> list[tuple[str, str]]:
    """The messages and hints for one objective, all at its place."""
    slo: Value = {"objective": objective, "window": window, "errors": "a", "total": "b"}
    value: dict[str, Value] = {"services": {"web": {"slos": {"up": slo}}, "idle": {}}}
    report = Report()
    check(Resolved(Unit("acme", "production"), value, Stack((Layer("s", 1, "tenant", "s.yaml", value),)), {}), report)
    assert all(each.rule.severity is Severity.WARNING for each in report)
    assert {dotted(each.place.keys) for each in report if each.place} <= {"services.web.slos.up.objective"}
    return [(each.message, each.hint) for each in report]


@pytest.mark.parametrize(
    ("objective", "window"), [(99.9, "30d"), (93.06, "30d"), (99.99, "7d"), (94.1, "7d"), (92.6, "28d"), (97.7, "90d")]
)
def test_an_objective_whose_alerts_can_all_fire_is_valid(objective: float, window: str) -> None:
    assert findings(objective, window) == []


@pytest.mark.parametrize(
    ("objective", "window", "dead", "above"),
    [(93.05, "30d", 1, "93.06"), (80, "30d", 2, "93.06"), (50, "30d", 3, "93.06"), (92.5, "28d", 1, "92.56")],
)
def test_a_low_objective_is_reported_with_the_number_of_alerts_that_cannot_fire(
    objective: float, window: str, dead: int, above: str
) -> None:
    message = f"with `services.web.slos.up` at {objective} %, {dead} of its alerts can never fire"
    assert findings(objective, window) == [(message, f"raise it above {above} %")]


@pytest.mark.parametrize("window", ["7d", "28d", "30d", "90d"])
def test_the_objective_in_the_hint_is_valid(window: str) -> None:
    [(_, hint)] = findings(1, window)
    lowest = float(hint.removeprefix("raise it above ").removesuffix(" %"))
    assert findings(lowest, window) == []
    assert findings(lowest - 0.02, window) != []


@pytest.mark.parametrize(("share", "per_cent"), [(0.999, "99.9"), (0.9, "90"), (0.5, "50"), (0.99995, "99.995")])
def test_the_hint_for_a_fraction_is_a_percentage(share: float, per_cent: str) -> None:
    assert [hint.partition(",")[0] for _, hint in findings(share)] == [f"write {per_cent}"]


@pytest.mark.parametrize("objective", [0.01, 0.1, 0.4999, 1])
def test_an_implausible_fraction_is_not_converted(objective: float) -> None:
    assert [hint for _, hint in findings(objective)] == ["raise it above 93.06 %"]


@pytest.mark.parametrize(
    ("slo", "place"),
    [
        ({"errors": 'a{b="c"}', "total": ' a{b="c"} '}, ["errors"]),
        ({"good": "a", "total": "a"}, ["good"]),
        ({"good": 'a{b="c", d=~"e"}', "total": "{__name__='a', d =~ 'e', b='c',}"}, ["good"]),
        ({"good": 'a{b="c", d=~"e"}', "total": 'a{b=~"e", d="c"}'}, []),
        ({"errors": 'a{b="c"}', "total": "a"}, []),
        ({"good": "a", "total": "b"}, []),
    ],
)
def test_a_counter_may_not_be_the_same_as_total(slo: dict[str, str], place: list[str]) -> None:
    value: dict[str, Value] = {"services": {"web": {"slos": {"up": {"objective": 99.9, "window": "30d", **slo}}}}}
    report = Report()
    check(Resolved(Unit("acme", "production"), value, Stack((Layer("s", 1, "tenant", "s.yaml", value),)), {}), report)
    assert [(each.rule.code, each.place.keys[-1]) for each in report if each.place] == [
        ("check/same-as-total", key) for key in place
    ]
