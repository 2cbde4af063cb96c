"""Nobody approves, signs or excuses a change by a trick: tried with real commits, and the real command.

Every attack is refused, its benign twin goes through, and with that one defence switched off the attack does too.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest

from tests.workbench import deterministic, shell, varve
from varve.api.policy import review as reviewing
from varve.model.diagnostic import Report
from varve.policy import settings
from varve.policy.subject import change as subject
from varve.world.git.repository import Repository
from varve.world.history import change as world
from varve.world.history.trust import Change

pytestmark = pytest.mark.usefixtures("one_kit")

TENANT: Final = "tenants/acme/tenant.yaml"
SETTINGS: Final = "policies/settings.yaml"
CHECK: Final = "check --rev HEAD --trust-base main"

Off: TypeAlias = Callable[[pytest.MonkeyPatch], None]


class Made(NamedTuple):
    """A change: its message, what is edited, git's options, and the message of a commit of the platform before it."""

    message: str
    edit: str = f"echo 'locale: fr_FR' >> {TENANT}"
    options: str = ""
    before: str = "Before"


def set_(holder: object, name: str, value: object) -> Off:
    """A patch that replaces a defence."""
    return lambda patch: patch.setattr(holder, name, value)


class Attack(NamedTuple):
    """The platform's settings, a change that a policy refuses at a file, its allowed twin, and the defence."""

    settings: str
    change: Made
    code: str
    at: str
    twin: Made
    off: Off


def judged_by_itself(patch: pytest.MonkeyPatch) -> None:
    """A change is judged by the policies that it contains."""
    judge = reviewing.judge

    def by_itself(repository: Repository, seen: Change, judged: reviewing.Judged, report: Report) -> None:
        judge(repository, seen, reviewing.Judged(judged.files, judged.files), report)

    patch.setattr(reviewing, "judge", by_itself)


def any_text_is_a_trailer(patch: pytest.MonkeyPatch) -> None:
    """Trailers are read anywhere in a commit's body."""
    patch.setattr(world, "_FORMAT", world._FORMAT.replace("%(trailers:only,unfold)", "%b"))  # noqa: SLF001


def all_commits_count(patch: pytest.MonkeyPatch) -> None:
    """Commits of other changes count as this one's."""
    records = world.records
    patch.setattr(world, "records", lambda repository, _, head, report: records(repository, None, head, report))


def the_newest_signers_count(patch: pytest.MonkeyPatch) -> None:
    """The allowed signers are those in the change itself."""
    signers = world.signers
    patch.setattr(world, "signers", lambda repository, _: signers(repository, "HEAD"))


def as_written(text: str) -> str:
    """The address of a trailer, not normalised."""
    return text.rsplit("<", maxsplit=1)[-1].rstrip(">")


def without_settings(patch: pytest.MonkeyPatch) -> None:
    """The settings do not set parameters of a policy."""
    patch.setattr(settings, "_set", lambda policy, *_: policy)


BOB: Final = "Approved-by: Bob <bob@acme.example>"
SELF: Final = set_(subject, "folded", lambda _: "")
DROP: Final = f"echo 'policies: {{approved-change: {{enabled: false}}}}' > {SETTINGS}"
BRING: Final = "cat ../eve.pub >> policies/allowed_signers"
SIGN: Final = "-c gpg.format=ssh -c user.signingkey=$PWD/../{} -c commit.gpgsign=true"
APPROVED: Final = "approved-change: {severity: error}"
OF_KIM: Final = "approved-change: {severity: error, parameters: {approvers: [kim@acme.example]}}"

