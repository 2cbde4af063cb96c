"""A real Prometheus reads every expression that was kept to a tenant, and a tenant's rules see that tenant alone."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.defences.test_queries import KEPT
from tests.defences.volley import unproven
from tests.emit.repository import ACME, CHECKOUT, build, findings, parsed
from tests.language.promql.verdicts import READ_BY_BOTH
from tests.server import Get, eventually, serving
from tests.test_oracles_promql import AGES, FUNCTIONS, OPERATORS, SIGNED, accepted, refused
from varve.emit import scope as keeping
from varve.emit.prometheus import rules
from varve.language import promql
from varve.language.promql import reading
from varve.language.promql.dialect import FILL

VENDOR = Path(__file__).with_name("vendor") / "alerts.yaml"
RAW = "tenants/acme/rules/vendor.yaml"


def expressions(random: Random) -> Iterator[str]:
    """Calls and operators over selectors of every shape."""
    shapes = (*SIGNED, *READ_BY_BOTH)
    for _ in range(1500):
        one, other = random.choice(shapes), random.choice(shapes)
        yield f"{one} {random.choice(OPERATORS)} {other}"
        yield f"{random.choice(FUNCTIONS)}({one})"


@pytest.mark.parametrize("age", AGES)
def test_what_is_kept_is_still_read(age: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    random = Random(3)  # noqa: S311 - the same expressions every time
    sound = accepted([*READ_BY_BOTH, *expressions(random)], age)
    kept = [text for each in sound if isinstance(text := promql.scope(each, "acme"), str)]
    changed = set(kept) - set(sound)
    assert len(changed) > 300
    assert refused(kept, request.getfixturevalue(f"promtool_{age}"), age, tmp_path) == {}


def promql_tool(promtool: Path, *words: str) -> str:
    """What Prometheus itself makes of an expression, such as with the matchers of a label set or deleted everywhere."""
    command = [str(promtool), "--experimental", "--enable-feature=promql-experimental-functions", "promql", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def together(exprs: Iterable[str]) -> str:
    return "\nor\n".join(f"({expr}\n)" for expr in exprs)


def kept_and_joined() -> Iterator[tuple[str, str]]:
    """Vectors, many in one expression, and the same as they are kept to a tenant."""
    sound = accepted([*expressions(Random(5))], "newest")  # noqa: S311 - the same expressions every time
    pairs = [(each, text) for each in sound if isinstance(text := promql.scope(each, "acme"), str) and text != each]
    vectors = [*KEPT.values(), *((each, text) for each, text in pairs if _is_vector(each))]
    for first in range(0, len(vectors), 40):
        some = vectors[first : first + 40]
        yield together(each for each, _ in some), together(text for _, text in some)


def _is_vector(expr: str) -> bool:
    """Whether it is a vector, and written in no way that promtool has no flag for."""
    read = reading.read(expr)
    return isinstance(read, reading.Reading) and read.result_type == "vector" and FILL not in read.features


def test_prometheus_itself_would_add_nothing_more_and_sees_nothing_else_changed(promtool_newest: Path) -> None:
    """What a proxy enforces: every selector says the tenant, and with the matchers away it is the old expression."""
    pairs = [*kept_and_joined()]
    assert len(pairs) > 10
    for before, after in pairs:
        assert promql_tool(promtool_newest, "label-matchers", "set", after, "tenant", "acme") == promql_tool(
            promtool_newest, "format", after
        )
        assert promql_tool(promtool_newest, "label-matchers", "delete", after, "tenant") == promql_tool(
            promtool_newest, "label-matchers", "delete", before, "tenant"
        )


@pytest.mark.parametrize("age", AGES)
def test_the_alerts_of_vendors_go_through(age: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = build({RAW: VENDOR.read_text()})
    assert findings(made) == []
    found = [
        rule["expr"]
        for group in parsed(made, f"{ACME}/rules/raw/vendor.yaml")["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    assert len(found) > 100
    assert all(_is_kept(expr) for expr in found)
    assert refused(found, request.getfixturevalue(f"promtool_{age}"), age, tmp_path) == {}


def _is_kept(expr: str) -> bool:
    read = reading.read(expr)
    assert isinstance(read, reading.Reading)
    selectors = [node for node in read.nodes if node.kind == "selector"]
    return all(("=", "tenant", "acme") in node.fields[1] for node in selectors)  # type: ignore[operator]


SERIES = ("up", "a", "node_load1", "fill", "start", "ALERTS")
GOT = re.compile(r'expr: ("(?:[^"\\]|\\.)*"), time: .*\n +exp: nil\n +(got: .*|err.*)')


def _series(tenants: Iterable[str]) -> list[dict[str, str]]:
    """Two jobs of each tenant, with every metric."""
    labels = [f'tenant="{tenant}",whose="{tenant}",job="{job}"' for tenant in tenants for job in "ab"]
    values = [f"{number}+{number}x60" for number, _ in enumerate(labels, 1)]
    return [
        {"series": f"{name}{{{selector}}}", "values": value}
        for name in SERIES
        for selector, value in zip(labels, values, strict=True)
    ]


def evaluated(promtool: Path, folder: Path, exprs: Iterable[str], *tenants: str) -> list[str]:
    """What each expression gives where these tenants have series, in the words of promtool; empty for nothing."""
    texts = list(exprs)
    queries = [{"expr": each, "eval_time": "40m", "exp_samples": []} for each in texts]
    test = {"interval": "1m", "input_series": _series(tenants), "promql_expr_test": queries}
    (folder / "test.yaml").write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    command = [str(promtool), "test", "rules", str(folder / "test.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {json.loads(expr): got for expr, got in GOT.findall(done.stdout + done.stderr)}
    return [found.get(each, "") for each in texts]


def test_where_two_have_series_what_is_kept_gives_what_it_gave_one_alone(tmp_path: Path, promtool_newest: Path) -> None:
    alone = evaluated(promtool_newest, tmp_path, (query for query, _ in KEPT.values()), "acme")
    both = evaluated(promtool_newest, tmp_path, (text for _, text in KEPT.values()), "acme", "bank")
    assert dict(zip(KEPT, both, strict=True)) == dict(zip(KEPT, alone, strict=True))
    assert len([each for each in both if each]) > 20


def test_without_the_matcher_it_would_give_more(tmp_path: Path, promtool_newest: Path) -> None:
    alone = evaluated(promtool_newest, tmp_path, (query for query, _ in KEPT.values()), "acme")
    both = evaluated(promtool_newest, tmp_path, (query for query, _ in KEPT.values()), "acme", "bank")
    assert len([one for one, other in zip(alone, both, strict=True) if one != other]) > 20


OWN_RULES = """
owner: payments
alerts:
  Seen: {expr: shared > 0, severity: info, summary: "{{ $labels.whose }}"}
