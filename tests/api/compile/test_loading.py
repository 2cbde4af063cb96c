"""The compiler is loaded while git is still running, if and only if the call will need it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import varve
from varve import Effort
from varve.api.compile import loading, remembered
from varve.api.effort import Work
from varve.api.findings import Result
from varve.model.diagnostic import Report
from varve.world.cache.store import Store


def test_the_compiler_is_loaded_while_git_runs_if_tracked_files_have_changed(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, tenant, loaded = varve.open(repository), repository / "tenants/acme/tenant.yaml", list[str]()
    monkeypatch.setattr(loading, "import_module", loaded.append)

    def loads(call: Callable[[], Result]) -> list[str]:
        loaded.clear()
        assert call().sound
        return loaded.copy()

    assert loads(opened.check) == ["varve.api.compile.judging"]
    assert loads(opened.check) == []
    assert loads(opened.build) == ["varve.api.compile.making"]
    assert loads(opened.build) == []
    tenant.write_bytes(tenant.read_bytes() + b"\n")
    assert loads(opened.check) == ["varve.api.compile.judging"]
    assert loads(opened.check) == []
    # The same content, written again: the glance differs at first, and is then remembered.
    tenant.write_bytes(tenant.read_bytes())
    assert loads(opened.check) == ["varve.api.compile.judging"]
    assert loads(opened.check) == []
    # An unread file is only a warning; git finds it late.
    tenant.with_name("notes").mkdir()
    (tenant.with_name("notes") / "later.yaml").write_text("a: 1\n")
    assert loads(opened.check) == []
    assert loads(lambda: opened.check(revision="HEAD")) == []
    assert loads(opened.by(varve.Effort(cached=False)).check) == ["varve.api.compile.judging"]


def test_with_a_trusted_commit_the_compiler_is_loaded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading, "import_module", loaded.append)
    work = Work(Effort(since="HEAD"), Store(Report()), Report())
    loading.loading("compiler", work, "check")(lambda: pytest.fail("nobody needs the glance"), lambda: True)
    assert loaded == ["compiler"]


def test_parts_of_the_compiler_are_loaded_while_waiting_for_git(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading, "import_module", loaded.append)
    monkeypatch.setattr(remembered, "is_expected", lambda *_: True)
    answers = iter((False, False, True))
    work = Work(Effort(), Store(Report()), Report())
    loading.loading("compiler", work, "check")(lambda: "glance", lambda: next(answers))
    assert loaded == [*loading._PARTS[:2]]  # noqa: SLF001 - what every compile needs
    assert not list(answers)


def test_every_compile_needs_the_preloaded_parts() -> None:
    """Each part is one that the compiler imports, and none imports anything that only some compiles need."""
    parts = loading._PARTS  # noqa: SLF001 - what every compile needs
    script = f"import sys, varve.api.compile.making; print(set({parts!r}) <= sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
