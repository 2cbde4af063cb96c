"""What holds of every compile: same sources, same bytes; tenants apart; an origin for each value; secrets untold."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.emit.repository import BLACKBOX, SEALED
from tests.emit.repository import repository as repository_of
from tests.test_example import compiled, sources, units
from tests.workbench import BASE, files, snapshot
from varve import pipeline
from varve.language import canonical
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.source import Keys, Source, Value
from varve.model.unit import Resolved
from varve.read.parse import parse
from varve.render.json import json as rendered
from varve.render.situate import situate
from varve.render.text import text as framed
from varve.resolve.history import history, origin
from varve.resolve.merge import value_at

Texts: TypeAlias = dict[str, str]

TENANT = "tenant: {name: %s, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@%s.example]}\n"
BETA = "tenants/beta/tenant.yaml"

# Small repositories


def _service(draw: st.DrawFn) -> str:
    parts = draw(
        st.lists(
            st.sampled_from(
                [
                    "owner: payments",
                    "labels: {team: a}",
                    "interval: 1m",
                    "scrape: {app: {targets: ['a:1'], interval: 15s}}",
                    "packs: {host: {}}",
                    "alerts: {A: {expr: up == 0, for: 5m, severity: warning, summary: {fr: Bas, en: Down}}}",
                    "records: {'a:b': {expr: 'sum(up)', labels: {unit: one}}}",
                    "probes: {home: {http: {url: 'https://a.example'}}}",
                    "slos: {up: {objective: 99.9, window: 30d, errors: errors_total, total: requests_total}}",
                ]
            ),
            unique_by=lambda part: part.partition(":")[0],
            max_size=4,
        )
    )
    return "\n".join(parts) + "\n" if parts else "{}\n"


@st.composite
def repositories(draw: st.DrawFn) -> Texts:
    """The base repository with two tenants whose services, overlays and grants are drawn."""
    laid: Texts = {path: data.decode() for path, data in files(BASE).items()} | BLACKBOX
    for tenant in ("acme", "beta"):
        isolation = draw(st.sampled_from(["strict", "partial", "logical"]))
        laid[f"tenants/{tenant}/tenant.yaml"] = TENANT % (tenant, isolation, tenant)
        for service in draw(st.lists(st.sampled_from(["checkout", "search", "ledger"]), unique=True, max_size=2)):
            laid[f"tenants/{tenant}/services/{service}.yaml"] = _service(draw)
        if draw(st.booleans()):
            laid[f"tenants/{tenant}/overlays/staging.yaml"] = "locale: fr_FR\nlabels: {stage: staging}\n"
        if draw(st.booleans()):
            laid[f"environments/tenants/{tenant}.yaml"] = "quotas: {series: 5000}\n"
    version = draw(st.sampled_from(["2.42", "3.5"]))
    laid["environments/defaults.yaml"] = laid["environments/defaults.yaml"].replace("3.5", version)
    return laid


def _snapshot(laid: Mapping[str, str]) -> Snapshot:
    return snapshot({path: text.encode() for path, text in laid.items()})


def _bytes(build: Build) -> dict[str, bytes]:
    return {path: artifact.data for path, artifact in build.artifacts.items()}


# Determinism


@given(repositories(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_same_sources_give_the_same_build_in_whatever_order_they_are_listed(laid: Texts, random: Any) -> None:  # noqa: ANN401 - Random
    once = _snapshot(laid)
    entries = list(once.entries.items())
    random.shuffle(entries)
    first, again = pipeline.compile(once), pipeline.compile(replace(once, entries=dict(entries)))
    assert (_bytes(first), first.diagnostics, first.kept) == (_bytes(again), again.diagnostics, again.kept)


PRINT = """
import hashlib, pickle, sys
from varve import pipeline
from varve.model.snapshot import Entry, Snapshot
entries, contents, library = pickle.loads(sys.stdin.buffer.read())
snapshot = Snapshot({path: Entry(*entry) for path, entry in entries.items()}, contents, library)
build = pipeline.compile(snapshot)
digest = hashlib.sha256()
for path, artifact in build.artifacts.items():
    digest.update(path.encode() + artifact.data)
for each in build.diagnostics:
    digest.update(repr(each).encode())
