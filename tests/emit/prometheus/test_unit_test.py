"""The unit tests of packs become a file that promtool runs on their rules."""

import pytest
import yaml

from tests.emit.repository import ACME, BLACKBOX, CHECKOUT, build, pack, parsed, sound, task
from varve.emit.prometheus.unit_test import of_service, of_tenant

FILE = f"{ACME}/tests/checkout.yaml"
RULES = "rules: [{record: 'a:b', expr: vector(1)}]\n"
TESTS = "tests:\n  - {name: '{{ tenant.id }}', interval: 1m, promql_expr_test: [{expr: 'a:b', eval_time: 1m}]}\n"
MINE = {**pack(RULES), "templates/packs/mine/tests.yaml.j2": TESTS, CHECKOUT: "packs: {mine: {}}\n"}


def test_the_tests_name_their_rule_file() -> None:
    made = sound(MINE)
    assert parsed(made, FILE) == {
        "rule_files": ["../rules/checkout.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {"name": "acme", "interval": "1m", "promql_expr_test": [{"expr": "a:b", "eval_time": "1m"}]},
        ],
    }
    assert f"{ACME}/rules/checkout.yaml" in made.artifacts


def test_the_tests_of_several_packs_follow_each_other() -> None:
    found = of_service(task({**MINE, CHECKOUT: "packs: {mine: {}, host: {}}\n"}), "checkout")["tests"]
    assert isinstance(found, list)
    assert len(found) > 1
    assert found[-1] == yaml.safe_load(TESTS.replace("{{ tenant.id }}", "acme"))["tests"][0]


def test_a_pack_without_tests_has_no_file() -> None:
    assert of_service(task({**pack(RULES), CHECKOUT: "packs: {mine: {}}\n"}), "checkout") == {}
    assert FILE not in sound({**pack(RULES), CHECKOUT: "packs: {mine: {}}\n"}).artifacts


def test_the_tests_of_the_tenants_own_rules_name_their_file() -> None:
    mine = {**pack(RULES, "tenant"), "templates/packs/mine/tests.yaml.j2": TESTS}
    assert of_tenant(task(mine), "_tenant")["rule_files"] == ["../rules/_tenant.yaml"]


def test_tests_wait_for_rules_that_look_back() -> None:
    late = sound({**MINE, CHECKOUT: "query_offset: 7m\npacks: {mine: {}}\n"})
    (test,) = parsed(late, FILE)["tests"]
    assert test["promql_expr_test"] == [
        {"expr": "a:b", "eval_time": "1m"},
        {"expr": "vector(0)", "eval_time": "8m", "exp_samples": [{"labels": "{}", "value": 0}]},
    ]
    alone = {"templates/packs/mine/tests.yaml.j2": "tests: [{interval: 1m}]\n"}
    kept = sound({**MINE, **alone, CHECKOUT: "query_offset: 7m\npacks: {mine: {}}\n"})
    assert parsed(kept, FILE)["tests"] == [{"interval": "1m"}]


@pytest.mark.parametrize("settings", ["limit: 1", "query_offset: 90s", "query_offset: 2h"])
def test_settings_that_no_pack_can_know_leave_out_the_tests(settings: str) -> None:
    assert FILE not in sound({**MINE, CHECKOUT: f"{settings}\npacks: {{mine: {{}}}}\n"}).artifacts


def test_a_limit_that_no_test_comes_near_to_keeps_the_tests() -> None:
    series = "input_series: [{series: a, values: '1'}, {series: b, values: '1'}]"
    some = {**MINE, "templates/packs/mine/tests.yaml.j2": f"tests: [{{interval: 1m, {series}}}]\n"}
    for limit, kept in ((29, False), (30, True)):
        made = sound({**some, CHECKOUT: f"limit: {limit}\npacks: {{mine: {{}}}}\n"})
        assert (FILE in made.artifacts) is kept


@pytest.mark.parametrize("wait", ["fail_for: 2h", "slow_for: 2h"])
def test_the_alerts_on_a_slow_probe_with_an_error_are_expected_after_both_waits(wait: str) -> None:
    probe = "probes: {home: {http: {url: 'https://acme.example'}}}\n"
    made = build({CHECKOUT: f"{probe}packs: {{blackbox-http: {{{wait}}}}}\n", **BLACKBOX})
    [test] = [each for each in parsed(made, FILE)["tests"] if "slow, with an error" in each["name"]]
    assert int(test["promql_expr_test"][0]["eval_time"].removesuffix("m")) > 120


def test_the_lowest_objective_is_watched_by_one_alert() -> None:
    slo = "slos: {quick: {objective: 0.01, window: 30d, good: quick_bucket, total: quick_count}}\n"
    names = [each["name"] for each in parsed(build({CHECKOUT: slo}), FILE)["tests"]]
    assert "slo quick, no event was ever good" in names
    assert not [each for each in names if "critical" in each]


@pytest.mark.parametrize(
    ("good", "total", "made_up"),
    [
        ('quick_bucket{le="0.3"}', "quick_count", True),
        ('quick_bucket{le="0.3",note="a=b,c"}', 'quick_count{note="}"}', True),
        ('quick_bucket{le=~"0[.]3"}', "quick_count", False),
        ("quick_bucket", 'quick_count{code!="500"}', False),
        ('quick_bucket{le="0.3",le="0.3"}', "quick_count", False),
        ('answers_total{result="ok"}', "answers_total", False),
        ("own:good:sum", "answers_total", False),
        ('answers_good_total {result="ok"}', "answers_total", False),
    ],
)
def test_good_events_get_input_series_if_their_selector_is_plain(good: str, total: str, made_up: bool) -> None:  # noqa: FBT001
    slo = f"slos: {{quick: {{objective: 99, window: 30d, good: '{good}', total: '{total}'}}}}\n"
    names = [each["name"] for each in parsed(sound({CHECKOUT: slo}), FILE)["tests"]]
    assert ("slo quick, no event was ever good" in names) is made_up
