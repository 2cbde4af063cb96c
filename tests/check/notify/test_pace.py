"""A `group_by` has each label once, and `repeat` is between the group interval and Alertmanager's retention."""

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import pace
from varve.model.source import Map

PACES: dict[str, tuple[str, list[str]]] = {
    "nothing": ("", []),
    "labels once": ("group_by: [alertname, service]", []),
    "no labels": ("group_by: []", []),
    "a label thrice": ("group_by: [a, b, a, a]", ["check/repeated-label: `a` is listed twice"]),
    "the tenant": ("group_by: [tenant]", ["check/repeated-label: alerts are always grouped by `tenant`"]),
    "a repeat as long as the interval": ("repeat: 5m", []),
    "a repeat shorter than the default interval": (
        "repeat: 4m59s",
        ["check/repeat-too-soon: `notify` repeats after 4m59s but is checked only every 5m"],
    ),
    "an interval longer than the default repeat": (
        "group_interval: 5h",
        ["check/repeat-too-soon: `notify` repeats after 4h but is checked only every 5h"],
    ),
    "a repeat of a route shorter than the interval of `notify`": (
        "group_interval: 10m, repeat: 1h, routes: {info: {receivers: [one], repeat: 6m}}",
        ["check/repeat-too-soon: `notify.routes.info` repeats after 6m but is checked only every 10m"],
    ),
    "a route with an interval of its own": (
        "group_interval: 10m, repeat: 1h, routes: {info: {receivers: [one], repeat: 6m, group_interval: 5m}}",
        [],
    ),
    "a repeat as long as the retention": ("repeat: 120h", []),
    "a repeat longer than the retention": (
        "repeat: 5d1s",
        ["check/repeat-too-late: `notify.repeat` is 5d1s but Alertmanager remembers only for 120h"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), PACES.values(), ids=PACES)
def test_the_pace_of_a_unit(text: str, expected: list[str]) -> None:
    made = task(f"notify: {{{text}}}" if text else "labels: {a: b}")
    pace.check_unit(made.unit, made.report)
    pace.check(made.unit, made.environment, made.report)
    assert sorted(set(findings(made))) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    {
        "mistakes in any environment": ("group_by: [tenant, a, a], group_interval: 5m, repeat: 1m", 3),
        "a route that contradicts `notify`": (
            "repeat: 2m, routes: {info: {receivers: [one], group_interval: 3m}}",
            1,
        ),
        "mistakes that depend on the environment": ("repeat: 1m, routes: {info: {receivers: [one], repeat: 10d}}", 0),
    }.values(),
)
def test_mistakes_of_the_unit_alone_are_found_without_an_environment(text: str, found: int) -> None:
    made = task(f"notify: {{{text}}}")
    pace.check_unit(made.unit, made.report)
    assert len(findings(made)) == found
    before = findings(made)
    pace.check(made.unit, made.environment, made.report)
    assert len(set(findings(made))) == len(findings(made)) >= len(before)


def test_a_unit_is_checked_against_the_pace_of_the_platform() -> None:
    routes = "{info: {receivers: [one], repeat: 9m}}"
    alertmanager = "{url: 'https://a.example', group_interval: 8m, repeat: 8m, retention: 8m}"
    made = task(f"notify: {{repeat: 7m, routes: {routes}}}", more={"alertmanager": alertmanager})
    pace.check(made.unit, made.environment, made.report)
    assert [line.partition(":")[0] for line in findings(made)] == ["check/repeat-too-soon", "check/repeat-too-late"]


PLATFORM: dict[str, tuple[Map, list[str]]] = {
    "valid": ({"repeat": "1h", "group_interval": "1h", "retention": "1h", "group_by": ["cluster"]}, []),
    "too soon": (
        {"repeat": "1m"},
        ["check/repeat-too-soon: `platform.alertmanager` repeats after 1m but is checked only every 5m"],
    ),
    "too late": (
        {"repeat": "2h", "retention": "1h"},
        ["check/repeat-too-late: `platform.alertmanager.repeat` is 2h but Alertmanager remembers only for 1h"],
    ),
    "a short retention": (
        {"retention": "1h"},
        ["check/repeat-too-late: `platform.alertmanager.repeat` is 4h but Alertmanager remembers only for 1h"],
    ),
    "a label twice": ({"group_by": ["a", "a"]}, ["check/repeated-label: `a` is listed twice"]),
}


@pytest.mark.parametrize(("text", "expected"), PLATFORM.values(), ids=PLATFORM)
def test_the_pace_of_the_platform(text: Map, expected: list[str]) -> None:
    made = task("labels: {a: b}")
    platform: Map = {**made.environment.platform, "alertmanager": text}
    pace.check_platform(made.environment._replace(platform=platform), made.report)
    assert findings(made) == expected
