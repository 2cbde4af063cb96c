"""`varve affected` prints what a change touches, for people and for programs."""

import json
from pathlib import Path

from tests.workbench import varve

SERVICE = "tenants/acme/services/search.yaml"


def test_affected_prints_units_artifacts_and_sources(repository: Path) -> None:
    assert varve("affected HEAD", repository) == (0, "nothing is affected\n")
    (repository / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")
    code, output = varve("affected HEAD", repository)
    assert code == 0
    assert f"production: acme\n  {SERVICE} changes\n  -> build/production/tenants/acme/" in output
    code, output = varve("affected HEAD --format json", repository)
    assert (code, {each["environment"] for each in json.loads(output)}) == (0, {"production", "staging"})


def test_an_unknown_commit_is_a_mistake(repository: Path) -> None:
    code, output = varve("affected nowhere", repository)
    assert (code, "world/unknown-revision" in output) == (1, True)
