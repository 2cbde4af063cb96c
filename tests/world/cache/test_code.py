"""The code of templates is recalled as it was learnt, and only if it is sealed with the repository's own secret."""

import marshal
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Final, TypeAlias

import pytest

from tests.world.cache.verdicts import COMPILER, OTHER
from varve.world.cache import code, seal
from varve.world.cache.code import SealedCode
from varve.world.cache.seal import OwnSeal
from varve.world.disk import file

NAME: Final = "templates/rules.yaml.j2"
KEY: Final = "12" * 32
PLACE: Final = "varve/templates"

Forge: TypeAlias = Callable[[Path], object]


def made(text: str) -> CodeType:
    return compile(text, "<template>", "exec")


HONEST: Final = made("said = 'honest'")
FORGED: Final = made("said = 'forged'")


def value_of(found: CodeType | None) -> object:
    """The result of running the code, or None without any."""
    known: dict[str, object] = {}
    exec(found or made("said = None"), known)  # noqa: S102 - to see which one it is
    return known["said"]


def recalled(git: Path, compiler: str = COMPILER) -> object:
    return value_of(SealedCode(git, compiler).recall(NAME, KEY))


def learn(git: Path, name: str = NAME, found: CodeType = HONEST) -> None:
    kept = SealedCode(git, COMPILER)
    kept.recall(name, KEY)
    kept.learn(name, KEY, found)
    kept.keep()


@pytest.fixture
def git(tmp_path: Path) -> Path:
    """A folder of git with the honest code."""
    (tmp_path / "git").mkdir()
    learn(tmp_path / "git")
    return tmp_path / "git"


def put(git: Path, data: bytes) -> None:
    (git / PLACE).unlink(missing_ok=True)
    (git / PLACE).write_bytes(data)


def body() -> bytes:
    return marshal.dumps({NAME: (KEY, FORGED)})


def test_learnt_code_is_known_to_the_next_run(git: Path) -> None:
    assert recalled(git) == "honest"
    assert (git / PLACE).stat().st_mode & 0o777 == 0o400
    assert sorted(path.name for path in (git / "varve").iterdir()) == ["cache-key", "templates"]


def test_code_is_found_only_by_its_template_and_key(git: Path) -> None:
    kept = SealedCode(git, COMPILER)
    assert kept.recall(NAME, "34" * 32) is None
    assert kept.recall("templates/other.yaml.j2", KEY) is None
    assert value_of(kept.recall(NAME, KEY)) == "honest"


def test_new_code_replaces_that_of_the_same_template_only(git: Path) -> None:
    learn(git, "templates/other.yaml.j2")
    learn(git, NAME, made("said = 'newer'"))
    assert recalled(git) == "newer"
    assert value_of(SealedCode(git, COMPILER).recall("templates/other.yaml.j2", KEY)) == "honest"


def test_nothing_is_written_without_new_code(git: Path) -> None:
    before = (git / PLACE).stat().st_ctime_ns
    kept = SealedCode(git, COMPILER)
    kept.recall(NAME, KEY)
    kept.keep()
    assert (git / PLACE).stat().st_ctime_ns == before


def test_another_compiler_or_another_python_finds_nothing(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recalled(git, OTHER) is None
    monkeypatch.setattr(code, "MAGIC_NUMBER", b"\0\0\r\n")
    assert recalled(git) is None


def unsealed(git: Path) -> None:
    put(git, bytes(32) + body())


def sealed_by_another(git: Path) -> None:
    """A file that was copied from another clone."""
    other = git.parent / "other"
    other.mkdir()
    learn(other, NAME, FORGED)
    put(git, (other / PLACE).read_bytes())


def under_the_honest_seal(git: Path) -> None:
    put(git, (git / PLACE).read_bytes()[:32] + body())


def sealed_for_something_else(git: Path) -> None:
    """The seal of the same bytes as those of a segment of verdicts."""
    secret = seal.find_or_create(git)
    given = secret.sign(b"varve cache 1 " + body()) if secret else None
    put(git, (given or b"") + body())


FORGERIES: Final[dict[str, Forge]] = {
    "nothing has sealed it": unsealed,
    "the secret of another clone has sealed it": sealed_by_another,
    "it stands under the seal of the honest code": under_the_honest_seal,
    "its seal is one of the cache's verdicts": sealed_for_something_else,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_code_is_not_found(forge: Forge, git: Path) -> None:
    forge(git)
    assert recalled(git) is None
    learn(git)
    assert recalled(git) == "honest"


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_code_would_be_found_without_the_seal(forge: Forge, git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forge(git)
    monkeypatch.setattr(OwnSeal, "holds", lambda *_: True)
    assert recalled(git) == "forged"


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 100, -1])
def test_truncated_code_is_not_found(length: int, git: Path) -> None:
    put(git, (git / PLACE).read_bytes()[:length])
    assert recalled(git) is None


def test_one_changed_byte_invalidates_the_seal(git: Path) -> None:
    data = (git / PLACE).read_bytes()
    for at in range(0, len(data), 7):
        put(git, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert recalled(git) is None


def test_a_link_in_its_place_is_not_followed(git: Path, tmp_path: Path) -> None:
    (git / PLACE).rename(tmp_path / "elsewhere")
    (git / PLACE).symlink_to(tmp_path / "elsewhere")
    assert recalled(git) is None


def test_a_failed_write_is_ignored(git: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learn(tmp_path / "gone")
    assert recalled(tmp_path / "gone") is None

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "create_private", full)
    learn(git, NAME, FORGED)
    assert recalled(git) == "honest"


def test_code_that_is_too_large_is_not_written(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "_LARGEST", (git / PLACE).stat().st_size)
    learn(git, "templates/other.yaml.j2")
    assert recalled(git) == "honest"
    assert SealedCode(git, COMPILER).recall("templates/other.yaml.j2", KEY) is None