records:
  "seen:sum": {expr: sum(shared)}
  "seen:by_name": {expr: 'count({__name__=~"share.+"})'}
  "seen:or": {expr: 'count(vector(0) > 1 or shared @ end())'}
  "seen:range": {expr: 'sum(max_over_time(shared[1m]))'}
  "seen:again": {expr: 'count(shared * on (whose) group_left () shared)'}
"""
VENDORS = "groups: [{name: g, interval: 1s, rules: [{record: 'seen:vendor', expr: sum(shared)}]}]\n"
ALONE = {"seen:sum": 1, "seen:by_name": 1, "seen:or": 1, "seen:range": 1, "seen:again": 1, "seen:vendor": 1}
TOGETHER = {"seen:sum": 3, "seen:by_name": 2, "seen:or": 2, "seen:range": 3, "seen:again": 2, "seen:vendor": 3}


def _laid(folder: Path) -> Path:
    """A server that makes series of two tenants, and evaluates the rules of one of them."""
    made = build({CHECKOUT: f"interval: 1s\n{OWN_RULES}", RAW: VENDORS})
    assert findings(made) == []
    files = {
        path.replace("/", "_"): each.data for path, each in made.artifacts.items() if path.startswith(f"{ACME}/rules")
    }
    both = [
        {"record": "shared", "expr": f"vector({value})", "labels": {"tenant": tenant, "whose": tenant}}
        for tenant, value in (("acme", 1), ("bank", 2))
    ]
    files["series.yaml"] = json.dumps({"groups": [{"name": "series", "interval": "1s", "rules": both}]}).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    config = {"global": {"evaluation_interval": "1s"}, "rule_files": sorted(files)}
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    return folder / "prometheus.yaml"


def _seen(get: Get) -> dict[str, float]:
    selector = quote('{__name__=~"seen:.+"}')
    answer = eventually(get, f"/api/v1/query?query={selector}", lambda found: len(found["result"]) == len(ALONE))
    assert {each["metric"]["tenant"] for each in answer["result"]} == {"acme"}
    return {each["metric"]["__name__"]: float(each["value"][1]) for each in answer["result"]}


def _settled(get: Get, expected: dict[str, int]) -> dict[str, float]:
    eventually(get, f"/api/v1/query?query={quote('seen:again')}", lambda _: _seen(get) == expected)
    return _seen(get)


def _fired(get: Get) -> set[str]:
    alerts: list[dict[str, Any]] = eventually(get, "/api/v1/alerts", lambda found: found["alerts"])["alerts"]
    assert {each["labels"]["tenant"] for each in alerts} == {"acme"}
    return {each["annotations"]["summary"] for each in alerts}


def test_a_tenants_rules_see_the_tenants_series_alone(tmp_path: Path, prometheus_newest: Path) -> None:
    with serving(prometheus_newest, _laid(tmp_path)) as get:
        assert _settled(get, ALONE) == ALONE
        assert _fired(get) == {"acme"}


def test_without_the_matcher_they_see_everybodys(
    tmp_path: Path, prometheus_newest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the first test would fail where nothing is kept."""
    monkeypatch.setattr(rules, "scoped", lambda expr, _: expr)
    monkeypatch.setattr(rules, "check_scoped", lambda *_: None)
    unproven(monkeypatch)
    assert keeping.scoped("shared", "acme") != "shared"
    with serving(prometheus_newest, _laid(tmp_path)) as get:
        assert _settled(get, TOGETHER) == TOGETHER
        assert _fired(get) == {"acme", "bank"}
