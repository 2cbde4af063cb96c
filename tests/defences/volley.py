"""Many attacks of one kind in one repository: each refused where it stands, and without the defence all go through."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
import yaml

from tests.defences.attack import MARK, Files, Off, repository, said, switched_off
from tests.workbench import BASE
from varve import pipeline
from varve.link import isolation
from varve.model.artifact import Build, Proven
from varve.model.diagnostic import Severity
from varve.model.snapshot import Snapshot
from varve.render.frame import where
from varve.render.situate import situate

ALONE: Final[Files] = {
    "varve.yaml": (BASE / "varve.yaml").read_text().replace("staging, production", "production"),
    "environments/staging.yaml": None,
}
"""One environment is enough to see what becomes of many attacks, and twice as fast."""

GRAFANA: Final[Files] = {
    **ALONE,
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
    """A repository with a mark before each attack, the code that refuses them all, and a twin that means no harm.

    `evidence` are texts, each of them a value in an artifact, or a part of one, once the defence is `off`. What is
    linked is proven apart from that, so the proof is off too.
    """

    files: Files
    code: str
    twin: Files
    off: Off
    evidence: frozenset[str]


def unproven(patch: pytest.MonkeyPatch) -> None:
    """What is made and linked is taken as it comes; nor does the proof remember what it saw with a defence off."""
    patch.setattr(isolation, "prove_unit", lambda *_: isolation.Confined())
    patch.setattr(isolation, "prove", lambda *_: Proven())


def texts(build: Build) -> frozenset[str]:
    """Every text that stands in an artifact, as a reader of YAML or JSON that is not ours sees it."""
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
    """Each attack is refused with the code at its own mark, nothing else is wrong, and nothing of them is built."""
    seen = repository(volley.files)
    build = pipeline.compile(seen)
    assert sorted(wrong(seen, build)) == sorted((volley.code, place) for place in _places(volley.files))
    assert _shown(volley, build) == set()


def have_a_twin(volley: Volley) -> None:
    """What looks like them and means no harm is built, and nothing is said of it."""
    seen = repository(volley.twin)
    assert said(seen, pipeline.compile(seen)) == []


def go_through_without(volley: Volley) -> None:
    """With this one defence switched off, every one of them reaches an artifact."""
    seen = repository(volley.files)
    with switched_off(volley.off), switched_off(unproven):
        build = pipeline.compile(seen)
    assert wrong(seen, build) == set()
    assert _shown(volley, build) == volley.evidence


def wrong(seen: Snapshot, build: Build) -> set[tuple[str, str]]:
    """The code and the place of every error; an attack may be costly beside, which is warned of."""
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
