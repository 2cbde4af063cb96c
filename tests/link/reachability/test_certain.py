"""An alert certainly reaches the receivers that it reaches whatever its open labels turn out to be."""

import pytest

from tests.emit.repository import CHECKOUT
from tests.link.reachability.reaching import UNIT, alert, emitted, overlay
from varve.link.reachability import certain_receivers

RULES = "build/production/tenants/acme/rules/checkout.yaml"
LABELLED = ", labels: {queue: '{{ $value }}'}"
ROUTES = "late: {match: 'queue=\"a\"', receivers: [two]%s}, warning: {receivers: [one]}"
CASES = {
    "one": ("warning: {receivers: [one]}", "", ("acme/one",)),
    "two, in their order": ("warning: {receivers: [two, one]}", "", ("acme/one", "acme/two")),
    "nobody of the tenant's": ("critical: {receivers: [one]}", "", ("platform",)),
    "one or the other": (ROUTES % "", LABELLED, ()),
    "one, and maybe the other": (ROUTES % ", continue: true", LABELLED, ("acme/one",)),
    "a label that is not open": (ROUTES % "", ", labels: {queue: b}", ("acme/one",)),
    "the same in both ways": (
        "late: {match: 'queue=\"a\"', receivers: [one]}, warning: {receivers: [one]}",
        LABELLED,
        ("acme/one",),
    ),
}


@pytest.mark.parametrize(("routes", "more", "expected"), CASES.values(), ids=CASES)
def test_the_worst_case_counts(routes: str, more: str, expected: tuple[str, ...]) -> None:
    task, artifacts = emitted(overlay(routes), {CHECKOUT: alert("warning", more=more)})
    found = certain_receivers(task.unit, task.environment, artifacts)
    assert tuple(sorted(found[RULES, (0, 0)])) == expected


def test_a_label_that_a_series_may_have_is_open() -> None:
    service = alert("warning").replace("depth > 1", "sum by (queue) (depth) > 1")
    task, artifacts = emitted(overlay(ROUTES % ""), {CHECKOUT: service})
    assert certain_receivers(task.unit, task.environment, artifacts)[RULES, (0, 0)] == ()


def test_with_too_many_combinations_no_receiver_is_certain() -> None:
    labels = ", ".join(f"l{number}: '{{{{ $value }}}}'" for number in range(7))
    routes = ", ".join(
        f"r{number}: {{match: 'l{number}=\"a\"', receivers: [one], order: {number}}}" for number in range(7)
    )
    task, artifacts = emitted(
        overlay(f"{routes}, warning: {{receivers: [one]}}"),
        {CHECKOUT: alert("warning", more=f", labels: {{{labels}}}")},
    )
    assert certain_receivers(task.unit, task.environment, artifacts)[RULES, (0, 0)] == ()


def test_without_an_alertmanager_there_are_no_receivers() -> None:
    task, artifacts = emitted(UNIT, {CHECKOUT: alert("warning")})
    rules = [each for each in artifacts if not each.path.endswith("alertmanager.yaml")]
    assert certain_receivers(task.unit, task.environment, rules) == {}