ATTACKS: Final = {
    "an author approves": Attack(
        APPROVED,
        Made("Speak French\n\nApproved-by: Ada <ada@acme.example>"),
        "approved-change",
        TENANT,
        Made(f"Speak French\n\n{BOB}"),
        SELF,
    ),
    "an author approves in capitals": Attack(
        APPROVED,
        Made("Speak French\n\nApproved-by: Ada <ADA@Acme.Example>"),
        "approved-change",
        TENANT,
        Made("Speak French\n\nApproved-by: Bob <BOB@Acme.Example>"),
        set_(subject, "address", as_written),
    ),
    "an author approves in letters that look like others": Attack(
        APPROVED,
        Made("Speak French\n\nApproved-by: Ada <\u0430da@acme.example>"),
        "approved-change",
        TENANT,
        Made(f"Speak French\n\n{BOB}"),
        set_(subject, "address", as_written),
    ),
    "a letter that folds into another makes somebody who may approve": Attack(
        OF_KIM,
        Made("Speak French\n\nApproved-by: Kim <\u212aim@acme.example>"),
        "approved-change",
        TENANT,
        Made("Speak French\n\nApproved-by: Kim <Kim@acme.example>"),
        set_(subject, "address", lambda text: as_written(text).lower()),
    ),
    "an approval is quoted in the body": Attack(
        APPROVED,
        Made(f"Speak French\n\nLast time it was\n\n{BOB}\n\nand so it is now"),
        "approved-change",
        TENANT,
        Made(f"Speak French\n\nLast time it was not,\n\nand now it is\n\n{BOB}"),
        any_text_is_a_trailer,
    ),
    "somebody approves who may not": Attack(
        OF_KIM,
        Made("Speak French\n\nApproved-by: Eve <eve@acme.example>"),
        "approved-change",
        TENANT,
        Made("Speak French\n\nApproved-by: Kim <kim@acme.example>"),
        without_settings,
    ),
    "an approval of something before": Attack(
        APPROVED,
        Made("Speak French", before=f"Before\n\n{BOB}"),
        "approved-change",
        TENANT,
        Made(f"Speak French\n\n{BOB}"),
        all_commits_count,
    ),
    "who helped approves": Attack(
        "separate-approver: {severity: error}",
        Made(f"Speak French\n\nCo-authored-by: Bob <bob@acme.example>\n{BOB}"),
        "separate-approver",
        TENANT,
        Made(f"Speak French\n\nCo-authored-by: Kim <kim@acme.example>\n{BOB}"),
        set_(subject, "_CO_AUTHOR_TRAILER", "made-with"),
    ),
    "a signer commits under a name that is not theirs, and approves": Attack(
        "separate-approver: {severity: error}",
        Made(
            f"Speak French\n\n{BOB.replace('bob', 'ada')}",
            options=f"{SIGN.format('ada')} -c user.name=Bob -c user.email=bob@acme.example",
        ),
        "separate-approver",
        TENANT,
        Made(f"Speak French\n\n{BOB}", options=SIGN.format("ada")),
        set_(world, "signers", lambda *_: b""),
    ),
    "a change takes the policy away": Attack(
        APPROVED,
        Made("Less work", DROP),
        "approved-change",
        SETTINGS,
        Made(f"Less work\n\n{BOB}", DROP),
        judged_by_itself,
    ),
    "a change brings its own signer": Attack(
        "signed-change: {severity: error}",
        Made("Let me in", BRING, SIGN.format("eve")),
        "signed-change",
        "policies/allowed_signers",
        Made("Let her in", BRING, SIGN.format("ada")),
        the_newest_signers_count,
    ),
}


