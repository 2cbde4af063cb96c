from collections.abc import Callable
from pathlib import Path

import pytest

import varve
from tests.world.work import Work
from varve.language.blob import identify
from varve.world.package import library


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small standard library, in the place where an installed package has it."""
    home = tmp_path / "site" / "varve" / "library"
    for name, text in {
        "templates/a.j2": "ours",
        "templates/b.j2": "b\r\n",
        "policies/p": "p",
        "templates/.swp": "",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(text.encode())
    monkeypatch.setattr(varve, "__file__", str(home.parent / "__init__.py"))
    return home


@pytest.mark.usefixtures("shipped")
def test_the_repositorys_own_files_override_the_library(work: Work) -> None:
    work.commit({"templates/a.j2": "theirs"})
    below = work.snapshot()[0]
    seen = library.overlay(below, work.find())
    assert seen.library == {"templates/b.j2", "policies/p"}
    assert [*seen.entries] == sorted([*below.entries, "templates/b.j2", "policies/p"])
    assert seen.source("templates/a.j2").data == b"theirs"
    assert seen.source("templates/b.j2").data == b"b\n"
    assert len(seen.contents) == len(set(seen.contents))
    assert all(identify(seen.source(path).data) == seen.entries[path].id for path in seen.entries)
    with pytest.raises(KeyError):
        seen.contents["0" * 40]


def test_settings_of_varves_own_repository_are_not_in_the_library(work: Work, shipped: Path) -> None:
    for name in ("settings.yaml", "waivers.toml", "settings-of-a-kind.yaml"):
        (shipped / "policies" / name).write_text("")
    seen = library.overlay(work.snapshot()[0], work.find())
    assert {path for path in seen.library if path.startswith("policies/")} == {
        "policies/p",
        "policies/settings-of-a-kind.yaml",
    }


@pytest.mark.usefixtures("shipped")
def test_ids_are_those_of_the_repositorys_object_format(begin: Callable[..., Work]) -> None:
    work = begin("work", "--object-format=sha256")
    work.commit({"varve.yaml": ""})
    seen = library.overlay(work.snapshot()[0], work.find())
    assert seen.entries["policies/p"].id == identify(b"p", "sha256")


def test_varves_own_repository_is_left_as_it_is(work: Work, shipped: Path) -> None:
    below = work.snapshot()[0]
    assert library.overlay(below, work.find()._replace(root=shipped)) is below


def test_a_package_without_a_library_adds_nothing(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varve, "__file__", str(tmp_path / "x/y/varve/__init__.py"))
    below = work.snapshot()[0]
    assert library.overlay(below, work.find()) is below


def test_a_checkout_of_varve_has_the_library_beside_the_compiler(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "checkout/templates").mkdir(parents=True)
    (tmp_path / "checkout/templates/x").write_text("x")
    monkeypatch.setattr(varve, "__file__", str(tmp_path / "checkout/compiler/varve/__init__.py"))
    assert library.overlay(work.snapshot()[0], work.find()).library == {"templates/x"}
