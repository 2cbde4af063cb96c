"""An older Prometheus never gets what it cannot read, and each refusal is where the source has it."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, pack, repository
from varve import pipeline
from varve.emit.prometheus.gate import may_need_newer
from varve.language import promql
from varve.language.fault import Fault
from varve.language.promql.dialect import COUNTED_DURATION
from varve.render.frame import where
from varve.render.situate import situate

VENDOR = "tenants/acme/rules/node.yaml"
DEFAULTS = "environments/defaults.yaml"
PACKED = {**pack("rules:\n  - {record: 'a:b', expr: 'mad_over_time(x[5m])'}\n"), CHECKOUT: "packs: {mine: {}}\n"}


def _running(version: str, features: str = "") -> Changed:
    text = f"""locale: en_GB
timezone: UTC
platform:
  targets: {{prometheus: {{version: "{version}", features: [{features}]}}}}
  prometheus: {{scrape_interval: 30s, evaluation_interval: 30s}}
"""
    return {DEFAULTS: text}


def _findings(changed: Changed) -> list[str]:
    """Each place in production with its message."""
    snapshot = repository(changed)
    situated = situate(pipeline.compile(snapshot).diagnostics, snapshot)
    return [
        f"{where(each.spot) if each.spot else ''}: {each.diagnostic.message}"
        for each in situated
        if "`production`" in each.diagnostic.message
    ]


def _alert(expr: str) -> Changed:
    return {CHECKOUT: f"alerts:\n  A: {{expr: '{expr}', severity: info, summary: A}}\n"}


def _slo(selector: str) -> Changed:
    return {CHECKOUT: f"slos:\n  up: {{objective: 99, window: 30d, errors: '{selector}', total: t}}\n"}


EXPERIMENTS = "promql-experimental-functions"

GATED: dict[str, tuple[Changed, str, str, str]] = {
    "a field of a service": (
        {CHECKOUT: "owner: payments\nquery_offset: 1m\n"},
        "2.53",
        "2.52",
        f"{CHECKOUT}:2:15: `query_offset` needs Prometheus 2.53 but `production` runs 2.52",
    ),
    "a field of a scrape": (
        {CHECKOUT: "scrape:\n  app: {targets: ['a:1'], fallback_scrape_protocol: PrometheusProto}\n"},
        "3.0",
        "2.55",
        f"{CHECKOUT}:2:53: `fallback_scrape_protocol` needs Prometheus 3.0 but `production` runs 2.55",
    ),
    "another field of a scrape": (
        {CHECKOUT: "scrape:\n  app: {targets: ['a:1'], scrape_native_histograms: true}\n"},
        "3.8",
        "3.7",
        f"{CHECKOUT}:2:53: `scrape_native_histograms` needs Prometheus 3.8 but `production` runs 3.7",
    ),
    "a function in an alert": (
        _alert("histogram_avg(x) > 1"),
        "2.51",
        "2.50",
        f"{CHECKOUT}:2:13: `histogram_avg()` needs Prometheus 2.51 but `production` runs 2.50",
    ),
    "a function in a recording": (
        {CHECKOUT: "records:\n  a:b: {expr: 'histogram_stddev(x)'}\n"},
        "2.47",
        "2.46",
        f"{CHECKOUT}:2:15: `histogram_stddev()` needs Prometheus 2.47 but `production` runs 2.46",
    ),
    "a duration in an alert as a number": (
        _alert("x > 300ms"),
        "2.54",
        "2.53",
        f"{CHECKOUT}:2:13: {COUNTED_DURATION} needs Prometheus 2.54 but `production` runs 2.53",
    ),
    "a quoted name in a grouping": (
        _alert('max by ("a b") (x) > 1'),
        "3.0",
        "2.55",
        f"{CHECKOUT}:2:13: a quoted name needs Prometheus 3.0 but `production` runs 2.55",
    ),
    "a quoted name in an objective": (
        _slo('{"http.errors"}'),
        "3.0",
        "2.55",
        f"{CHECKOUT}:2:44: a quoted name needs Prometheus 3.0 but `production` runs 2.55",
    ),
    "a quoted name of good events": (
        {CHECKOUT: """slos:\n  up: {objective: 99, window: 30d, good: '{"http.good"}', total: t}\n"""},
        "3.0",
        "2.55",
        f"{CHECKOUT}:2:42: a quoted name needs Prometheus 3.0 but `production` runs 2.55",
    ),
    "a field of a vendor's group": (
        {VENDOR: "groups:\n  - name: node\n    labels: {a: b}\n    rules: [{alert: A, expr: up}]\n"},
        "3.0",
        "2.55",
        f"{VENDOR}:3:5: `labels` needs Prometheus 3.0 but `production` runs 2.55",
    ),
    "a function in a vendor's rule": (
        {VENDOR: "groups:\n  - name: node\n    rules:\n      - {alert: A, expr: 'histogram_avg(x) > 1'}\n"},
        "2.51",
        "2.50",
        f"{VENDOR}:4:26: `histogram_avg()` needs Prometheus 2.51 but `production` runs 2.50",
    ),
}


@pytest.mark.parametrize(("changed", "version", "older", "expected"), GATED.values(), ids=GATED)
def test_an_older_prometheus_refuses(changed: Changed, version: str, older: str, expected: str) -> None:
    assert _findings({**changed, **_running(version)}) == []
    assert _findings({**changed, **_running(older)}) == [expected]


@pytest.mark.parametrize(
    "expr",
    [
        *(
            "x > 5m",
            "5m < x",
            "x>5m",
            "-5m + x",
            "x > (1d)",
            "clamp(x, 5m, 10)",
            "x offset 5m > 1h30m",
            "x @ 5m",
            "x @ -5m",
        ),
        *(
            "x[90]",
            "x[ 90 ]",
            "x[0x10]",
            "x[1e3]",
            "x[5m:300]",
            "x offset 90",
            "x offset - 1e3",
            "x offset 0x10",
        ),
        *('{"a.b"}', '{ # why\n "a.b"}', 'x{a="b", "c.d"="e"}', 'sum by ("a b") (x)', "x and ignoring (`a b`) y"),
        *(
            'x * on (a, "b c") group_left ("d") y',
            "x > 1_000",
            "x > 0x_F",
            "x + FILL (0) y",
        ),
        *("mad_over_time (x[5m])", "limitk # two\n (2, x)"),
    ],
)
def test_no_newer_syntax_is_overlooked(expr: str) -> None:
    """Most expressions are not parsed at all, because nothing in them may be newer."""
    read = promql.read(expr)
    assert not isinstance(read, Fault)
    assert read.features or read.functions & promql.FUNCTION_SINCE.keys()
    assert may_need_newer(expr)


def test_common_expressions_are_not_parsed() -> None:
    for expr in (
        'sum by (le) (rate(seconds_bucket{job="checkout"}[5m])) > 0.02',
        "job:errors:rate5m offset 1d / job:errors:rate1h > 14.4 * 0.001",
        "max_over_time(x[1h30m:5m] offset -1w) == bool 1e3",
    ):
        assert not may_need_newer(expr)


FLAGGED: dict[str, tuple[Changed, str, str, str]] = {
    "an experimental function": (
        _alert("mad_over_time(x[5m]) > 1"),
        "3.5",
        EXPERIMENTS,
        f"{CHECKOUT}:2:13: `mad_over_time()` is not enabled in `production`",
    ),
    "a way of writing": (
        _alert("a + fill(0) b > 1"),
        "3.10",
        "promql-binop-fill-modifiers",
        f"{CHECKOUT}:2:13: `fill` is not enabled in `production`",
    ),
    "the template of a pack": (
        PACKED,
        "3.5",
        EXPERIMENTS,
        "templates/packs/mine/rules.yaml.j2:1:1: `mad_over_time()` is not enabled in `production`",
    ),
}


@pytest.mark.parametrize(("changed", "version", "flag", "expected"), FLAGGED.values(), ids=FLAGGED)
def test_a_feature_without_its_flag_is_refused(changed: Changed, version: str, flag: str, expected: str) -> None:
    assert _findings({**changed, **_running(version, flag)}) == []
    assert _findings({**changed, **_running(version)}) == [expected]


def test_a_function_that_became_stable_needs_no_flag() -> None:
    used = _alert("first_over_time(x[5m]) > 1")
    assert len(_findings({**used, **_running("3.13")})) == 1
    assert _findings({**used, **_running("3.14")}) == []


def test_a_function_that_is_too_new_and_not_enabled_is_reported_as_both() -> None:
    messages = _findings({**_alert("mad_over_time(x[5m]) > 1"), **_running("2.42")})
    assert {each.partition(": ")[2] for each in messages} == {
        "`mad_over_time()` needs Prometheus 2.49 but `production` runs 2.42",
        "`mad_over_time()` is not enabled in `production`",
    }


def test_what_a_pack_repeats_of_a_service_is_reported_only_at_the_service() -> None:
    assert {each.split(":")[0] for each in _findings({**_slo('{"http.errors"}'), **_running("2.42")})} == {CHECKOUT}


def test_a_unit_is_refused_in_the_environment_that_is_too_old_and_built_in_the_other() -> None:
    changed = {
        CHECKOUT: "query_offset: 1m\n",
        "environments/staging.yaml": 'platform: {targets: {prometheus: {version: "2.45"}}}\n',
    }
    assert [unit.environment for unit in build(changed).units] == ["production"]