print(digest.hexdigest(), len(build.artifacts), len(build.diagnostics))
"""
MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LANG": "fr_FR.UTF-8", "PYTHONOPTIMIZE": "1"},
]


def test_the_example_and_a_broken_one_are_the_same_on_every_machine() -> None:
    broken = {path: data for path, data in sources().items() if not path.endswith(("checkout.yaml", "gold.yaml"))}
    for given_ in (snapshot(sources()), snapshot(broken)):
        entries = {path: tuple(entry) for path, entry in given_.entries.items()}
        message = pickle.dumps((entries, dict(given_.contents), given_.library))
        outputs = {_printed(message, machine) for machine in MACHINES}
        assert len(outputs) == 1
        assert int(outputs.pop().split()[1]) > 0


def _printed(message: bytes, machine: Mapping[str, str]) -> str:
    environment = {**{name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}, **machine}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PRINT], input=message, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


# Isolation

CHANGES = st.dictionaries(
    st.sampled_from(
        [
            "tenants/acme/tenant.yaml",
            "tenants/acme/services/checkout.yaml",
            "tenants/acme/services/rules.yaml",
            "tenants/acme/overlays/production.yaml",
            "tenants/acme/users/beta.yaml",
            "tenants/acme/rules/node.yaml",
            "tenants/acme/secrets/beta.sops.yaml",
            "tenants/acme/anything.json",
        ]
    ),
    st.sampled_from(
        [
            None,
            "",
            "a: [",
            "tenant: {id: beta}\n",
            TENANT % ("beta", "strict", "beta"),
            TENANT % ("beta", "logical", "beta")
            + "labels: {region: x}\nservices: {new: {packs: {http-service: {}}}}\n",
            "scrape: {app: {targets: ['beta:1'], labels: {zone: beta}}}\n",
            "alerts: {A: {expr: 'up{tenant=\"beta\"} == 0', severity: critical, summary: beta}}\n",
            "groups: [{name: beta/checkout, rules: [{alert: A, expr: up, labels: {service: beta}}]}]\n",
            "locale: de_DE\ntimezone: Europe/Berlin\n",
            "$patch: delete\n",
            "name: Beta\nemail: beta@beta.example\n",
        ]
    )
    | st.text(max_size=30),
    min_size=1,
    max_size=3,
)


def _of_others(build: Build) -> dict[str, object]:
    """The artifacts of everybody but acme, and of shared files what they say of the others."""
    kept: dict[str, object] = {}
    for path, data in _bytes(build).items():
        if "/shared/" in path:
            kept[path] = _without_acme(yaml.safe_load(data))
        elif "/tenants/acme/" not in path:
            kept[path] = data
    return kept


def _without_acme(main: dict[str, Any]) -> dict[str, Any]:
    others = {
        key: [name for name in main.get(key) or [] if not name.startswith("../tenants/acme/")]
        for key in ("rule_files", "scrape_config_files")
    }
    jobs = [job for job in main.get("scrape_configs") or [] if not job["job_name"].startswith("acme/")]
    return {**main, **others, "scrape_configs": jobs}


@given(repositories(), CHANGES, st.booleans())
@settings(max_examples=40)
def test_nothing_under_a_tenants_folder_alters_what_is_built_for_another(
    laid: Texts,
    changes: dict[str, str | None],
    committed: bool,  # noqa: FBT001 - drawn
) -> None:
    before = pipeline.compile(_snapshot(laid))
    assume(not before.diagnostics)
    existing = {path: data.decode() for path, data in _bytes(before).items()} if committed else {}
    both = {**laid, **existing, **changes}
    after = pipeline.compile(_snapshot({path: text for path, text in both.items() if text is not None}))
    assert _of_others(after) == _of_others(before)


# Provenance


def _leaves(value: Value, keys: Keys = ()) -> Iterator[Keys]:
    """The ways to everything that is no map; a list is said as a whole, or an item at a time."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*keys, key))
    else:
        yield keys


WRITTEN_BY_VARVE = {("environment",), ("tenant", "id")}


def _without_origin(unit: Resolved, seen: Snapshot) -> list[Keys]:
    return [
        keys
        for keys in _leaves(unit.value)
        if keys not in WRITTEN_BY_VARVE and keys != ("services",) and not _has_origin(unit, keys, seen)
    ]


