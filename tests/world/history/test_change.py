"""What git records about a change: who made, approved and signed it, whatever its messages contain."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.world.work import Work, codes
from varve.model.change import Person, Record
from varve.model.diagnostic import Report
from varve.world.history import change

FILE: Final = "tenants/acme/tenant.yaml"
OTHER: Final = "environments/defaults.yaml"


@pytest.fixture
def work(begin: Callable[..., Work]) -> Work:
    """A repository with a trusted branch, and another one on which changes are made."""
    work = begin()
    work.commit({"varve.yaml": "a\n", FILE: "a\n", OTHER: "a\nb\nc\nd\ne\nf\ng\n"})
    work.git("checkout", "-q", "-b", "change")
    return work


def say(work: Work, message: str, *options: str, given: bytes | None = None, **environment: str) -> str:
    """Make an empty commit with a message, and return its id."""
    work.git(*options, "commit", "-q", "--allow-empty", "-F", "-", given=given or message.encode(), **environment)
    return work.git("rev-parse", "HEAD")


def recorded(work: Work, base: str | None = "main") -> tuple[Record, ...]:
    report = Report()
    found = change.records(work.find(), work.git("rev-parse", base) if base else None, "HEAD", report)
    assert found is not None, codes(report)
    return found


def test_everything_in_a_commit_is_recorded(work: Work) -> None:
    message = "Raise it\n\nBecause of\nload.\n\nTicket: OPS-7\nApproved-by: Bob <bob@acme.example>\n"
    work.write({"message": message})
    work.git(
        *("commit", "-q", "--allow-empty", "-F", str(work.top / "message")),
        GIT_AUTHOR_NAME="Ada",
        GIT_AUTHOR_EMAIL="ada@a",
        GIT_COMMITTER_NAME="Carl",
        GIT_COMMITTER_EMAIL="carl@a",
        GIT_COMMITTER_DATE="2026-01-02T03:04:05+02:00",
    )
    id_ = work.git("rev-parse", "HEAD")
    (found,) = recorded(work)
    assert (found.id, found.author, found.committer) == (id_, Person("Ada", "ada@a"), Person("Carl", "carl@a"))
    assert (found.time, found.subject) == ("2026-01-02T01:04:05Z", "Raise it")
    assert found.body.startswith("Because of\nload.")
    assert found.trailers == (("Ticket", "OPS-7"), ("Approved-by", "Bob <bob@acme.example>"))
    assert (found.signature, found.signer, found.has_own_changes) == ("none", "", True)


def test_commits_come_newest_first_and_none_of_the_base(work: Work) -> None:
    say(work, "one")
    say(work, "two")
    assert [each.subject for each in recorded(work)] == ["two", "one"]
    assert [each.subject for each in recorded(work, None)] == ["two", "one", "change"]
    work.git("checkout", "-q", "main")
    assert recorded(work) == ()


NO_TRAILERS: Final = {
    "a paragraph before the last": "S\n\nApproved-by: bob@x\n\nand more text\n",
    "a quoted one": "S\n\n> Approved-by: bob@x\n",
    "an indented one after text": "S\n\nas he said:\n  Approved-by: bob@x\n",
    "text without a blank line": "S\n\nwe asked\nand heard\nand waited\nApproved-by: bob@x\nand so on\n",
    "the subject": "Approved-by: bob@x\n",
}


@pytest.mark.parametrize("message", NO_TRAILERS.values(), ids=NO_TRAILERS)
def test_a_line_outside_the_trailer_block_is_no_trailer(message: str, work: Work) -> None:
    say(work, message)
    assert recorded(work)[0].trailers == ()


def test_a_trailer_may_be_folded(work: Work) -> None:
    say(work, "S\n\nReason: it was\n late\nreviewed-by: bob@x\n")
    assert recorded(work)[0].trailers == (("Reason", "it was late"), ("reviewed-by", "bob@x"))


def test_settings_of_the_repository_do_not_change_what_is_read(work: Work) -> None:
    say(work, "S\n\nApproved-by: bob@x\n", GIT_AUTHOR_EMAIL="eve@x")
    work.write({".mailmap": "Bob <bob@x> <eve@x>\n"})
    for name, value in {"trailer.separators": "=", "log.showSignature": "true", "log.mailmap": "true"}.items():
        work.git("config", name, value)
    for name, value in {"color.ui": "always", "log.decorate": "full", "log.follow": "true"}.items():
        work.git("config", name, value)
    (found,) = recorded(work)
    assert (found.author.email, found.trailers[0]) == ("eve@x", ("Approved-by", "bob@x"))


HOSTILE: Final = {
    "terminal escapes": b"S\x1b]0;pwned\x07\n\n\x1b[2J\x1b[31mApproved\n\nApproved-by: bob@x\n",
    "bytes of no encoding": b"S \xff\xfe\n\n\xc3(\n\nApproved-by: bob@x\n",
    "separators of lists": b"S\x1e\x1f\n\n\x1c\x1d%x00%H\n\nApproved-by: bob@x\n",
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_text(message: bytes, work: Work) -> None:
    say(work, "", given=message)
    say(work, "after")
    after, found = recorded(work)
    assert (after.subject, found.trailers) == ("after", (("Approved-by", "bob@x"),))
    found.body.encode()


def test_a_message_ends_at_a_null_character_as_git_shows_it(work: Work) -> None:
    """Text that no tool shows cannot approve anything."""
    raw = work.git("cat-file", "commit", say(work, "S\n\nbody")) + "\0\n\nApproved-by: bob@x\n"
    hidden = work.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=raw.encode())
    work.git("update-ref", "refs/heads/change", hidden)
    assert [each.trailers for each in recorded(work)] == [()]


def test_thousands_of_trailers_are_read(work: Work) -> None:
    say(work, "S\n\n" + "".join(f"Reviewed-by: r{number}@x\n" for number in range(9000)))
    assert len(recorded(work)[0].trailers) == 9000


TIMES: Final = {
    "0 +0000": "1970-01-01T00:00:00Z",
    "99999999999999 +0000": "9999-12-31T23:59:59Z",
    # Python parses no number with more than 4,300 digits.
    f"{'9' * 5000} +0000": "9999-12-31T23:59:59Z",
    f"{'0' * 5000}1 +0000": "1970-01-01T00:00:01Z",
    "-5 +0000": "1970-01-01T00:00:00Z",
}
TIMED: Final = ("the first", "no number of seconds", "thousands of digits", "thousands of noughts", "before the first")


@pytest.mark.parametrize(("written", "read"), TIMES.items(), ids=TIMED)
def test_any_time_in_a_commit_is_accepted(written: str, read: str, work: Work) -> None:
    raw = work.git("cat-file", "commit", say(work, "S"))
    lines = ["committer A <a@x> " + written if each[:9] == "committer" else each for each in raw.split("\n")]
    given = "\n".join(lines).encode()
    odd = work.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=given)
    work.git("update-ref", "refs/heads/change", odd)
    assert recorded(work)[0].time == read


LONG: Final = {"a body of 10 MiB": (10 << 20, 1), "too many commits": (1, change.COMMITS + 1)}


@pytest.mark.parametrize(("length", "times"), LONG.values(), ids=LONG)
def test_a_change_beyond_the_limits_is_refused(length: int, times: int, work: Work) -> None:
    commit = f"commit refs/heads/change\ncommitter A <a@x> 1700000000 +0000\ndata {length}\n{'x' * length}\n"
    work.git(
        "fast-import", "--force", "--quiet", given=f"reset refs/heads/change\nfrom main\n{commit * times}".encode()
    )
    report = Report()
    assert change.records(work.find(), work.git("rev-parse", "main"), "change", report) is None
    assert [code for code, _ in codes(report)] == ["world/long-change"]


def test_as_many_commits_as_a_change_may_have_are_read(work: Work) -> None:
    commit = "commit refs/heads/change\ncommitter A <a@x> 1700000000 +0000\ndata 1\nx\n"
    given = f"reset refs/heads/change\nfrom main\n{commit * change.COMMITS}"
    work.git("fast-import", "--force", "--quiet", given=given.encode())
    assert len(recorded(work)) == change.COMMITS


def test_a_change_beyond_the_edge_of_a_shallow_clone_is_refused(work: Work, begin: Callable[..., Work]) -> None:
    """Behind the edge of a shallow clone somebody may have written what another one signs and approves."""
    for text in ("one", "two", "three"):
        work.commit({FILE: text})
    other = begin("other")
    for refs in (("--depth=2", "change"), ("--depth=1", "main:main")):
        other.git("fetch", "-q", refs[0], f"file://{work.top}", refs[1], "--update-head-ok")
    report = Report()
    base, head = work.git("rev-parse", "main"), work.git("rev-parse", "change")
    other.git("checkout", "-q", head)
    assert change.records(other.find(), base, head, report) is None
    assert [code for code, _ in codes(report)] == ["world/shallow-history"]
    # Nothing is missing between the trusted commit and the head; older commits do not matter.
    assert change.records(other.find(), f"{head}~1", head, report) is not None


# Merges


def diverge(work: Work, mine: str, other: str, file: str = OTHER) -> None:
    """Change a file on the branch, and another or the same one on the trusted branch."""
    work.commit({FILE: mine})
    work.git("checkout", "-q", "main")
    work.commit({file: other})
    work.git("checkout", "-q", "change")


def newest(work: Work) -> Record:
    return recorded(work, None)[0]


def test_a_clean_merge_is_no_work_of_its_own(work: Work) -> None:
    diverge(work, "b\n", "b\n")
    work.git("merge", "-q", "--no-edit", "main")
    assert not newest(work).has_own_changes


EVIL: Final = {
    "a merge that adds something": ("b\n", OTHER, ("--no-commit", "main")),
    "a merge that takes back what the other side has made": ("b\n", OTHER, ("-s", "ours", "main")),
    "a merge of one file of both": ("a\nx\n", FILE, ("-X", "ours", "main")),
}


@pytest.mark.parametrize(("text", "file", "options"), EVIL.values(), ids=EVIL)
def test_a_merge_that_adds_or_discards_something_counts_as_own_work(
    text: str, file: str, options: tuple[str, ...], work: Work
) -> None:
    diverge(work, text, "x\na\n", file)
    work.git("merge", "-q", "--no-edit", *options)
    if "--no-commit" in options:
        work.commit({"environments/new.yaml": "slipped in\n"})
    assert len(work.git("rev-list", "--no-walk", "--parents", "HEAD").split()) == 3
    assert newest(work).has_own_changes


def test_a_merge_of_unrelated_histories_counts_as_own_work(work: Work) -> None:
    work.git("checkout", "-q", "--orphan", "other")
    work.commit({"environments/x.yaml": "x"})
    work.git("merge", "-q", "--no-edit", "--allow-unrelated-histories", "-X", "ours", "main")
    assert newest(work).has_own_changes


# Signatures


def key(folder: Path, name: str) -> Path:
    """A new key for signing."""
    path = folder / name
    command = ["/usr/bin/env", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def listed(who: str, path: Path) -> str:
    """A line of `allowed_signers`."""
    return f'{who} namespaces="git" {path.with_suffix(".pub").read_text("utf-8")}'


def sign(work: Work, path: Path, message: str = "S") -> str:
    """Commit a message, signed."""
    work.git("config", "gpg.format", "ssh")
    work.git("config", "user.signingkey", str(path))
    work.git("commit", "-q", "-S", "--allow-empty", "-m", message)
    return work.git("rev-parse", "HEAD")


@pytest.fixture
def signer(work: Work, tmp_path: Path) -> Path:
    """The key of a signer that the trusted branch lists."""
    path = key(tmp_path, "ada")
    work.git("checkout", "-q", "main")
    work.commit({change.SIGNERS: listed("ada@acme.example", path)})
    work.git("checkout", "-q", "-B", "change")
    return path


def test_the_signature_of_a_listed_signer_is_good(work: Work, signer: Path) -> None:
    sign(work, signer)
    (found,) = recorded(work)
    assert (found.signature, found.signer) == ("good", "ada@acme.example")


def test_the_signature_of_another_key_is_unknown(work: Work, signer: Path) -> None:
    sign(work, key(signer.parent, "eve"))
    (found,) = recorded(work)
    assert (found.signature, found.signer) == ("unknown", "")


def test_without_a_signature_there_is_none(work: Work, signer: Path) -> None:
    assert signer.is_file()
    say(work, "S")
    assert recorded(work)[0].signature == "none"


def test_a_message_that_was_changed_after_signing_is_bad(work: Work, signer: Path) -> None:
    raw = work.git("cat-file", "commit", sign(work, signer, "what was signed"))
    forged = raw.replace("what was signed", "what was not signed") + "\n"
    work.git("update-ref", "HEAD", work.git("hash-object", "-t", "commit", "-w", "--stdin", given=forged.encode()))
    (found,) = recorded(work)
    assert (found.signature, found.signer) == ("bad", "")


def test_a_signer_that_the_change_itself_lists_is_not_trusted(work: Work, signer: Path) -> None:
    eve = key(signer.parent, "eve")
    work.write({change.SIGNERS: listed("ada@acme.example", eve)})
    work.git("add", "--all")
    sign(work, eve)
    (found,) = recorded(work)
    assert (found.signature, found.signer) == ("unknown", "")
    # Once somebody has merged that list, what Eve signs after it counts.
    work.git("branch", "-f", "main")
    sign(work, eve)
    assert recorded(work)[0].signature == "good"


def test_a_signer_in_the_users_git_settings_is_not_trusted(work: Work, signer: Path) -> None:
    eve = key(signer.parent, "eve")
    own = signer.parent / "own_signers"
    own.write_text(listed("ada@acme.example", eve))
    work.git("config", "gpg.ssh.allowedSignersFile", str(own))
    sign(work, eve)
    assert recorded(work)[0].signature == "unknown"


def test_a_signature_for_another_namespace_is_not_good(work: Work, signer: Path) -> None:
    work.git("checkout", "-q", "main")
    work.commit({change.SIGNERS: listed("ada@acme.example", signer).replace('"git"', '"file"')})
    work.git("checkout", "-q", "-B", "change")
    sign(work, signer)
    assert recorded(work)[0].signature != "good"


def test_keyrings_of_the_machine_are_not_trusted(work: Work, tmp_path: Path) -> None:
    """A program that accepts every signature is installed where git looks for GnuPG."""
    program = tmp_path / "gpg"
    program.write_text(
        "#!/bin/sh\nprintf '\\n[GNUPG:] SIG_CREATED \\n[GNUPG:] GOODSIG 1 a\\n[GNUPG:] TRUST_ULTIMATE\\n'\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\n' >&1\n"
    )
    program.chmod(0o755)
    raw = work.git("cat-file", "commit", say(work, "S"))
    signed = raw.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n\n", 1)
    work.git("update-ref", "HEAD", work.git("hash-object", "-t", "commit", "-w", "--stdin", given=signed.encode()))
    work.git("config", "gpg.program", str(program))
    assert work.git("log", "-1", "--format=%G?") == "G"
    assert recorded(work)[0].signature != "good"


def test_the_signers_are_listed_beside_varve_yaml(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"ours/varve.yaml": "", "ours/policies/allowed_signers": "of ours", "policies/allowed_signers": "not"})
    repository = Work(work.top / "ours").find()
    assert change.signers(repository, "HEAD") == b"of ours"
    assert change.touched(repository, None, "HEAD") == (
        "../policies/allowed_signers",
        "policies/allowed_signers",
        "varve.yaml",
    )


def test_a_link_lists_no_signers(work: Work) -> None:
    (work.top / "policies").mkdir()
    (work.top / change.SIGNERS).symlink_to("../tenants/acme/signers")
    work.commit()
    assert change.signers(work.find(), "HEAD") == b""


# Between commits


def test_a_change_between_two_commits_has_its_paths(work: Work) -> None:
    begun = work.git("rev-parse", "HEAD")
    end = work.commit({FILE: "b", "environments/new.yaml": "x", "build/x": "y"})
    report = Report()
    found = change.change(work.find(), begun, end, report)
    assert found is not None
    assert (found.base, found.head, found.committed) == (begun, end, True)
    assert found.paths == ("build/x", "environments/new.yaml", FILE)
    first = change.change(work.find(), None, begun, report)
    assert first is not None
    assert (first.base, first.paths) == ("", (OTHER, FILE, "varve.yaml"))
    assert len(report) == 0
