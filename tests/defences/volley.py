"""Many attacks of one kind in one repository: each is refused at its place, and without the defence all succeed."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
import yaml

from tests.defences.attack import MARK, Files, Off, findings, repository, switched_off
from tests.workbench import BASE
from varve import pipeline
from varve.link import isolation
from varve.model.artifact import Build, Proven
from varve.model.diagnostic import Severity
from varve.model.snapshot import Snapshot
from varve.render.frame import where
from varve.render.situate import situate

ONE_ENVIRONMENT: Final[Files] = {
    "varve.yaml": (BASE / "varve.yaml").read_text().replace("staging, production", "production"),
    "environments/staging.yaml": None,
}
"""The base repository with one environment, which is enough for many attacks, and twice as fast."""

GRAFANA: Final[Files] = {
    **ONE_ENVIRONMENT,
    "environments/production.yaml": """
platform:
  external_labels: {environment: production}
  targets: {grafana: {version: "13.0"}}
  grafana:
    url: https://grafana.example/
    dashboards: /var/lib/varve
    datasources: {logical: {url: "http://prometheus:9090"}}
""",
    "tenants/acme/services/checkout.yaml": None,
}
"""The same with a Grafana, and without a service."""


class Volley(NamedTuple):
    """A repository with a mark before each attack, the code that refuses them all, and a harmless twin.

    `evidence` are texts that are values in artifacts, or parts of values, if the defence is `off`. The linked result is
    also proven by itself, so that proof is switched off too.
    """

    files: Files
    code: str
    twin: Files
    off: Off
    evidence: frozenset[str]


def unproven(patch: pytest.MonkeyPatch) -> None:
    """Switch the proofs of units and of links off, so that they do not record anything with a defence off either."""
    patch.setattr(isolation, "prove_unit", lambda *_: isolation.TenantProof())
    patch.setattr(isolation, "prove", lambda *_: Proven())


def texts(build: Build) -> frozenset[str]:
    """Every text in an artifact, as an independent reader of YAML or JSON sees it."""
    read = (_read(path, each.data) for path, each in build.artifacts.items() if not path.endswith(".tmpl"))
    return frozenset(text for value in read for text in _texts(value))


def _read(path: str, data: bytes) -> object:
    return json.loads(data) if path.endswith(".json") else yaml.load(data, yaml.CSafeLoader)


def _texts(value: object) -> Iterator[str]:
    match value:
        case dict():
            yield from value
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value


def are_refused(volley: Volley) -> None:
    """Each attack is refused with the code at its own mark, there is no other error, and none of them is built."""
    seen = repository(volley.files)
    build = pipeline.compile(seen)
    assert sorted(wrong(seen, build)) == sorted((volley.code, place) for place in _places(volley.files))
    assert _shown(volley, build) == set()


def have_a_twin(volley: Volley) -> None:
    """The harmless twin of the attacks is built without any diagnostic."""
    seen = repository(volley.twin)
    assert findings(seen, pipeline.compile(seen)) == []


def go_through_without(volley: Volley) -> None:
    """With this one defence switched off, every attack reaches an artifact."""
    seen = repository(volley.files)
    with switched_off(volley.off), switched_off(unproven):
        build = pipeline.compile(seen)
    assert wrong(seen, build) == set()
    assert _shown(volley, build) == volley.evidence


def wrong(seen: Snapshot, build: Build) -> set[tuple[str, str]]:
    """The code and the place of every error; an attack may also be costly, which is a warning."""
    situated = situate([each for each in build.diagnostics if each.rule.severity is Severity.ERROR], seen)
    return {(each.diagnostic.rule.code, where(each.spot) if each.spot else "") for each in situated}


def _shown(volley: Volley, build: Build) -> set[str]:
    whole = "\0".join(texts(build))
    return {each for each in volley.evidence if each in whole}


def _places(files: Files) -> Iterator[str]:
    for file, text in files.items():
        pieces = text.split(MARK) if isinstance(text, str) else [""]
        for number in range(1, len(pieces)):
            before = "".join(pieces[:number])
            yield f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
