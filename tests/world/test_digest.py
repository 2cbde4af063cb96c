"""The digest of the compiler is that of its files and libraries, and of nothing else around them."""

import hashlib
import shutil
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

import varve
from varve.world import digest

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
    """A small varve as git checks it out, and its package."""
    write(folder / "compiler/varve", FILES)
    write(folder, LIBRARY)
    return folder / "compiler/varve"


def wheel(folder: Path) -> Path:
    """The same as pip installs it."""
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


def test_it_can_be_counted_by_hand(tmp_path: Path) -> None:
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
def test_what_decides_nothing_is_no_part_of_it(files: dict[str, str], tmp_path: Path) -> None:
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
def test_whatever_decides_something_is_a_part_of_it(files: dict[str, str], tmp_path: Path) -> None:
    package = checkout(tmp_path)
    before = counted(package)
    write(tmp_path, files)
    assert counted(package) != before


def test_a_file_under_another_name_is_another(tmp_path: Path) -> None:
    package = checkout(tmp_path)
    before = counted(package)
    shutil.move(package / "check/kind.py", package / "check/sort.py")
    assert counted(package) != before


@pytest.mark.parametrize("name", ["own-lib", "below", "varve"])
def test_another_version_of_what_is_needed_is_another_compiler(name: str, tmp_path: Path) -> None:
    def newer(asked: str) -> SimpleNamespace:
        found = distribution(asked)
        return SimpleNamespace(version="9", requires=found.requires) if asked == name else found

    package = checkout(tmp_path)
    assert counted(package, newer) != counted(package)


def test_a_package_that_was_never_installed_has_a_digest_of_its_own(tmp_path: Path) -> None:
    def nothing(asked: str) -> SimpleNamespace:
        raise metadata.PackageNotFoundError(asked)

    package = checkout(tmp_path)
    assert counted(package, nothing) not in {"", counted(package)}


def test_this_compiler_has_one_and_counts_it_once() -> None:
    assert len(digest.compiler()) == 64
    assert digest.compiler() is digest.compiler()
    named = {line.rstrip().rpartition("  ")[2].partition("==")[0] for line in digest.lines()}
    assert {"varve/pipeline/unit.py", "varve/schemas/unit.json", "templates/packs/slo/pack.yaml", "jinja2"} <= named
