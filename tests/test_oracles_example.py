"""The real tools read every artifact of the example: the newest all of it, the oldest all but a few.

The artifacts are compiled in memory with a secrets root of their own and written to a temporary folder, because
promtool looks whether the files of credentials are there.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.server import eventually, serving
from tests.test_example import ENVIRONMENTS, sources, units
from tests.workbench import snapshot
from varve import pipeline
from varve.model.artifact import Build
from varve.model.unit import Unit
from varve.render.frame import where
from varve.render.situate import situate

ADDRESS = re.compile(r"https?://[^\s\"'\\}]*")
DEFAULTS = "environments/defaults.yaml"
ROOT = b"/run/secrets/varve"
VERSION = re.compile(rb'(?m)^( *prometheus: \{version: )"[^"]*"(, features: \[[^]]*\])?')
OLDEST = "2.42"
EVERYWHERE = tuple(sorted(ENVIRONMENTS))

NEWER = "emit/needs-newer-prometheus"
REFUSED_BY_THE_OLDEST = [
    (
        NEWER,
        "tenants/freight/services/tracking.yaml:11:31",
        "`fallback_scrape_protocol` needs Prometheus 3.0",
        EVERYWHERE,
    ),
    (NEWER, "tenants/payments/overlays/dev.yaml:12:35", "`scrape_native_histograms` needs Prometheus 3.8", ("dev",)),
    (NEWER, "tenants/payments/services/ledger.yaml:15:15", "`query_offset` needs Prometheus 2.53", EVERYWHERE),
]
"""What the example asks for and Prometheus 2.42 does not have: each code, its place, what it says, and for where."""


OF_ALERTMANAGER = re.compile(rb'(?m)^( *alertmanager: \{version: )"[^"]*"')
HEARTBEATS = re.compile(rb"(?m)^ *heartbeat(?:_url)?: .*\n")
OF_AGE = re.compile(rb"(?m)^  (known-vulnerabilities|watched-monitoring): .*\n")
SETTINGS = "policies/settings.yaml"
OLDEST_ALERTMANAGER = "0.25"
NO_FILE = "emit/secret-without-file"
NO_RECEIVER = "emit/receiver-needs-newer"
REFUSED_BY_THE_OLDEST_ALERTMANAGER = [
    (NO_FILE, "tenants/bank/tenant.toml:21:7", "`url` of `webhook`", EVERYWHERE),
    (NO_FILE, "tenants/fleet/tenant.yaml:10:27", "`url` of `discord`", EVERYWHERE),
    (NO_FILE, "tenants/freight/tenant.yaml:11:33", "`url` of `msteams`", EVERYWHERE),
    (NO_RECEIVER, "tenants/insurance/tenant.xml:21:10", "`jira`", EVERYWHERE),
    (NO_FILE, "tenants/marketplace/tenant.json:13:43", "`bot_token` of `telegram`", EVERYWHERE),
    (NO_RECEIVER, "tenants/parcel/overlays/dev.yaml:5:48", "`blocks` of `slack`", ("dev",)),
    (NO_FILE, "tenants/platform/tenant.yaml:12:56", "`token` of `slack`", EVERYWHERE),
    (NO_RECEIVER, "tenants/platform/tenant.yaml:12:87", "`update` of `slack`", EVERYWHERE),
]
"""What the example asks for and Alertmanager 0.25 cannot do, in the same order; the message holds what is quoted."""


def _laid(changed: Mapping[str, bytes], folder: Path) -> Build:
    """The example with some files changed, built into `folder`, with a dummy for every credential that is named."""
    root = folder / "secrets"
    files = {**sources(), **changed}
    assert files[DEFAULTS].count(ROOT) == 1
    files[DEFAULTS] = files[DEFAULTS].replace(ROOT, str(root).encode())
    build = pipeline.compile(snapshot(files))
    for path, artifact in build.artifacts.items():
        _write(folder / path, artifact.data)
    for path in set(re.findall(re.escape(str(root)) + r"[^\s\"']*", "".join(_texts(build)))):
        _write(Path(path), b"dummy")
    return build


def _texts(build: Build) -> Iterator[str]:
    return (artifact.data.decode() for artifact in build.artifacts.values())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as it is."""
    folder = tmp_path_factory.mktemp("newest")
    assert _laid({}, folder).diagnostics == ()
    return folder