def settle(folder: Path, settled: str, message: str) -> None:
    """Commit the platform's settings to the trusted branch: a policy, and one signer."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / SETTINGS).write_text(f"policies: {{{settled}}}\n")
    for name in ("ada", "eve"):
        path = folder.parent / name
        command = ["/usr/bin/env", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
        subprocess.run(command, check=True)
        public = path.with_suffix(".pub")
        public.write_text(f"{name}@acme.example {public.read_text()}")
    shutil.copy(folder.parent / "ada.pub", folder / world.SIGNERS)
    well(shell(f"git add -A && git commit -qm '{message}' && git checkout -qb change", folder))


def well(outcome: tuple[int, str]) -> None:
    code, text = outcome
    assert code == 0, text


@pytest.fixture
def begin(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Made], Path]:
    """A function that makes a repository with settings and a change."""
    deterministic(monkeypatch)

    def begin(settled: str, made: Made) -> Path:
        folder = tmp_path / "work" / "repository"
        shutil.copytree(begun, folder)
        settle(folder, settled, made.before)
        well(shell(made.edit, folder))
        well(varve("build", folder))
        if "user.email" in made.options:
            monkeypatch.delenv("GIT_AUTHOR_EMAIL")
            monkeypatch.delenv("GIT_COMMITTER_EMAIL")
        well(shell(f"git add -A && git {made.options} commit -qm '{made.message}'", folder))
        return folder

    return begin


def checked(folder: Path) -> tuple[int, str]:
    return varve(CHECK, folder)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_attack_is_refused_at_its_place(attack: Attack, begin: Callable[[str, Made], Path]) -> None:
    code, text = checked(begin(attack.settings, attack.change))
    assert code == 1, text
    assert f"error[policy/{attack.code}]: " in text
    assert text.partition(f"[policy/{attack.code}]")[2].split("--> ", 1)[1].startswith(attack.at), text
    assert "= note: in commit " in text


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_its_twin_goes_through(attack: Attack, begin: Callable[[str, Made], Path]) -> None:
    code, text = checked(begin(attack.settings, attack.twin))
    assert code == 0, text


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_without_the_defence_the_attack_goes_through(
    attack: Attack, begin: Callable[[str, Made], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begin(attack.settings, attack.change)
    attack.off(monkeypatch)
    assert f"[policy/{attack.code}]" not in checked(folder)[1]


MERGED: Final = "git checkout -q --detach main && git merge -q --no-ff -m \"$(printf '{}')\" change"
HOST: Final = {"GIT_AUTHOR_NAME": "Host", "GIT_AUTHOR_EMAIL": "noreply@host.example"}
MERGES: Final = {
    "what the code host merges to be judged is the change": (f"Speak French\n\n{BOB}", "Merge it", 0),
    "who merges may say who has approved": ("Speak French", f"Merge it\\n\\n{BOB}", 0),
    "who merges does not approve for the author": ("Speak French", "Merge it\\n\\nAcked-by: ada@acme.example", 1),
}


@pytest.mark.parametrize(("message", "merge", "code"), MERGES.values(), ids=MERGES)
def test_a_merge_is_what_it_merges(
    message: str, merge: str, code: int, begin: Callable[[str, Made], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = SIGN.format("ada")
    folder = begin(
        "approved-change: {severity: error}, signed-change: {severity: error}", Made(message, options=signing)
    )
    for name, value in HOST.items():
        monkeypatch.setenv(name, value)
    well(shell("git checkout -q main && git commit -q --allow-empty -m Later", folder))
    well(shell(MERGED.format(merge), folder))
    found, text = checked(folder)
    assert (found, "by Ada <" in text) == (code, bool(code)), text


def test_an_uncommitted_change_is_not_taken_for_an_approved_one(begin: Callable[[str, Made], Path]) -> None:
    folder = begin(APPROVED, Made(f"Speak French\n\n{BOB}"))
    assert varve("check --trust-base main", folder)[0] == 0
    (folder / TENANT).write_text((folder / TENANT).read_text() + "# more\n")
    code, text = varve("check --trust-base main", folder)
    assert (code, "warning[policy/not-committed]" in text) == (0, True), text
    well(shell("git commit -qam More", folder))
    assert checked(folder)[0] == 0


def test_control_characters_and_workflow_commands_in_commits_are_escaped(
    begin: Callable[[str, Made], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The subject and the author of a change can contain any text."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "\x1b[2J::error::Ada")
    message = "S\x1b]0;owned\x07\x1b[2J::set-output name=a::b\u202e"
    folder = begin(APPROVED, Made(message))
    for format_ in ("text", "github"):
        code, text = varve(f"{CHECK} --format {format_}", folder)
        assert (code, "approved-change" in text) == (1, True), text
        assert not {"\x1b", "\x07", "\u202e"} & {*text}
        assert "\n::set-output" not in text
