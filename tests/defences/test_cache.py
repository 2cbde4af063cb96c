"""An attacker who can write to a cache can remove verdicts, and add none: attacks, twins, and without the defence.

Argo CD once trusted whatever was in its Redis (CVE-2024-31989). An attacker wants a verdict to be used that says that
his own sources are fine. He has seen everything in the cache, and has a key of his own.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest

from tests.world.cache import signing, verdicts
from tests.world.cache.conftest import unhurried
from tests.world.cache.signing import Signers, reading, writing
from tests.world.cache.verdicts import COMPILER, FOLDER, OTHER, keep, recalled, settings, verdict
from varve.model.diagnostic import Report
from varve.world.cache import level, opening, seal
from varve.world.cache.segment import Kept, Segment, pack, unpack_segment
from varve.world.cache.settings import Settings
from varve.world.cache.shelf import Item, segment_name
from varve.world.cache.signature import IDENTITY, Signature
from varve.world.git.repository import Repository

__all__ = ("unhurried",)

HONEST: Final = verdict("unit acme/production")
FORGED: Final = verdict("unit evil/production", body=b'{"fine":true,"forged":true}')
NAME: Final = FORGED.name

Off: TypeAlias = Callable[[pytest.MonkeyPatch], None]


class Scene(NamedTuple):
    """A shared folder, in which an honest job has written a segment, and the keys."""

    mount: Path
    signers: Signers

    @property
    def honest(self) -> Path:
        """The segment that the honest job has left."""
        return next(path for path in self.mount.glob("*.pack"))

    def add(self, data: bytes | None, compiler: str = COMPILER) -> None:
        """Put a segment beside the others, newer than they are."""
        assert data is not None
        (self.mount / segment_name(compiler, 1 << 62, "ffffffff")).write_bytes(data)


class Attack(NamedTuple):
    """What is done to the folder, and what has to be switched off so that the forged verdict is used."""

    do: Callable[[Scene], None]
    off: Off


def signed(key: Path | None, compiler: str = COMPILER, namespace: str = IDENTITY) -> bytes | None:
    """A segment with the forged verdict, signed with a key, or unsigned."""

    def sign(statement: bytes) -> bytes:
        command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace]
        return subprocess.run(command, input=statement, check=True, capture_output=True).stdout

    return pack([Kept(FORGED, 1)], compiler, sign if key else lambda _: b"")


def everybody_signs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Signature, "holds", lambda *_: True)


def every_digest_is_right(patch: pytest.MonkeyPatch) -> None:
    def fetch(segment: Segment, number: int) -> bytes:
        ends, read, payload = segment._ends, segment._read, segment._payload  # noqa: SLF001 - as it is, uncompared
        return read(payload + ends[number], ends[number + 1] - ends[number])

    patch.setattr(Segment, "_fetch", fetch)


def every_compiler_is_this_one(patch: pytest.MonkeyPatch) -> None:
    def unpack(*given: object) -> Segment | None:
        found = unpack_segment(*given)  # type: ignore[arg-type]
        return replace(found, compiler=COMPILER) if found else None

    patch.setattr(level, "unpack_segment", unpack)
    patch.setattr(Item, "is_of", lambda *_: True)


def unsigned(scene: Scene) -> None:
    scene.add(signed(None))


def signed_by_himself(scene: Scene) -> None:
    scene.add(signed(scene.signers.stranger))


def signed_for_something_else(scene: Scene) -> None:
    """The honest key signs commits too, and one of them contains what the attacker wanted."""
    scene.add(signed(scene.signers.known, namespace="git"))


def renamed(scene: Scene) -> None:
    """The honest verdict about another unit, under the name and the key that the attacker needs."""
    _edited(scene, (b"unit acme/production", NAME.encode()), (bytes.fromhex(HONEST.key), bytes.fromhex(FORGED.key)))


def rewritten(scene: Scene) -> None:
    """The honest verdict with another body."""
    kept = HONEST._replace(body=b'{"fine":fals}')
    assert len(kept.body) == len(HONEST.body)
    _edited(scene, (HONEST.body, kept.body))


def _edited(scene: Scene, *pairs: tuple[bytes, bytes]) -> None:
    data = scene.honest.read_bytes()
    for old, new in pairs:
        assert len(old) == len(new)
        assert old in data
        data = data.replace(old, new)
    scene.honest.unlink()
    scene.add(data)


def of_another_compiler(scene: Scene) -> None:
    """An old compiler, with a bug that is fixed by now, has signed it in good faith."""
    scene.add(signed(scene.signers.known, OTHER))


FORGERIES: Final[Mapping[str, Attack]] = {
    "nobody signed it": Attack(unsigned, everybody_signs),
    "the attacker signed it": Attack(signed_by_himself, everybody_signs),
    "it was signed for another end": Attack(signed_for_something_else, everybody_signs),
    "another unit's, under another name and key": Attack(renamed, everybody_signs),
    "another compiler's, under this one's name": Attack(of_another_compiler, every_compiler_is_this_one),
}


@pytest.fixture
def scene(tmp_path: Path, signers: Signers) -> Scene:
    (tmp_path / "mount").mkdir()
    honest = verdicts.place(tmp_path / "main")
    keep(honest, [HONEST], settings(shared=writing(tmp_path / "mount", signers)))
    return Scene(tmp_path / "mount", signers)


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    return signing.signers(tmp_path_factory.mktemp("keys"))


def found(scene: Scene, *names: str) -> list[object]:
    """The verdicts that a job of a pull request uses, in a fresh clone."""
    clone = verdicts.place(scene.mount.parent / "clone")
    return [*recalled(clone, names, settings(shared=reading(scene.mount, scene.signers)))]


@pytest.mark.parametrize("attack", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_verdict_is_not_used(attack: Attack, scene: Scene) -> None:
    attack.do(scene)
    assert found(scene, NAME) == []


@pytest.mark.parametrize("attack", FORGERIES.values(), ids=FORGERIES)
def test_without_the_defence_a_forged_verdict_would_be_used(
    attack: Attack, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack.do(scene)
    attack.off(monkeypatch)
    assert [(each.name, each.key) for each in found(scene, NAME)] == [(NAME, FORGED.key)]  # type: ignore[attr-defined]


def test_a_verdict_signed_by_the_honest_job_is_used(scene: Scene) -> None:
    assert found(scene, HONEST.name) == [HONEST]
    scene.add(signed(scene.signers.known))
    assert found(scene, NAME) == [FORGED]


def test_a_body_that_was_rewritten_is_not_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(scene)
    assert found(scene, HONEST.name) == []
    every_digest_is_right(monkeypatch)
    (forged,) = found(scene, HONEST.name)
    assert forged != HONEST


@pytest.mark.parametrize("length", [0, 7, 20, 300, -1])
def test_a_segment_that_was_cut_is_not_found(scene: Scene, length: int) -> None:
    data = scene.honest.read_bytes()
    scene.honest.write_bytes(data[:length])
    assert found(scene, HONEST.name) == []


def test_a_flood_of_garbage_does_not_hide_a_verdict(scene: Scene) -> None:
    for number in range(20):
        (scene.mount / segment_name(COMPILER, (1 << 61) + number, f"{number:08x}")).write_bytes(b"rubbish" * 1000)
    assert found(scene, HONEST.name) == [HONEST]


# The repository's own cache: a change may contain a folder `.varve/cache`, and a checkout creates it.


def own(repository: Repository, *, cache_settings: Settings | None = None) -> list[object]:
    return [*recalled(repository, [NAME], cache_settings)]


def brought(tmp_path: Path) -> Repository:
    """A clone with the attacker's own cache, as a checkout of his commit would create it."""
    attacker, clone = verdicts.place(tmp_path / "attacker"), verdicts.place(tmp_path / "clone")
    keep(attacker, [FORGED])
    keep(clone, [HONEST])
    shutil.copytree(attacker.root / FOLDER, clone.root / FOLDER, dirs_exist_ok=True)
    return clone


