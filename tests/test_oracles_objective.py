"""A real Prometheus counts the events of an objective as they were seen, and alerts only when there are enough."""

import subprocess
from pathlib import Path

import pytest

from tests.emit.repository import CHECKOUT, sound
from varve.language import canonical
from varve.model.source import Value

AGES = ("newest", "oldest")
SLO = "slos: {fast: {objective: 99.9, window: 30d, errors: 'calls_total{code=\"500\"}', total: calls_total}}\n"
GOOD = "slos: {fast: {objective: %s, window: %s, good: 'took_bucket{le=\"0.3\"}', total: took_count}}\n"

HOUR, SIX_HOURS = "1h2m30s", "6h2m30s"
HISTORIES: dict[str, tuple[str, dict[str, int]]] = {
    "a new service with 12 bad events": ("0 0 1 2 3 4 5 6 7 8 9 12 12x100", {"9m": 0, "10m30s": 0, "40m30s": 0}),
    "a new service with 200 bad events": ("0+10x20 200x100", {"5m": 0, "20m30s": 1}),
    "98 bad events in an hour": ("0+0.8166666x130", {HOUR: 0}),
    "102 bad events in an hour": ("0+0.85x130", {HOUR: 1}),
    "98 bad events in six hours": ("0+0.1361111x730", {"5h": 0, SIX_HOURS: 0}),
    "102 bad events in six hours": ("0+0.1416666x730", {SIX_HOURS: 1}),
    "60 bad events, a gap, and 30": ("0+2x30 _x40 60+2x15 90x100", {"16m": 0, "44m30s": 0, "54m30s": 0}),
    "30 bad events before a reset and after it": ("1000+1x30 0+1x30 30x100", {"16m": 0, "31m": 0, "44m30s": 0}),
    "no events": ("1000x130", {HOUR: 0}),
}
"""The values of the counter of bad events, every 30 seconds, and whether people are called at some times."""


EXTREMES = (
    SLO + "packs: {slo: {minimum_events: 1000000000}}\n",
    SLO + "packs: {slo: {minimum_events: 1.0e-300}}\n",
    SLO + "packs: {slo: {minimum_events: 20, page_for: 50m, ticket_for: 1h}}\n",
    GOOD % (99.999999999, "90d") + "packs: {slo: {minimum_events: 1000000000, page_for: 1s, ticket_for: 1s}}\n",
    GOOD % (94.1, "7d") + "packs: {slo: {minimum_events: 999999.5}}\n",
)


def _lay(source: str, folder: Path) -> Path:
    """The test file of a service whose rules are laid beside it."""
    artifacts = {path: each for path, each in sound({CHECKOUT: source}).artifacts.items() if "/checkout.yaml" in path}
    for path, artifact in artifacts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(artifact.data)
    return folder / next(path for path in artifacts if "production/tenants/acme/tests/" in path)


def _passes(promtool: Path, tests: Path) -> None:
    done = subprocess.run([promtool, "test", "rules", tests], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def _test(history: str) -> Value:
    values, expected = HISTORIES[history]
    fires = 'count(ALERTS{alertname="ErrorBudgetBurn",severity="critical",alertstate="firing"})'
    return {
        "name": history,
        "interval": "30s",
        "input_series": [{"series": 'calls_total{tenant="acme",job="checkout",code="500"}', "values": values}],
        "promql_expr_test": [
            {"expr": fires, "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}] if is_firing else []}
            for at, is_firing in expected.items()
        ],
    }


@pytest.mark.parametrize("age", AGES)
def test_people_are_called_once_enough_events_were_seen(
    age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tests = _lay(SLO + "packs: {slo: {minimum_events: 100}}\n", tmp_path)
    asked: Value = {
        "rule_files": ["../rules/checkout.yaml"],
        "evaluation_interval": "30s",
        "tests": [_test(each) for each in HISTORIES],
    }
    tests.write_bytes(canonical.yaml(asked))
    _passes(request.getfixturevalue(f"promtool_{age}"), tests)


@pytest.mark.parametrize("source", EXTREMES)
@pytest.mark.parametrize("age", AGES)
def test_the_tests_of_the_pack_pass_whatever_the_least_number_is(
    source: str, age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    _passes(request.getfixturevalue(f"promtool_{age}"), _lay(source, tmp_path))
