"""A mistake of varve's own ends with exit 3 and asks for a report, and what stands under build/ stays."""

import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.workbench import deterministic, files, varve

STAGES = {
    "read": "varve.read.repository.tenants",
    "resolve": "varve.resolve.merge.merge",
    "check": "varve.check.shape.schema.check",
    "emit": "varve.emit.template.engine.Engine.render",
    "policy": "varve.policy.bench.judge_unit",
    "link": "varve.link.prometheus.link",
    "link, proving a unit": "varve.link.isolation.prove_unit",
    "link, proving what was linked": "varve.link.isolation.prove",
    "write": "varve.write.plan.plan",
    "render": "varve.render.text.text",
    "world, reading": "varve.world.snapshot.views.look",
    "world, writing": "varve.world.disk.transaction.apply",
}


def _fail(*_arguments: object, **_options: object) -> NoReturn:
    raise RuntimeError("the fault with a secret in it")


@pytest.mark.parametrize("function", STAGES.values(), ids=STAGES.keys())
def test_an_exception_in_a_stage_changes_nothing(
    function: str, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(begun, repository)
    deterministic(monkeypatch)
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    (repository / "environments/production.yaml").write_text("platform: {external_labels: {environment: prod}}\n")
    (repository / "tenants/acme/later.yaml").write_text("nobody: reads this, and it is said\n")
    before = files(repository / "build")
    with monkeypatch.context() as patch:
        patch.setattr(function, _fail)
        code, output = varve("build", repository)
    assert code == 3
    assert "report" in output
    assert "RuntimeError" in output
    assert "secret" not in output
    assert files(repository / "build") == before
    assert varve("build", repository)[0] == 0
    assert files(repository / "build") != before
