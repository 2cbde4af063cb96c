"""Invalid settings of the cache are reported, and never stop a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.world.cache import resp
from tests.world.cache.signing import Signers, reading, writing
from tests.world.cache.verdicts import COMPILER, keep, many, recalled, settings, verdict
from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.world.cache import opening, redis
from varve.world.cache.opening import open_cache
from varve.world.cache.settings import Shared
from varve.world.git.repository import Repository

NAME = verdict().name


@contextmanager
def folder(place: Path) -> Iterator[str]:
    (place / "mount").mkdir()
    yield str(place / "mount")


@contextmanager
def server(_: Path) -> Iterator[str]:
    with resp.serving("word") as held:
        yield held.url
        assert held.refused == []


@pytest.fixture(params=[folder, server], ids=lambda each: each.__name__)
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with request.param(tmp_path) as place:
        yield place


def another(repository: Repository) -> Repository:
    """A fresh clone, with nothing in its cache."""
    from tests.world.cache import verdicts

    return verdicts.place(repository.root.parent / "clone")


def test_verdicts_of_the_protected_branch_are_shared(repository: Repository, location: str, signers: Signers) -> None:
    entries = [verdict(), *many(30)]
    assert codes(keep(repository, entries, settings(shared=writing(location, signers)))) == []
    names = [each.name for each in entries]
    assert recalled(another(repository), names, settings(shared=reading(location, signers))) == entries
    assert recalled(another(repository), names) == []


def test_nothing_is_shared_without_a_key(repository: Repository, location: str, signers: Signers) -> None:
    chosen = settings(shared=reading(location, signers))
    assert codes(keep(repository, [verdict()], chosen)) == []
    assert recalled(another(repository), [NAME], chosen) == []
    assert recalled(repository, [NAME], chosen) == [verdict()]


def test_shared_segments_are_merged_too(repository: Repository, location: str, signers: Signers) -> None:
    chosen = settings(shared=writing(location, signers))
    for number in range(3):
        keep(repository, [verdict(f"unit {number}/dev")], chosen)
    place = opening.shared(repository, chosen, Report())
    assert place is not None
    assert len(place.shelf.items()) == 1
    names = [f"unit {number}/dev" for number in range(3)]
    assert len(recalled(another(repository), names, chosen)) == 3


def messages(repository: Repository, shared: Shared) -> list[str]:
    report = Report()
    with open_cache(repository, lambda: COMPILER, settings(shared=shared), report) as store:
        assert [*store.recall(NAME)] == []
        store.keep([verdict("unit other/dev")])
    assert {each.rule.severity.value for each in report} <= {"warning"}
    assert {code for code, _ in codes(report)} <= {"world/cache-setting", "world/no-shared-cache"}
    return [each.message for each in report]


@pytest.mark.parametrize("place", ["mount", "./mount", "ftp://word@host", "~/mount", "http://127.0.0.1"])
def test_an_invalid_location_is_reported_without_quoting_it(
    repository: Repository, place: str, signers: Signers
) -> None:
    (message,) = messages(repository, writing(place, signers))
    assert "neither an absolute path nor an address" in message
    assert place not in message


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/nowhere/at/all", "No such file or directory"),
        ("/proc/self/status", "Not a directory"),
        ("redis://:word@127.0.0.1:1", "it cannot be reached"),
        ("redis://:word@[", "its address cannot be read"),
    ],
)
def test_an_unusable_location_is_a_warning(repository: Repository, place: str, words: str, signers: Signers) -> None:
    assert messages(repository, writing(place, signers)) == [f"the shared cache cannot be used: {words}"]


def test_a_server_that_does_not_answer_is_a_warning(
    repository: Repository, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "_SECONDS", 0.1)
    with resp.saying(lambda: iter(())) as url:
        (message,) = messages(repository, reading(url, signers))
    assert message.endswith(("it did not answer in time", "it did not answer in time"))


def test_the_shared_cache_is_not_used_without_trusted_signers(
    repository: Repository, tmp_path: Path, signers: Signers
) -> None:
    for shared in (Shared(str(tmp_path)), Shared(str(tmp_path), None, signers.known)):
        assert messages(repository, shared) == ["the shared cache is not used, because no trusted signers are set"]
    assert not list(tmp_path.glob("*.pack"))


def committed(path: Path, repository: Repository) -> Path:
    (repository.root / "key").write_bytes(path.read_bytes())
    (repository.root / "key").chmod(0o600)
    return repository.root / "key"


def linked(path: Path, repository: Repository) -> Path:
    (repository.root.parent / "key").symlink_to(committed(path, repository))
    return repository.root.parent / "key"


def relative(path: Path, _: Repository) -> Path:
    return Path(path.name)


def gone(path: Path, _: Repository) -> Path:
    return path / "gone"


def nested(path: Path, _: Repository) -> Path:
    return path.parent


def open_to_all(path: Path, repository: Repository) -> Path:
    there = repository.root.parent / "key"
    there.write_bytes(path.read_bytes())
    there.chmod(0o666)
    return there


Making = Callable[[Path, Repository], Path]
UNSAFE = {
    "in the repository": (committed, "is inside the repository that is checked"),
    "a link into the repository": (linked, "is inside the repository that is checked"),
    "a relative path": (relative, "is not an absolute path"),
    "no file at all": (gone, "cannot be read"),
    "a folder": (nested, "is not a file"),
    "open to all": (open_to_all, "can be"),
}


@pytest.mark.parametrize("which", ["signers", "key"])
@pytest.mark.parametrize(("make", "words"), UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_file_of_signers_or_key_is_not_used(
    which: str, make: Making, words: str, repository: Repository, signers: Signers
) -> None:
    mount = repository.root.parent / "mount"
    mount.mkdir()
    chosen = writing(mount, signers)
    keep(another(repository), [verdict()], settings(shared=chosen))
    assert recalled(repository, [NAME], settings(shared=chosen)) == [verdict()]
    bent = chosen._replace(signers=make(signers.file, repository)) if which == "signers" else chosen
    bent = chosen._replace(key=make(signers.known, repository)) if which == "key" else bent
    (message,) = messages(repository, bent)
    assert words in message


def test_others_may_read_the_signers_but_not_the_key(repository: Repository, tmp_path: Path, signers: Signers) -> None:
    copied = Signers(tmp_path / "signers", tmp_path / "key", signers.stranger)
    for source, target, mode in ((signers.file, copied.file, 0o644), (signers.known, copied.known, 0o400)):
        target.write_bytes(source.read_bytes())
        target.chmod(mode)
    assert messages(repository, writing(tmp_path, copied)) == []
    copied.known.chmod(0o440)
    (message,) = messages(repository, writing(tmp_path, copied))
    assert message.endswith("can be read by others")
    copied.known.chmod(0o400)
    copied.file.chmod(0o664)
    (message,) = messages(repository, writing(tmp_path, copied))
    assert message.endswith("can be changed by others")


def test_a_file_of_another_user_is_not_used(
    repository: Repository, tmp_path: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    # Files of root are trusted for every user.
    mine = signers.file.stat().st_uid == 0
    assert (messages(repository, reading(tmp_path, signers)) == []) == mine


def test_no_file_anywhere_in_the_clone_is_used(repository: Repository, signers: Signers) -> None:
    """The repository may be below git's top level, and a change can write to the rest of the clone too."""
    top = repository.root.parent
    below = Repository(top, repository.root, repository.folder, "sha1", shallow=False)
    (top / "signers").write_bytes(signers.file.read_bytes())
    (message,) = messages(below, Shared(str(top), top / "signers"))
    assert "is inside the repository that is checked" in message


def test_the_compilers_digest_is_computed_on_first_use(repository: Repository) -> None:
    digest = Mock(return_value=COMPILER)
    with open_cache(repository, digest, settings(), Report()) as store:
        digest.assert_not_called()
        assert [*store.recall(NAME)] == []
        store.keep([verdict()])
    digest.assert_called_once_with()
    assert recalled(repository, [NAME]) == [verdict()]
