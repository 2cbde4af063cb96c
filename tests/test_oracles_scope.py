"""A real Prometheus reads every expression that was kept to a tenant, and a tenant's rules see that tenant alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.emit.repository import ACME, CHECKOUT, build, parsed, said
from tests.language.promql.verdicts import READ_BY_BOTH
from tests.server import Ask, eventually, serving
from tests.test_oracles_promql import AGES, FUNCTIONS, OPERATORS, SIGNED, accepted, refused
from varve.emit import scope as keeping
from varve.emit.prometheus import rules
from varve.language import promql
from varve.language.promql import reading

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


@pytest.mark.parametrize("age", AGES)
def test_the_alerts_of_vendors_go_through(age: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = build({RAW: VENDOR.read_text()})
    assert said(made) == []
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
    return all(("=", "tenant", "acme") in node.says[1] for node in selectors)  # type: ignore[operator]


SAID = """
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
    made = build({CHECKOUT: f"interval: 1s\n{SAID}", RAW: VENDORS})
    assert said(made) == []
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


def _seen(ask: Ask) -> dict[str, float]:
    asked = quote('{__name__=~"seen:.+"}')
    answer = eventually(ask, f"/api/v1/query?query={asked}", lambda found: len(found["result"]) == len(ALONE))
    assert {each["metric"]["tenant"] for each in answer["result"]} == {"acme"}
    return {each["metric"]["__name__"]: float(each["value"][1]) for each in answer["result"]}


def _settled(ask: Ask, expected: dict[str, int]) -> dict[str, float]:
    eventually(ask, f"/api/v1/query?query={quote('seen:again')}", lambda _: _seen(ask) == expected)
    return _seen(ask)


def _fired(ask: Ask) -> set[str]:
    alerts: list[dict[str, Any]] = eventually(ask, "/api/v1/alerts", lambda found: found["alerts"])["alerts"]
    return {each["annotations"]["summary"] for each in alerts}


def test_a_tenants_rules_see_the_tenants_series_alone(tmp_path: Path, prometheus_newest: Path) -> None:
    with serving(prometheus_newest, _laid(tmp_path)) as ask:
        assert _settled(ask, ALONE) == ALONE
        assert _fired(ask) == {"acme"}


def test_without_the_matcher_they_see_everybodys(
    tmp_path: Path, prometheus_newest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the first test would fail where nothing is kept."""
    monkeypatch.setattr(rules, "scoped", lambda expr, _: expr)
    monkeypatch.setattr(rules, "prove", lambda *_: None)
    assert keeping.scoped("shared", "acme") != "shared"
    with serving(prometheus_newest, _laid(tmp_path)) as ask:
        assert _settled(ask, TOGETHER) == TOGETHER
        assert _fired(ask) == {"acme", "bank"}
