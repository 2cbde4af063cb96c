"""Fields are bound in their languages, and the output of templates has the shape that Prometheus needs."""

import pytest

from tests.emit.repository import CHECKOUT, build, findings, pack

ONE = "packs: {mine: {limit: %s}}\n"
LIMIT = "{limit: {type: string}}"

BOUND = {
    "an expression": (
        "rules: [{record: 'a:b', expr: 'up{tenant=\"{{ tenant.id }}\",a=\"{{ pack.limit }}\"}'}]\n",
        'x"} or up{b="',
        [],
    ),
    "a value that is no number in an expression": (
        "rules: [{record: 'a:b', expr: 'up > {{ pack.limit }}'}]\n",
        "1 or up",
        ["emit/value-does-not-fit"],
    ),
    "a duration": ("rules: [{alert: A, expr: vector(1), for: {{ pack.limit }}, labels: {severity: info}}]\n", "5m", []),
    "a duration that is none": (
        "rules: [{alert: A, expr: vector(1), for: {{ pack.limit }}, labels: {severity: info}}]\n",
        "five",
        ["emit/value-does-not-fit"],
    ),
    "an interval that is none": (
        "interval: {{ pack.limit }}\nrules: [{alert: A, expr: vector(1), labels: {severity: info}}]\n",
        "five",
        ["emit/value-does-not-fit"],
    ),
    "a key that no rule has": (
        "rules: [{alert: A, expr: vector(1), fro: 5m, labels: {severity: info}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a rule that is no rule": ("rules: [{expr: vector(1)}]\n", "x", ["emit/wrong-shape"]),
    "rules that are a map": (
        "rules: {a: {alert: A, expr: vector(1), labels: {severity: info}}}\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a recording in letters that only the newest know": (
        "rules: [{record: {{ pack.limit }}, expr: vector(1)}]\n",
        "é",
        ["emit/wrong-shape"],
    ),
    "a recording that waits": ("rules: [{record: 'a:b', expr: vector(1), for: 5m}]\n", "x", ["emit/wrong-shape"]),
    "a recording that is annotated": (
        "rules: [{record: 'a:b', expr: vector(1), annotations: {summary: x}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a recording without a name": ("rules: [{record: null, expr: vector(1)}]\n", "x", ["emit/wrong-shape"]),
    "an alert without a name": (
        "rules: [{alert: '', expr: vector(1), labels: {severity: info}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "an alert that is a number": (
        "rules: [{alert: 5, expr: vector(1), labels: {severity: info}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a label that is the name": (
        "rules: [{record: 'a:b', expr: vector(1), labels: {__name__: c}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a label in letters that only the newest know": (
        "rules: [{alert: A, expr: vector(1), labels: {severity: info, été: x}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a list for a label": (
        "rules: [{alert: A, expr: vector(1), labels: {severity: info, a: [x]}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "a list for a duration": (
        "rules: [{alert: A, expr: vector(1), for: [5m], labels: {severity: info}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "an expression that is text": ("rules: [{record: 'a:b', expr: '\"x\"'}]\n", "x", ["emit/wrong-shape"]),
    "an expression that is a range": ("rules: [{record: 'a:b', expr: 'up[5m]'}]\n", "x", ["emit/wrong-shape"]),
    "a severity of nobody's": (
        "rules: [{alert: A, expr: vector(1), labels: {severity: {{ pack.limit }}}}]\n",
        "critcal",
        ["emit/wrong-shape"],
    ),
    "a severity": ("rules: [{alert: A, expr: vector(1), labels: {severity: {{ pack.limit }}}}]\n", "critical", []),
    "a severity that is computed when it fires": (
        "rules: [{alert: A, expr: vector(1), labels: {severity: '{% raw %}{{ $labels.a }}{% endraw %}'}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "an alert without a severity": (
        "rules: [{alert: A, expr: vector(1), labels: {a: b}}]\n",
        "x",
        ["emit/wrong-shape"],
    ),
    "an alert without labels": ("rules: [{alert: A, expr: vector(1)}]\n", "x", ["emit/wrong-shape"]),
    "a recording without a severity": ("rules: [{record: 'a:b', expr: vector(1), labels: {a: b}}]\n", "x", []),
    **{
        f"a {kind} that sets its own {label}": (
            f"rules: [{{{kind}, expr: vector(1), labels: {{severity: info, {label}: mine}}}}]\n",
            "x",
            ["emit/wrong-shape"],
        )
        for kind in ("alert: A", "record: 'a:b'")
        for label in ("tenant", "service", "pack")
    },
    "tests": ("rules: []\n", "x", []),
}


@pytest.mark.parametrize(("template", "value", "codes"), BOUND.values(), ids=BOUND)
def test_a_pack_writes(template: str, value: str, codes: list[str]) -> None:
    made = build({**pack(template, properties=LIMIT), CHECKOUT: ONE % f"'{value}'"})
    assert [each.partition(":")[0] for each in findings(made)] == codes


OF_A_SERVICE = {
    "an alert of the tenant itself that sets its service": ("service", []),
    "one that sets its tenant": ("tenant", ["emit/wrong-shape"]),
    "one that sets its pack": ("pack", ["emit/wrong-shape"]),
}


@pytest.mark.parametrize(("label", "codes"), OF_A_SERVICE.values(), ids=OF_A_SERVICE)
def test_a_pack_of_the_tenant_may_set_the_service(label: str, codes: list[str]) -> None:
    rules = f"rules: [{{alert: A, expr: vector(1), labels: {{severity: info, {label}: checkout}}}}]\n"
    assert [each.partition(":")[0] for each in findings(build(pack(rules, "tenant")))] == codes


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
    assert [each.partition(":")[0] for each in findings(made)] == [code]


def test_tests_are_a_list_of_maps() -> None:
    tests = {"templates/packs/mine/tests.yaml.j2": "tests: {a: {}}\n"}
    made = build({**pack("rules: []\n"), **tests, CHECKOUT: "packs: {mine: {}}\n"})
    assert [each.partition(":")[0] for each in findings(made)] == ["emit/wrong-shape"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("storage: {tsdb: {out_of_order_time_window: 30m}}\n", []),
        ("scrape_confgs: []\n", ["emit/wrong-shape"]),
        ("alerting: []\n", ["emit/wrong-shape"]),
        ("remote_write: {far: {url: 'https://far.example'}}\n", ["emit/wrong-shape"]),
    ],
)
def test_a_main_file_holds_what_prometheus_reads(line: str, codes: list[str]) -> None:
    template = "global: {scrape_interval: 30s}\nrule_files: {{ rule_files }}\n" + line
    made = build({"templates/prometheus/prometheus.yaml.j2": template})
    assert sorted({each.partition(":")[0] for each in findings(made)}) == codes
