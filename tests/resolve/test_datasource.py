import pytest

from varve.model.source import Value
from varve.resolve.datasource import is_built_in, is_grafana_query, own, reference, shared

IDS = ("a", "b", "a-b", "datasource", "production")


def test_names_and_uids_differ_between_all_tenants_and_environments() -> None:
    found = [*map(shared, IDS), *(own(environment, tenant) for environment in IDS for tenant in IDS)]
    assert len({each.name for each in found}) == len({each.uid for each in found}) == len(found) == 30


def test_the_pattern_finds_the_whole_name() -> None:
    assert own("production", "acme").pattern == "/^Prometheus production acme$/"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ("", "")),
        ("Prometheus", ("", "Prometheus")),
        ({"type": "loki", "uid": "x"}, ("loki", "x")),
        ({"uid": None}, ("", "")),
    ],
)
def test_a_reference_is_a_type_and_a_uid(value: Value, expected: tuple[str, str]) -> None:
    assert reference(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-- Grafana --", True),
        ({"type": "datasource", "uid": "-- Mixed --"}, True),
        ({"type": "__expr__", "uid": "__expr__"}, True),
        ({"type": "grafana"}, True),
        ({"type": "datasource", "uid": "grafana"}, True),
        ({"type": "grafana", "uid": "${datasource}"}, False),
        ({"type": "__expr__", "uid": "of-another-tenant"}, False),
        ({"type": "prometheus", "uid": "x"}, False),
        (None, False),
    ],
)
def test_grafanas_built_in_sources_are_recognised(value: Value, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_built_in(value) is expected


GRAFANA, MIXED, PROMETHEUS = "-- Grafana --", "-- Mixed --", {"type": "prometheus", "uid": "x"}


@pytest.mark.parametrize(
    ("panel", "query", "expected"),
    [
        (GRAFANA, None, True),
        (GRAFANA, GRAFANA, True),
        (GRAFANA, PROMETHEUS, False),
        (MIXED, GRAFANA, True),
        (MIXED, PROMETHEUS, False),
        (MIXED, MIXED, False),
        (MIXED, None, False),
        (PROMETHEUS, GRAFANA, False),
        (PROMETHEUS, {"type": "__expr__", "uid": "__expr__"}, False),
        (None, GRAFANA, False),
    ],
)
def test_a_querys_own_source_counts_only_in_a_mixed_panel(
    panel: Value,
    query: Value,
    expected: bool,  # noqa: FBT001 - a table
) -> None:
    assert is_grafana_query(panel, query) is expected