@pytest.fixture(scope="module")
def for_the_oldest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Path]:
    """The example with the oldest version in every environment; flags that it does not know are gone."""
    folder = tmp_path_factory.mktemp("oldest")
    files = [f"environments/{name}.yaml" for name in ENVIRONMENTS]
    changed = {file: VERSION.sub(rb'\1"%b"' % OLDEST.encode(), sources()[file]) for file in files}
    assert all(f'"{OLDEST}"'.encode() in data for data in changed.values())
    return _laid({**changed, **_unasked()}, folder), folder


def _unasked() -> dict[str, bytes]:
    """The settings of the example without the policies that ask for versions and for a heartbeat."""
    left, count = OF_AGE.subn(rb"  \1: {enabled: false}\n", sources()[SETTINGS])
    assert count == 2
    return {SETTINGS: left}


def _below(folder: Path, pattern: str) -> list[str]:
    found = sorted(str(path) for path in folder.glob(pattern))
    assert found
    return found


def _output(tool: Path, *arguments: str) -> str:
    """The output of a tool that must succeed; it runs so briefly that Go need seldom collect garbage."""
    seldom = {**os.environ, "GOGC": "400"}
    done = subprocess.run([tool, *arguments], env=seldom, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout + done.stderr


def _test(tool: Path, found: Iterable[str]) -> None:
    """Let a tool run the unit tests of all these files, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = list(pool.map(lambda path: _output(tool, "test", "rules", path), found))
    assert outputs
    assert all("SUCCESS" in each for each in outputs)


def _unlike(found: list[str]) -> Iterator[str]:
    """Of files of tests those of which no answer follows from another's, whatever the environment."""
    yield from {_decides(Path(path)): path for path in found}.values()


def _decides(tests: Path) -> str:
    """What decides how tests end: all that they say and all that their rules say, but what no test here can ask for.

    The tests ask for samples, in which no annotation stands. Of `cover` and of addresses, which are another in every
    environment, no expression speaks, and so they only have to be told apart.
    """
    unit_tests = _read(tests)
    queries = [each for test in unit_tests["tests"] for each in test["promql_expr_test"]]
    assert not [test for test in unit_tests["tests"] if "alert_rule_test" in test]
    groups = [group for name in unit_tests["rule_files"] for group in _read(tests.parent / name)["groups"]]
    rules = [rule for group in groups for rule in group["rules"]]
    assert not [each for each in (*queries, *rules) if "cover" in each["expr"] or ADDRESS.search(each["expr"])]
    for rule in rules:
        rule.pop("annotations", None)
        rule.get("labels", {}).pop("cover", None)
    text = json.dumps([unit_tests["tests"], groups, unit_tests["evaluation_interval"]])
    addresses = list(dict.fromkeys(ADDRESS.findall(text)))
    return ADDRESS.sub(lambda match: f"address {addresses.index(match[0])}", text)


def test_the_newest_reads_every_main_file_with_all_that_it_names(newest: Path, promtool_newest: Path) -> None:
    mains = _below(newest, "build/*/**/prometheus.yaml")
    output = _output(promtool_newest, "check", "config", "--lint=all", "--lint-fatal", *mains)
    assert output.count("is valid prometheus config file syntax") == len(mains)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_newest_reads_every_rule_and_finds_none_twice(
    environment: str, newest: Path, promtool_newest: Path
) -> None:
    found = _below(newest, f"build/{environment}/tenants/*/rules/**/*.yaml")
    output = _output(promtool_newest, "check", "rules", "--lint=all", "--lint-fatal", *found)
    assert output.count("SUCCESS") == len(found)


def test_the_rules_pass_their_tests_in_the_newest(newest: Path, promtool_newest: Path) -> None:
    _test(promtool_newest, _unlike(_below(newest, "build/*/tenants/*/tests/*.yaml")))


def test_tests_of_which_no_answer_follows_from_anothers_are_all_asked(newest: Path, tmp_path: Path) -> None:
    tests = newest / "build/production/tenants/marketplace/tests/storefront.yaml"
    rules = tests.parent.parent / "rules" / tests.name
    changes = {
        "an address": ("https://shop.production.", "https://shop.elsewhere.", 0),
        "who is there at night": ("cover: around-the-clock", "cover: working-hours", 0),
        "a link": ("dashboard_url: https://", "dashboard_url: http://", 0),
        "a threshold": ("for: 10m", "for: 11m", 1),
        "a severity": ("severity: warning", "severity: info", 1),
        "a series": ("0+0x5", "0+0x6", 1),
    }
    for number, (old, new, _) in enumerate(changes.values()):
        folder = tmp_path / str(number)
        texts = {each: each.read_text() for each in (tests, rules)}
        assert any(old in text for text in texts.values()), old
        for path, text in texts.items():
            _write(folder / path.parent.name / path.name, text.replace(old, new).encode())
    others = [str(tmp_path / str(number) / "tests" / tests.name) for number in range(len(changes))]
    alike = {name: len([*_unlike([str(tests), each])]) - 1 for name, each in zip(changes, others, strict=True)}
    assert alike == {name: apart for name, (_, _, apart) in changes.items()}


def test_the_oldest_refuses_what_is_listed_and_nothing_else(for_the_oldest: tuple[Build, Path]) -> None:
    situated = situate(for_the_oldest[0].diagnostics, snapshot(sources()))
    assert [
        (each.diagnostic.rule.code, where(each.spot) if each.spot else "", each.diagnostic.message) for each in situated
    ] == [
        (code, place, f"{message} but `{environment}` runs {OLDEST}")
        for code, place, message, environments in REFUSED_BY_THE_OLDEST
        for environment in environments
    ]


def test_what_is_not_refused_is_built_for_the_oldest(for_the_oldest: tuple[Build, Path]) -> None:
    refused = {
        Unit(place.split("/")[1], environment)
        for _, place, _, environments in REFUSED_BY_THE_OLDEST
        for environment in environments
    }
    assert sorted(for_the_oldest[0].units) == sorted({unit.unit for unit in units()} - refused)


def test_the_oldest_reads_what_is_built_for_it(for_the_oldest: tuple[Build, Path], promtool_oldest: Path) -> None:
    mains = _below(for_the_oldest[1], "build/*/**/prometheus.yaml")
    output = _output(promtool_oldest, "check", "config", *mains)
    assert output.count("is valid prometheus config file syntax") == len(mains)
    found = _below(for_the_oldest[1], "build/*/tenants/*/rules/**/*.yaml")
    assert _output(promtool_oldest, "check", "rules", *found).count("SUCCESS") == len(found)


def test_the_rules_pass_their_tests_in_the_oldest(for_the_oldest: tuple[Build, Path], promtool_oldest: Path) -> None:
    _test(promtool_oldest, _unlike(_below(for_the_oldest[1], "build/*/tenants/*/tests/*.yaml")))


def _read(path: Path) -> Any:  # noqa: ANN401 - YAML
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)


