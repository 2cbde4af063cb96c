"""The compiler's digest covers its files and libraries, and nothing else around them."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Final, NoReturn

import pytest

import varve
from varve.world.package import digest, installed
from varve.world.package.stamp import Stamp

FILES: Final = {"__init__.py": "x = 1\n", "check/kind.py": "", "schemas/unit.json": "{}\n", "starter/.gitignore": "*\n"}
LIBRARY: Final = {"templates/packs/slo/pack.yaml": "a: 1\n", "policies/security/x.yaml": "id: x\n"}
NEEDED: Final = {
    "varve": ("0.1.0", ["Own.Lib>=2", "plain", "extra-only; extra == 'x'"]),
    "own-lib": ("2.5", ["plain>=1", "below (>=3)", "elsewhere; sys_platform == 'win32'"]),
    "plain": ("1.0", None),
    "below": ("3.1", []),
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def checkout(folder: Path) -> Path:
    """A small checkout of varve; returns its package."""
    write(folder / "compiler/varve", FILES)
    write(folder, LIBRARY)
    return folder / "compiler/varve"


def wheel(folder: Path) -> Path:
    """The same varve as pip installs it."""
    write(folder / "site/varve", FILES)
    write(folder / "site/varve/library", LIBRARY)
    return folder / "site/varve"


def distribution(name: str) -> SimpleNamespace:
    if name not in NEEDED:
        raise metadata.PackageNotFoundError(name)
    return SimpleNamespace(version=NEEDED[name][0], requires=NEEDED[name][1])


def counted(package: Path, needed: object = distribution) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(varve, "__file__", str(package / "__init__.py"))
        patch.setattr(metadata, "distribution", needed)
        return digest.compiler.__wrapped__()


def test_a_checkout_and_a_wheel_have_one_digest(tmp_path: Path) -> None:
    assert counted(checkout(tmp_path / "a")) == counted(wheel(tmp_path / "b"))


def test_the_digest_can_be_computed_by_hand(tmp_path: Path) -> None:
    named = {f"varve/{path}": text for path, text in FILES.items()} | LIBRARY
    files = [f"{hashlib.sha256(text.encode()).hexdigest()}  {path}" for path, text in sorted(named.items())]
    text = "\n".join([*files, "below==3.1", "own-lib==2.5", "plain==1.0", "varve==0.1.0", ""])
    assert counted(wheel(tmp_path)) == hashlib.sha256(text.encode()).hexdigest()


NO_PART: Final = {
    "compiled code": {"compiler/varve/__pycache__/kind.cpython-311.pyc": "x", "compiler/varve/check/kind.pyc": "x"},
    "other line ends": {
        "compiler/varve/__init__.py": "x = 1\r\n",
        "templates/packs/slo/pack.yaml": "a: 1\r\n",
    },
    "what an editor leaves in the library": {"templates/.pack.yaml.swp": "x"},
    "what lies beside the package": {"compiler/other/x.py": "x", "tests/x.py": "x", "docs/x.md": "x"},
}


@pytest.mark.parametrize("files", NO_PART.values(), ids=NO_PART)
def test_irrelevant_files_do_not_change_the_digest(files: dict[str, str], tmp_path: Path) -> None:
    package = checkout(tmp_path)
    before = counted(package)
    write(tmp_path, files)
    assert counted(package) == before


A_PART: Final = {
    "a module": {"compiler/varve/check/kind.py": "x"},
    "a new module": {"compiler/varve/check/x.py": ""},
    "a schema": {"compiler/varve/schemas/unit.json": "{ }\n"},
    "a template": {"templates/packs/slo/pack.yaml": "a: 2\n"},
    "a policy": {"policies/security/y.yaml": "id: y\n"},
    "a file that begins with a point": {"compiler/varve/starter/.gitignore": ""},
}


@pytest.mark.parametrize("files", A_PART.values(), ids=A_PART)
def test_relevant_files_change_the_digest(files: dict[str, str], tmp_path: Path) -> None:
    package = checkout(tmp_path)
    before = counted(package)
    write(tmp_path, files)
    assert counted(package) != before


def test_renaming_a_file_changes_the_digest(tmp_path: Path) -> None:
    package = checkout(tmp_path)
    before = counted(package)
    shutil.move(package / "check/kind.py", package / "check/sort.py")
    assert counted(package) != before


@pytest.mark.parametrize("name", ["own-lib", "below", "varve"])
def test_another_version_of_a_library_changes_the_digest(name: str, tmp_path: Path) -> None:
    def newer(wanted: str) -> SimpleNamespace:
        found = distribution(wanted)
        return SimpleNamespace(version="9", requires=found.requires) if wanted == name else found

    package = checkout(tmp_path)
    assert counted(package, newer) != counted(package)


def test_a_package_that_was_never_installed_has_a_digest_of_its_own(tmp_path: Path) -> None:
    def nothing(name: str) -> SimpleNamespace:
        raise metadata.PackageNotFoundError(name)

    package = checkout(tmp_path)
    assert counted(package, nothing) not in {"", counted(package)}


def test_this_compilers_digest_is_computed_once() -> None:
    assert len(digest.compiler()) == 64
    assert digest.compiler() is digest.compiler()
    named = {line.rstrip().rpartition("  ")[2].partition("==")[0] for line in digest.lines()}
    assert {"varve/pipeline/unit.py", "varve/schemas/unit.json", "templates/packs/slo/pack.yaml", "jinja2"} <= named


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of git, beside a small compiler that has not changed for a long time."""
    package, folder = checkout(tmp_path / "own"), tmp_path / "git"
    folder.mkdir()
    monkeypatch.setattr(varve, "__file__", str(package / "__init__.py"))
    monkeypatch.setattr(metadata, "distribution", distribution)
    monkeypatch.setattr(Stamp, "is_settled", lambda *_: True)
    monkeypatch.setattr(installed, "folder", lambda: None)
    return folder


