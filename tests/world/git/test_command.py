import resource
import time
from pathlib import Path

import pytest

from tests.world.work import Work, git_is
from varve.language.blob import identify
from varve.world.git import command
from varve.world.git.command import Git, GitError, MissingError, UnreadError


def test_an_error_quotes_git(work: Work) -> None:
    with pytest.raises(GitError, match=r"^Needed a single revision$"):
        Git(work.top).run("rev-parse", "--verify", "--end-of-options", "--output=x")


def test_a_null_character_in_an_argument_is_an_error(work: Work) -> None:
    with pytest.raises(GitError, match="null character"):
        Git(work.top).run("rev-parse", "a\0b")


def test_names_that_are_not_utf8_survive(work: Work) -> None:
    work.write(
        {"tenants/acme/caf\udce9.yaml".encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"): ""}
    )
    names = list(Git(work.top).records("ls-files", "--others", "-z"))
    assert names == ["tenants/acme/caf\udce9.yaml"]


def test_a_stuck_git_is_ended(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_is("exec sleep 60", tmp_path, monkeypatch)
    monkeypatch.setattr(command, "_SECONDS", 0.2)
    start = time.monotonic()
    with pytest.raises(GitError, match="did not answer"):
        Git(work.top).run("version")
    assert time.monotonic() - start < 10


_ID = "3b145b8421778bd8af2109b007f564bb53be265b"


@pytest.mark.parametrize(
    ("message", "lacking"),
    [
        (f"warning: lazy fetching disabled\nfatal: could not fetch {_ID} from promisor remote", True),
        (f"fatal: unable to read {_ID}", True),
        (f"fatal: Cannot read blob {_ID} for path tenants/acme/tenant.yaml", True),
        (f"fatal: missing blob object '{_ID}'", True),
        ("fatal: unable to read index file", False),
        (f"fatal: bad object {_ID}", False),
    ],
)
def test_a_missing_object_is_distinguished_from_other_errors(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, *, lacking: bool
) -> None:
    git_is(f'echo "{message}" >&2\nexit 128', tmp_path, monkeypatch)
    words = f"the object {_ID} is missing" if lacking else message.removeprefix("fatal: ")
    with pytest.raises(GitError, match=f"^{words}$") as refused:
        Git(work.top).run("log")
    assert isinstance(refused.value, MissingError) is lacking


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        pytest.param("tenants/acme/tenant.yaml: Permission denied", True, id="a file of the index"),
        pytest.param("warning: could not open directory 'tenants/acme/': Permission denied", True, id="a folder"),
        pytest.param("warning: could not open directory 'tenants/acme/': Input/output error", True, id="a disk"),
        pytest.param("build/dev/a.yaml: Too many levels of symbolic links", True, id="a folder that leads to itself"),
        pytest.param("warning: in the working copy of 'a', CRLF will be replaced by LF", False, id="anything else"),
    ],
)
def test_a_file_that_git_could_not_read_is_an_error(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, *, refused: bool
) -> None:
    git_is(f'echo "{message}" >&2\necho answer', tmp_path, monkeypatch)
    if not refused:
        assert Git(work.top).run("diff-files") == b"answer\n"
        return
    with pytest.raises(UnreadError, match=f"^{message.removeprefix('warning: ')}$"):
        Git(work.top).run("diff-files")


@pytest.mark.parametrize("name", [".gitattributes", ".gitignore"])
def test_a_link_in_place_of_one_of_gits_own_files_is_no_error(work: Work, name: str) -> None:
    work.commit({"tenants/acme/tenant.yaml": "a: 1\n"})
    (work.top / "tenants/acme" / name).symlink_to("elsewhere")
    found, report = work.snapshot()
    assert "tenants/acme/tenant.yaml" in found
    assert not len(report)


def test_a_git_in_the_repository_is_never_started(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = work.top / "canary"
    work.write({"git": f"#!/bin/sh\ntouch {canary}\n"})
    (work.top / "git").chmod(0o755)
    monkeypatch.chdir(work.top)
    monkeypatch.setenv("PATH", ".:/usr/local/bin:/usr/bin:/bin")
    assert Git(work.top).run("version").startswith(b"git version")
    assert not canary.exists()


def test_nothing_that_the_repository_configures_is_run(work: Work, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {canary}\ncat\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit"):
        (hooks / hook).symlink_to(program)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "filter.evil.clean", "diff.evil.textconv"):
        work.git("config", name, str(program))
    work.git("config", "core.hooksPath", str(hooks))
    work.write({".gitattributes": "* filter=evil diff=evil\n", "tenants/acme/tenant.yaml": "changed: {}\n"})
    seen, report = work.snapshot()
    assert not canary.exists()
    assert {each.rule.code for each in report} == {"world/altered-file"}
    assert not seen.entries


def test_several_commands_run_at_the_same_time(work: Work) -> None:
    git = Git(work.top)
    with git.meanwhile(("ls-files", "-z"), ("rev-parse", "HEAD")) as rest:
        assert git.run("version").startswith(b"git version")
        files, commit = rest()
    assert files == b"tenants/acme/tenant.yaml\0varve.yaml\0"
    assert commit.decode().strip() == work.git("rev-parse", "HEAD")


def test_answers_are_ready_when_all_commands_have_ended(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    git_is(f'while [ "$4" = slow ] && ! [ -e {go} ]; do sleep 0.01; done; echo "$4"', tmp_path, monkeypatch)
    with Git(work.top).meanwhile(("fast",), ("slow",)) as answers:
        assert not answers.ready
        go.touch()
        assert answers() == [b"fast\n", b"slow\n"]
        assert answers.ready


def test_a_long_output_does_not_block_git(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = tmp_path / "done"
    git_is(f"head -c 1000000 /dev/zero; touch {done}", tmp_path, monkeypatch)
    with Git(work.top).meanwhile(("much",)) as answers:
        while not done.exists():
            time.sleep(0.01)
        assert answers() == [bytes(1_000_000)]


def test_an_output_beyond_the_limit_on_file_size_is_an_error(work: Work) -> None:
    work.write({"large": "a" * 100_000})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    work.git("add", "large")
    assert len(Git(work.top).run("show", ":large")) == 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(GitError, match="ulimit"):
            Git(work.top).run("show", ":large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_error_is_raised_when_the_answers_are_requested(work: Work) -> None:
    with Git(work.top).meanwhile(("ls-files",), ("cat-file", "-t", "HEAD:absent")) as rest, pytest.raises(GitError):
        rest()


def test_a_command_that_nobody_waits_for_is_killed(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_is("exec sleep 60", tmp_path, monkeypatch)
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="ours"), Git(work.top).meanwhile(("version",), ("version",)):
        raise RuntimeError("ours")
    assert time.monotonic() - start < 10


def test_a_command_reads_its_input_in_the_background(work: Work) -> None:
    given = b"x" * (1 << 20)
    long = ("hash-object", "--stdin")
    with Git(work.top).meanwhile(long, long, given=given) as rest, Git(work.top).meanwhile(long) as nothing:
        assert Git(work.top).run("version").startswith(b"git version")
        first, second = rest()
        assert first.decode().strip() == second.decode().strip() == identify(given)
        assert [each.decode().strip() for each in nothing()] == [identify(b"")]