def test_a_cache_in_a_commit_is_not_trusted(tmp_path: Path) -> None:
    clone = brought(tmp_path)
    assert own(clone) == []
    assert recalled(clone, [HONEST.name]) == [HONEST]


def test_without_seals_a_cache_in_a_commit_would_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = brought(tmp_path)
    monkeypatch.setattr(seal.OwnSeal, "holds", lambda *_: True)
    assert own(clone) == [FORGED]


def test_the_secret_lies_where_no_commit_can_write(tmp_path: Path) -> None:
    clone = verdicts.place(tmp_path / "clone")
    keep(clone, [FORGED])
    assert own(clone) == [FORGED]
    (secret,) = (path for path in clone.root.rglob("cache-key"))
    assert secret.is_relative_to(clone.folder)
    assert secret.read_bytes() not in b"".join(path.read_bytes() for path in (clone.root / FOLDER).iterdir())


def test_the_cache_contains_only_verdicts(tmp_path: Path) -> None:
    """Only names, keys, questions, bodies and their hashes are written."""
    clone = verdicts.place(tmp_path / "clone")
    keep(clone, [HONEST])
    (data,) = [path.read_bytes() for path in (clone.root / FOLDER).glob("*.pack")]
    names = [HONEST.name, *HONEST.questions]
    assert all(each.encode() in data for each in names)
    assert len(data) < len(HONEST.body) + sum(map(len, names)) + 300
    with opening.open_cache(clone, lambda: COMPILER, settings(), Report()) as store:
        assert [*store.recall(HONEST.name)] == [HONEST]