def _uncounted() -> NoReturn:
    message = "it was counted again"
    raise AssertionError(message)


def test_the_digest_is_cached(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = digest.remembered(git)
    assert first == digest.compiler.__wrapped__()
    monkeypatch.setattr(digest, "_computed", _uncounted)
    assert digest.remembered(git) == first
    assert [path.name for path in (git / "varve").iterdir()] == ["compiler"]
    assert (git / "varve").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def installation(git: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed varve in which the digest may be cached."""
    folder = git.parent / "__pycache__"
    folder.mkdir()
    monkeypatch.setattr(installed, "folder", lambda: folder)
    return folder


def test_an_installation_caches_the_digest_for_every_clone(
    git: Path, installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = digest.remembered(git)
    monkeypatch.setattr(digest, "_computed", _uncounted)
    assert digest.remembered(git.parent / "another clone") == first
    assert (installation / "varve").stat().st_mode & 0o777 == 0o700
    assert not (git / "varve").exists()


def test_the_digest_is_cached_in_the_clone_if_the_installation_is_read_only(
    git: Path, installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installation / "varve").write_text("")
    first = digest.remembered(git)
    monkeypatch.setattr(digest, "_computed", _uncounted)
    assert digest.remembered(git) == first


def test_an_edit_is_noticed(git: Path) -> None:
    first = digest.remembered(git)
    (git.parent / "own/compiler/varve/__init__.py").write_text("x = 2\n")
    assert digest.remembered(git) == digest.compiler.__wrapped__() != first


def test_the_digest_is_not_cached_just_after_a_change(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stamp, "is_settled", lambda *_: False)
    digest.remembered(git)
    assert not (git / "varve").exists()


def test_the_digest_is_not_cached_if_a_file_changes_meanwhile(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = digest.lines

    def late() -> Iterator[str]:
        yield from lines()
        (git.parent / "own/compiler/varve/__init__.py").write_text("x = 2\n")

    monkeypatch.setattr(digest, "lines", late)
    digest.remembered(git)
    assert not (git / "varve").exists()


def _folder(memo: Path) -> None:
    memo.unlink()
    memo.mkdir()


def _link(memo: Path) -> None:
    memo.rename(memo.with_name("elsewhere"))
    memo.symlink_to("elsewhere")


BROKEN: Final[dict[str, Callable[[Path], object]]] = {
    "of another compiler": lambda memo: memo.write_text("0" * 64 + memo.read_text()[64:]),
    "cut": lambda memo: memo.write_text(memo.read_text()[:-9]),
    "longer": lambda memo: memo.write_text(memo.read_text() + "x"),
    "empty": lambda memo: memo.write_text(""),
    "a link": _link,
    "a folder": _folder,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_an_invalid_cached_digest_is_computed_again(git: Path, broken: Callable[[Path], object]) -> None:
    first = digest.remembered(git)
    (git / "varve/compiler").write_text((git / "varve/compiler").read_text()[:65] + "0" * 64 + "\n")
    assert digest.remembered(git) == "0" * 64
    broken(git / "varve/compiler")
    assert digest.remembered(git) == first


def test_the_digest_is_computed_if_it_cannot_be_cached(git: Path) -> None:
    assert digest.remembered(git / "absent") == digest.compiler.__wrapped__()
    (git / "varve").write_text("")
    assert digest.remembered(git) == digest.compiler.__wrapped__()
