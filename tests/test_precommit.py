"""The hooks for other repositories work in one, with varve installed from its wheel."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import yaml

from varve.world.git.listing import BUILD, SOURCES

ROOT = Path(__file__).parent.parent


def run(command: list[str], folder: Path, settings: dict[str, str]) -> tuple[int, str]:
    """The exit code of a command and all that it says, in a repository of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "VARVE_", "PRE_COMMIT"))}
    identity = {
        f"GIT_{who}_{what}": "ada@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    env = {**clean, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **settings}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def ran(command: list[str], folder: Path, settings: dict[str, str]) -> str:
    """The output of a command that must succeed."""
    code, output = run(command, folder, settings)
    assert code == 0, output
    return output


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-index"]
    ran([*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], folder, {})
    (built,) = folder.glob("varve-*.whl")
    return built


@pytest.fixture(scope="module")
def settings(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a person who installed the wheel, with the locked dependencies beside it."""
    folder = tmp_path_factory.mktemp("installed")
    ran([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder, {})
    python = str(folder / "bin/python")
    site = ran([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder, {}).strip()
    # A path in a .pth file brings the dependencies, and not this project's own editable install.
    Path(site, "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet"]
    ran([*pip, "--no-index", "--no-deps", str(wheel)], folder, {})
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    return {"PATH": path, "PRE_COMMIT_HOME": str(folder / "pre-commit"), "HOME": str(folder)}


@pytest.fixture
def repository(tmp_path: Path, settings: dict[str, str]) -> Path:
    """A second repository, as `varve init` makes it, with this one's hooks."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    local = [{**hook, "language": "system"} for hook in hooks]  # what `python` would install is installed above
    ran(["git", "init", "--quiet", "--template=", "-b", "main"], tmp_path, settings)
    ran(["varve", "init", "."], tmp_path, settings)
    config = tmp_path / ".pre-commit-config.yaml"
    config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}, sort_keys=False))
    ran(["git", "add", "--all"], tmp_path, settings)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "file"),
    [("validate-config", ".pre-commit-config.yaml"), ("validate-manifest", ".pre-commit-hooks.yaml")],
)
def test_both_files_are_what_precommit_expects(command: str, file: str, tmp_path: Path) -> None:
    settings = {"PRE_COMMIT_HOME": str(tmp_path)}
    assert run([sys.executable, "-m", "pre_commit", command, str(ROOT / file)], tmp_path, settings) == (0, "")


def watching(file: Path) -> dict[str, str]:
    """By the ids of hooks, which files have them run."""
    config = yaml.safe_load(file.read_text())
    hooks = config if isinstance(config, list) else [hook for repo in config["repos"] for hook in repo["hooks"]]
    return {hook["id"]: hook["files"] for hook in hooks}


@pytest.mark.parametrize("file", [".pre-commit-hooks.yaml", "compiler/varve/starter/.pre-commit-config.yaml"])
def test_a_change_of_any_source_or_artifact_has_both_hooks_run_and_no_other_change_has(file: str) -> None:
    folders = {"environments", "tenants", "templates", "policies", BUILD}
    changed = [f"{name}/a/b.yaml" if name in folders else name for name in (*SOURCES, BUILD, ".gitattributes")]
    others = ["README.md", "docs/varve.yaml.md", "varve.yaml.bak", "tenants.md", "xsops.yaml"]
    watched = watching(ROOT / file)
    assert watched.keys() == {"varve-build", "varve-check"}
    for pattern in watched.values():
        assert [path for path in (*changed, *others) if re.search(pattern, path)] == changed


def test_this_repositorys_own_hooks_leave_the_artifacts_alone_and_run_what_is_there() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    programs = {hook["entry"].split()[0] for repo in config["repos"] for hook in repo["hooks"]}
    assert re.match(config["exclude"], "build/production/shared/prometheus.yaml")
    assert not [name for name in programs if not ((ROOT / name).exists() or shutil.which(name))]


def hook(name: str, repository: Path, settings: dict[str, str]) -> tuple[int, str]:
    return run([sys.executable, "-m", "pre_commit", "run", "--all-files", name], repository, settings)


def test_the_wheel_holds_the_package_and_the_standard_library_and_no_artifact(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    library = {path for folder in ("templates", "policies") for path in (ROOT / folder).rglob("*") if path.is_file()}
    shipped = {f"varve/library/{path.relative_to(ROOT)}" for path in library if not path.name.startswith(".")}
    assert shipped
    assert shipped <= names
    assert {"varve/cli/main.py", "varve/schemas/unit.json"} <= names
    assert all(name.startswith(("varve/", "varve-")) for name in names)


def test_the_installed_wheel_is_what_runs(settings: dict[str, str], tmp_path: Path) -> None:
    where = ran(["python", "-c", "import varve; print(varve.__file__)"], tmp_path, settings).strip()
    assert not Path(where).is_relative_to(ROOT / "compiler")
    assert ran(["varve", "--version"], tmp_path, settings).startswith("varve")


def test_a_build_that_writes_stops_the_commit_once(repository: Path, settings: dict[str, str]) -> None:
    shutil.rmtree(repository / "build", ignore_errors=True)
    ran(["git", "add", "--all"], repository, settings)
    code, output = hook("varve-build", repository, settings)
    assert code == 1, output
    ran(["git", "add", "--all"], repository, settings)
    code, output = hook("varve-build", repository, settings)
    assert code == 0, output
    code, output = hook("varve-check", repository, settings)
    assert code == 0, output


def test_a_source_without_its_artifacts_fails_the_check_which_names_the_way_out(
    repository: Path, settings: dict[str, str]
) -> None:
    ran(["varve", "build"], repository, settings)
    ran(["git", "add", "--all"], repository, settings)
    artifact = next(path for path in sorted((repository / "build").rglob("*.yaml")))
    artifact.write_text(artifact.read_text() + "# by hand\n")
    ran(["git", "add", "--all"], repository, settings)
    code, output = hook("varve-check", repository, settings)
    assert code == 1
    assert artifact.relative_to(repository).as_posix() in output
    assert "varve build" in output
