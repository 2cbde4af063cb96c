"""What a command does not need it does not wait for: which modules each of them imports, and which it does not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

import varve
from tests import workbench
from tests.cli.conftest import prepared, repository

__all__ = ("prepared", "repository")

PROGRAM: Final = """
import json, sys
before = set(sys.modules)
from varve.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""
HOME: Final = Path(varve.__file__).parent.parent

HEAVY: Final = frozenset(
    {"asyncio", "cProfile", "concurrent.futures", "html", "http", "logging", "multiprocessing", "sqlite3", "ssl", "xml"}
    | {"ctypes", "importlib.resources", "socket", "tempfile", "zipfile"}
)
"""Parts of the standard library that only what compiles, or not even that, may wait for."""
FILES: Final = frozenset({"dataclasses", "hashlib", "json", "pathlib", "shutil", "subprocess"})
"""What everybody needs who looks at files."""
COMPILER: Final = frozenset(
    f"varve.{room}" for room in ("inquire", "pipeline", "policy", "emit", "link", "check", "write", "resolve", "read")
)

SELDOM: Final = (
    "varve.api.policy.review",
    "varve.check.dashboard.granted",
    "varve.check.dashboard.text",
    "varve.check.trust",
    "varve.emit.grafana",
    "varve.emit.template.reference",
    "varve.language.matcher.utf8",
    "varve.link.isolation.dashboard",
    "varve.link.isolation.variable",
    "varve.policy.review",
    "varve.policy.subject.change",
    "varve.read.redaction",
    "varve.read.yaml_marks",
    "varve.render",
    "varve.world.history",
)
"""What compiles asks for where there is a dashboard, an own template, a trusted commit or a mistake: here is none."""


def imported(folder: Path, *command: str) -> set[str]:
    """The modules that a command imports, which has to end well."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VARVE_"))}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, *command],
        cwd=folder,
        env=plain | {"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    return set(modules)


def foreign(modules: Iterable[str]) -> set[str]:
    """Whose libraries they are, but for Python's own."""
    names = {name.partition(".")[0] for name in modules}
    return {name for name in names - sys.stdlib_module_names if not name.startswith("_")} - {"varve"}


def test_the_version_is_said_without_the_commands(tmp_path: Path) -> None:
    modules = imported(tmp_path, "--version")
    assert foreign(modules) == {"click"}
    assert not modules & (HEAVY | FILES | {"traceback"})
    assert {name for name in modules if name.startswith("varve")} == {
        "varve",
        "varve.cli",
        "varve.cli.command",
        "varve.cli.exit_code",
        "varve.cli.main",
    }


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["secrets", "render", "--help"]], ids=" ".join)
def test_help_is_given_without_the_compiler(command: list[str], tmp_path: Path) -> None:
    modules = imported(tmp_path, *command)
    assert foreign(modules) == {"click"}
    assert not modules & (HEAVY | COMPILER | {"varve.api", "hashlib", "json", "subprocess"})


def test_a_command_imports_no_other(tmp_path: Path) -> None:
    own = {name for name in imported(tmp_path, "check", "--help") if name.startswith("varve.cli.")}
    assert "varve.cli.check" in own
    assert not own & {f"varve.cli.{name}" for name in ("build", "init", "policy", "route", "rule", "secrets")}


@pytest.mark.parametrize("command", ["check", "build"])
def test_what_has_nothing_to_do_does_not_wait_for_the_compiler(command: str, repository: Path) -> None:
    assert workbench.varve(command, repository)[0] == 0
    # The first finds out which compiler it is, and so does one that follows on a run with other paths, as of a test.
    modules = min((imported(repository, command) for _ in range(4)), key=len)
    assert foreign(modules) == {"click"}
    assert not modules & (HEAVY | (COMPILER - {"varve.read", "varve.write"}))


def test_what_compiles_waits_for_no_extra_and_no_tool_of_ours(repository: Path) -> None:
    modules = imported(repository, "check", "--no-cache")
    assert modules >= COMPILER - {"varve.inquire", "varve.write"}
    assert "varve.inquire" not in modules  # nothing is asked of what was compiled
    assert not modules & {"asyncio", "cProfile", "distributed", "http", "redis", "sqlite3", "ssl", "watchfiles"}
    assert not modules & {"ctypes", "html", "importlib.resources", "multiprocessing", "zipfile"}
    assert "babel" not in modules  # only texts in which numbers are written need it, and this repository has none


def test_what_compiles_waits_for_no_part_of_the_compiler_that_nothing_asks_for(repository: Path) -> None:
    modules = imported(repository, "check", "--no-cache")
    assert {name for name in modules for part in SELDOM if f"{name}.".startswith(f"{part}.")} == set()


def test_an_environment_that_is_linked_already_does_not_wait_for_what_links(repository: Path) -> None:
    assert workbench.varve("check", repository)[0] == 0
    tenant = repository / "tenants/acme/tenant.yaml"
    tenant.write_text(f"{tenant.read_text()}# the same in other words\n")
    modules = imported(repository, "check")
    assert "varve.pipeline" in modules
    assert not modules & {"varve.link.link", "varve.link.isolation.environment"}
