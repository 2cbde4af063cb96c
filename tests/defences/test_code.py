"""Compiled code is the most dangerous thing that a run can find: attacks, twins, and without the defence.

The attacker has seen the code that an honest run wrote, and knows the key under which it is looked up. He wants an
unchanged template to write something else. He cannot read the secret in git's own folder.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

import pytest

from tests.emit.repository import ACME, repository
from tests.world.cache.verdicts import COMPILER
from varve import pipeline
from varve.emit.template.sandbox import Sandbox
from varve.pipeline import Means
from varve.world.cache.code import SealedCode
from varve.world.cache.seal import OwnSeal

SCRAPE: Final = "templates/prometheus/scrape.yaml.j2"
MADE: Final = f"{ACME}/scrape/checkout.yaml"
FORGED: Final = b"metrics_path: /forged"
PLACE: Final = "varve/templates"

Lay: TypeAlias = Callable[[Path, Path], object]


def built(git: Path) -> bytes:
    """The scrape file, after a run that reads and writes code in this folder of git."""
    codes = SealedCode(git, COMPILER)
    build = pipeline.compile(repository({}), means=Means(codes=codes))
    codes.keep()
    return build.artifacts[MADE].data


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder of git with the code that an honest run has compiled."""
    (tmp_path / "clone").mkdir()
    assert FORGED not in built(tmp_path / "clone")
    return tmp_path / "clone"


def code_of_his_own(git: Path) -> SealedCode:
    """The code of the honest run, with another template's code in place of one, under the same key."""
    kept, text = SealedCode(git, COMPILER), repository({}).contents[repository({}).entries[SCRAPE].id].decode()
    kept.recall(SCRAPE, "")
    assert kept.found
    key, _ = kept.found[SCRAPE]
    kept.learn(SCRAPE, key, Sandbox({SCRAPE: text}).compile(text + FORGED.decode(), SCRAPE))
    return kept


def sealed_in_his_clone(clone: Path, attacker: Path) -> None:
    forged = code_of_his_own(clone)
    attacker.mkdir()
    forged.folder = attacker
    forged.keep()
    (clone / PLACE).unlink()
    (clone / PLACE).write_bytes((attacker / PLACE).read_bytes())


def under_the_honest_seal(clone: Path, attacker: Path) -> None:
    seal = (clone / PLACE).read_bytes()[:32]
    sealed_in_his_clone(clone, attacker)
    (clone / PLACE).write_bytes(seal + (attacker / PLACE).read_bytes()[32:])


WAYS: Final[dict[str, Lay]] = {"sealed in his clone": sealed_in_his_clone, "with our seal": under_the_honest_seal}


@pytest.mark.parametrize("lay", WAYS.values(), ids=WAYS)
def test_forged_code_is_not_run(lay: Lay, clone: Path, tmp_path: Path) -> None:
    honest = built(clone)
    lay(clone, tmp_path / "attacker")
    assert built(clone) == honest


@pytest.mark.parametrize("lay", WAYS.values(), ids=WAYS)
def test_without_the_seal_forged_code_would_be_run(
    lay: Lay, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(clone, tmp_path / "attacker")
    monkeypatch.setattr(OwnSeal, "holds", lambda *_: True)
    assert FORGED in built(clone)


def test_honest_code_is_run_and_nothing_is_compiled(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = built(clone)

    def refuse(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(Sandbox, "_parse", refuse)
    assert built(clone) == honest


def test_no_code_lies_where_a_commit_or_another_runner_could_put_it(clone: Path) -> None:
    """It is only in git's own folder: not in `.varve/cache`, which a checkout may create, nor in the shared cache."""
    assert sorted(path.relative_to(clone).as_posix() for path in clone.rglob("*")) == [
        "varve",
        "varve/cache-key",
        "varve/templates",
    ]
