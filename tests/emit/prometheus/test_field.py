"""The fields that hold a language are bound in it, and what templates give has the shape of what Prometheus reads."""

import pytest

from tests.emit.repository import CHECKOUT, build, pack, said

ONE = "packs: {mine: {limit: %s}}\n"
LIMIT = "{limit: {type: string}}"

BOUND = {
    "an expression": ("rules: [{record: 'a:b', expr: 'up{a=\"{{ pack.limit }}\"}'}]\n", 'x"} or up{b="', []),
    "a value that is no number in an expression": (
        "rules: [{record: 'a:b', expr: 'up > {{ pack.limit }}'}]\n",
        "1 or up",
        ["emit/value-does-not-fit"],
    ),
    "a duration": ("rules: [{alert: A, expr: up, for: {{ pack.limit }}}]\n", "5m", []),
    "a duration that is none": (
        "rules: [{alert: A, expr: up, for: {{ pack.limit }}}]\n",
        "five",
        ["emit/value-does-not-fit"],
    ),
    "an interval that is none": (
        "interval: {{ pack.limit }}\nrules: [{alert: A, expr: up}]\n",
        "five",
        ["emit/value-does-not-fit"],
    ),
    "a key that no rule has": ("rules: [{alert: A, expr: up, fro: 5m}]\n", "x", ["emit/wrong-shape"]),
    "a rule that is no rule": ("rules: [{expr: up}]\n", "x", ["emit/wrong-shape"]),
    "rules that are a map": ("rules: {a: {alert: A, expr: up}}\n", "x", ["emit/wrong-shape"]),
    "tests": ("rules: []\n", "x", []),
}


@pytest.mark.parametrize(("template", "value", "codes"), BOUND.values(), ids=BOUND)
def test_a_pack_writes(template: str, value: str, codes: list[str]) -> None:
    made = build({**pack(template, properties=LIMIT), CHECKOUT: ONE % f"'{value}'"})
    assert [each.partition(":")[0] for each in said(made)] == codes


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("metrics_path: /\n", "emit/wrong-shape"),
        ("- {job_name: x}\n", "emit/wrong-shape"),
        ("job_name: x\nrelabel_configs: [text]\n", "emit/wrong-shape"),
        ("job_name: x\nmetric_relabel_configs: {a: b}\n", "emit/wrong-shape"),
        ("job_name: x\nscrape_interval: often\n", "emit/invalid-field"),
    ],
    ids=["a job without a name", "a list of jobs", "a step that is none", "steps that are a map", "no duration"],
)
def test_a_job_needs_its_shape(template: str, code: str) -> None:
    made = build({"templates/prometheus/scrape.yaml.j2": template})
    assert [each.partition(":")[0] for each in said(made)] == [code]


def test_tests_are_a_list_of_maps() -> None:
    tests = {"templates/packs/mine/tests.yaml.j2": "tests: {a: {}}\n"}
    made = build({**pack("rules: []\n"), **tests, CHECKOUT: "packs: {mine: {}}\n"})
    assert [each.partition(":")[0] for each in said(made)] == ["emit/wrong-shape"]