def _groups(main: Path) -> list[tuple[str, str]]:
    """The groups that a main file loads, each with its file."""
    found = [(main.parent / name).resolve() for name in _read(main)["rule_files"]]
    return [(str(path), group["name"]) for path in found for group in _read(path)["groups"]]


def _jobs(main: Path) -> list[dict[str, Any]]:
    config: dict[str, list[Any]] = _read(main)
    named = [_read(main.parent / name)["scrape_configs"] for name in config.get("scrape_config_files", [])]
    return config.get("scrape_configs", []) + [job for jobs in named for job in jobs]


@pytest.mark.parametrize("main", ["shared", "tenants/payments"])
def test_the_server_gives_back_every_group_and_every_job(main: str, newest: Path, prometheus_newest: Path) -> None:
    config = newest / "build/production" / main / "prometheus.yaml"
    jobs = {job["job_name"] for job in _jobs(config)}
    with serving(prometheus_newest, config) as get:
        groups = [(str(Path(group["file"]).resolve()), group["name"]) for group in get("/api/v1/rules")["groups"]]
        pools = eventually(get, "/api/v1/scrape_pools", lambda data: len(data["scrapePools"]) >= len(jobs))
        targets = eventually(
            get, "/api/v1/targets", lambda data: {each["scrapePool"] for each in data["activeTargets"]} >= jobs
        )["activeTargets"]
    assert sorted(groups) == sorted(_groups(config))
    assert set(pools["scrapePools"]) == jobs
    assert {each["scrapePool"] for each in targets} == jobs
    assert {(each["scrapePool"].split("/")[0], each["scrapePool"].split("/")[1]) for each in targets} == {
        (each["labels"]["tenant"], each["labels"]["job"]) for each in targets
    }