def _has_origin(unit: Resolved, keys: Keys, seen: Snapshot) -> bool:
    """Whether a layer says the value, or a reference above it, and the place named as its origin is there."""
    above = (keys[:depth] for depth in range(len(keys), 0, -1))
    spoken = next((each for each in above if history(unit.stack, each)), None)
    if spoken is None or (spoken != keys and not isinstance(value_at(unit.value, spoken), dict)):
        return False
    place, _ = origin(unit.stack, keys)
    document = parse(seen.source(place.file), Report())
    missing = object()
    return document is not None and _look(document, place.keys, missing) is not missing


def _look(value: object, keys: Keys, missing: object) -> object:
    for key in keys:
        try:
            value = value[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return missing
    return value


def test_every_value_of_the_example_has_an_origin() -> None:
    seen = snapshot(sources())
    assert {unit.unit: found for unit in units() if (found := _without_origin(unit, seen))} == {}


@given(repositories())
@settings(max_examples=10)
def test_every_value_has_an_origin(laid: Texts) -> None:
    seen, report = _snapshot(laid), Report()
    opened = pipeline.open_repository(seen, report)
    assert opened is not None
    for unit in pipeline.compile(seen).units:
        resolved = pipeline.resolve_unit(opened, unit, report)
        assert resolved is not None
        assert _without_origin(resolved, seen) == []


# What is written can be read


def test_every_artifact_of_the_example_says_the_same_to_us_and_to_others_and_is_written_in_the_one_way() -> None:
    for path, artifact in compiled().artifacts.items():
        if path.endswith(".tmpl"):
            continue
        report = Report()
        read = parse(Source(path, "", artifact.data), report)
        assert not list(report), path
        assert json.loads(json.dumps(read)) == read, path
        if path.endswith(".json"):
            assert read == json.loads(artifact.data), path
            assert canonical.json(read, is_sorted="/dashboards/" in path) == artifact.data, path
        else:
            assert read == yaml.load(artifact.data, yaml.CSafeLoader), path
            header = artifact.data.decode().splitlines()[0].removeprefix("# ")
            assert canonical.yaml(read, (header,)) == artifact.data, path


# Silence

CANARY = "canary-hunter2-Zm9vYmFy"
CHECKOUT = "tenants/acme/services/checkout.yaml"
METRICS = "tenants/acme/secrets/metrics.sops.yaml"
LOGIN = "scrape: {app: {targets: ['a:1'], %s}}\n"
WRITE = "platform: {remote_write: {mm: {url: 'https://a.example', basic_auth: {username: u, password: CANARY}}}}\n"
SECRETS = {
    "a password in the clear": (CHECKOUT, LOGIN % "basic_auth: {username: u, password: CANARY}"),
    "credentials in the clear": (CHECKOUT, LOGIN % "authorization: {credentials: {password: CANARY}}"),
    "a password of the platform": ("environments/production.yaml", WRITE),
    "a secrets file that is not sealed": (METRICS, "password: CANARY\n"),
    "a value among sealed ones": (METRICS, SEALED + "other: CANARY\n"),
    "a secrets file that is no YAML": (METRICS, "password: [CANARY\n"),
    "a secrets file with a key said twice": (METRICS, "CANARY: 1\nCANARY: 2\n"),
}
USER = LOGIN % "basic_auth: {username: u, password: {secret: metrics/password}}"


@pytest.mark.parametrize(("file", "text"), SECRETS.values(), ids=SECRETS)
def test_what_stands_where_a_secret_belongs_is_never_told(file: str, text: str) -> None:
    seen = repository_of({CHECKOUT: USER, METRICS: SEALED, file: text.replace("CANARY", CANARY)})
    build = pipeline.compile(seen)
    assert build.diagnostics
    situated = situate(build.diagnostics, seen)
    output = "".join([*map(repr, build.diagnostics), rendered(situated), framed(situated)])
    assert CANARY not in output
    assert not [path for path, data in _bytes(build).items() if CANARY.encode() in data]


def test_nothing_sealed_stands_in_an_artifact_of_the_example() -> None:
    sealed = {
        leaf
        for path, data in sources().items()
        if path.endswith(".sops.yaml")
        for leaf in _texts(yaml.safe_load(data))
        if len(leaf) > 12
    }
    assert len(sealed) > 5
    assert not [path for path, data in _bytes(compiled()).items() if any(each.encode() in data for each in sealed)]


def _texts(value: object) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value