@pytest.fixture(scope="module")
def for_the_oldest_alertmanager(tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Path]:
    """The example with the oldest Alertmanager in every environment, which can tell no heartbeat."""
    folder = tmp_path_factory.mktemp("oldest-alertmanager")
    files = [f"environments/{name}.yaml" for name in ENVIRONMENTS]
    version = rb'\1"%b"' % OLDEST_ALERTMANAGER.encode()
    changed = {file: HEARTBEATS.sub(b"", OF_ALERTMANAGER.sub(version, sources()[file])) for file in files}
    assert all(OLDEST_ALERTMANAGER.encode() in data for data in changed.values())
    return _laid({**changed, **_unasked()}, folder), folder


def _is_read(amtool: Path, folder: Path) -> None:
    """Let amtool read every file of Alertmanager, by itself and linked, with the templates that it names."""
    found = _below(folder, "build/*/**/alertmanager.yaml")
    output = _output(amtool, "check-config", *found)
    assert output.count("SUCCESS") >= len(found)
    assert "FAILED" not in output
    assert {path.split("/build/")[1].split("/")[0] for path in found} == set(ENVIRONMENTS)


def test_the_newest_alertmanager_reads_every_file_by_itself_and_linked(newest: Path, amtool_newest: Path) -> None:
    _is_read(amtool_newest, newest)


def test_the_oldest_alertmanager_reads_what_is_built_for_it(
    for_the_oldest_alertmanager: tuple[Build, Path], amtool_oldest: Path
) -> None:
    _is_read(amtool_oldest, for_the_oldest_alertmanager[1])


def test_for_the_oldest_alertmanager_is_refused_what_is_listed_and_nothing_else(
    for_the_oldest_alertmanager: tuple[Build, Path],
) -> None:
    situated = situate(for_the_oldest_alertmanager[0].diagnostics, snapshot(sources()))
    found = [
        (each.diagnostic.rule.code, where(each.spot) if each.spot else "", each.diagnostic.message) for each in situated
    ]
    expected = [
        (code, place, what, environment)
        for code, place, what, environments in REFUSED_BY_THE_OLDEST_ALERTMANAGER
        for environment in environments
    ]
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert all(
        what in message and f"`{environment}`" in message
        for (_, _, message), (_, _, what, environment) in zip(found, expected, strict=True)
    )


def _severities(folder: Path, environment: str, tenant: str) -> set[str]:
    """The severities of a tenant's alerts."""
    found = (folder / f"build/{environment}/tenants/{tenant}/rules").rglob("*.yaml")
    rules = [rule for path in found for group in _read(path)["groups"] for rule in group["rules"]]
    return {str(rule["labels"].get("severity", "")) for rule in rules if "alert" in rule}


def test_amtool_leads_every_severity_of_a_tenant_to_that_tenants_receivers(newest: Path, amtool_newest: Path) -> None:
    shared = newest / "build/production/shared/alertmanager.yaml"
    for unit in (each.unit for each in units() if each.unit.environment == "production"):
        own = newest / f"build/production/tenants/{unit.tenant}/alertmanager.yaml"
        strict = (own.parent / "prometheus.yaml").exists()
        for severity in sorted(_severities(newest, "production", unit.tenant) & {"critical", "warning", "info"}):
            labels = (f'tenant="{unit.tenant}"', f'severity="{severity}"')
            receivers = _output(
                amtool_newest, "config", "routes", "test", f"--config.file={own if strict else shared}", *labels
            )
            assert receivers.strip()
            assert all(each.startswith(f"{unit.tenant}/") for each in receivers.strip().split(","))
