"""Names, paths and git: no name leads out of its folder, nothing that git could run is run, and no link is followed.

Tenants are folders, so an id is never derived from anything else; git's objects are read, not a checkout, so nothing
can change between a check and its use; and no source chooses a program, a host or a configuration.

Clones, checkouts, archives and fetched submodules do not apply: varve does none of these. Tests in `tests/world` show
that it refuses submodules, filters, LFS pointers and names that a file system would confuse.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.defences.attack import (
    Attack,
    Files,
    each,
    findings,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    switched_off,
    together,
)
from tests.workbench import BASE, varve
from tests.world.work import Work, codes
from varve import pipeline
from varve.language import name
from varve.model.diagnostic import Report
from varve.world.disk import file
from varve.world.git import allowance, attribute, command, listing
from varve.world.git import repository as around
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit, Index, View, WorkTree, resolve

TENANT: Final = "tenant: {{name: A, tier: {}, region: {}, isolation: logical, owners: [a@acme.example]}}\n"
SERVICE: Final = "alerts: {A: {expr: up > 1, severity: info, summary: a}}\n"
ALWAYS: Final = lambda *_: True  # noqa: E731

ATTACKS: Final = {
    "a service whose name is a sentence": Attack(
        {"tenants/acme/services/a b.yaml": SERVICE},
        "read/bad-id",
        {"tenants/acme/services/a-b.yaml": SERVICE},
        instead(name, "is_id", ALWAYS),
        "acme/a b",
        "tenants/acme/services/a b.yaml:1:1",
    ),
    "a tenant whose name looks like another": Attack(
        {"tenants/\u0430cme/tenant.yaml": TENANT.format("gold", "eu-west-1")},
        "read/bad-id",
        {"tenants/acme-2/tenant.yaml": TENANT.format("gold", "eu-west-1")},
        instead(name, "is_id", ALWAYS),
        "tenant: \u0430cme",
        "tenants/\u0430cme/tenant.yaml:1:1",
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


# A thousand ways up, in every field that is a name, or a part of a path

STEPS: Final = (
    *("../", "..\\", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..%c0%af", "....//", "..;/", "./../", "..//"),
    *("/../"),
)
GOALS: Final = (
    *("etc/passwd", "proc/self/environ", "tenants/beta/tenant", "environments/production", ".git/config"),
    *("secrets/slack"),
)
ODD: Final = (
    *("/", "//", "\\", "\\\\host\\share", "C:\\", "C:", "/etc/passwd", "file:///etc/passwd", "~", "~root"),
    *("$HOME", "%{tenant.id}", "CON", "nul", "aux.yaml", "com1", "lpt1", "a.", "a ", " a", ".", "..", "..."),
    *("a/.", "a/..", "a//b", "a\\b", "-", "--help", "-c", "*", "?", "[a]", "{a,b}", "a;b", "a|b", "a&b"),
    *("a`b`", "$(a)", "a'b", 'a"b', "a:b", "a@b", "a#b", "a%00b", "a\tb", "a\nb", "", "A", "aA", "a_b", "a.b"),
    *("é", "ａｂ", "tеam", "ﬁle", "a\u00adb", "a\u200bb", "İstanbul", "ß", "0a"),
    *("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "a" * 5000,
)
UPWARD: Final = (*(step * times + goal for step, times, goal in product(STEPS, range(1, 15), GOALS)), *ODD)
TEXTS: Final[dict[str, Files]] = {
    "a tier": {"tenant.yaml": TENANT.format("PAYLOAD", "eu-west-1")},
    "a region": {"tenant.yaml": TENANT.format("gold", "PAYLOAD")},
    "a locale": {"tenant.yaml": TENANT.format("gold", "eu-west-1") + "locale: PAYLOAD\n"},
    "a time zone": {"tenant.yaml": TENANT.format("gold", "eu-west-1") + "timezone: PAYLOAD\n"},
    "a pack": {"services/web.yaml": "packs: {PAYLOAD: {}}\n"},
    "a job": {"services/web.yaml": "scrape: {PAYLOAD: {targets: ['a:1']}}\n"},
    "a service of an overlay": {"overlays/production.yaml": "services: {PAYLOAD: {owner: a}}\n"},
    "a receiver": {"services/web.yaml": SERVICE, "tenant.yaml": TENANT.format("gold", "eu-west-1")
                   + "notify: {receivers: {PAYLOAD: {slack: {channel: '#a', url: {secret: slack/webhook}}}}}\n"},
    "a secret": {"tenant.yaml": TENANT.format("gold", "eu-west-1")
                 + "notify: {receivers: {team: {slack: {channel: '#a', url: {secret: PAYLOAD}}}}}\n"},
    "a reference": {"services/web.yaml": "owner: a\ndescription: '%{REFERENCE}'\n"},
}  # fmt: skip


def written(field: Files, payload: str) -> dict[str, str]:
    """The files of a tenant with the payload in one field."""
    files = {"tenant.yaml": TENANT.format("gold", "eu-west-1"), **field}
    plain = "".join(each for each in payload if each not in "'{}\n\t")
    return {
        path: str(text).replace("PAYLOAD", json.dumps(payload)).replace("REFERENCE", f"a.{plain}")
        for path, text in files.items()
    }


@pytest.mark.parametrize("field", TEXTS.values(), ids=TEXTS)
def test_no_name_leads_out_of_its_own_folder(field: Files) -> None:
    """Each payload has its own tenant: it is built in its folder, or refused in its folder."""
    settings = (BASE / "varve.yaml").read_text().replace("[staging, production]", "[production]")
    sources: Files = {
        "varve.yaml": settings,
        **{
            f"tenants/t{number:04}/{path}": text
            for number, payload in enumerate(UPWARD)
            for path, text in written(field, payload).items()
        },
    }
    build = pipeline.compile(repository({**sources, "environments/staging.yaml": None}))
    folders = {f"tenants/t{number:04}" for number in range(len(UPWARD))}
    spoken = {"/".join(each.place.file.split("/")[:2]) for each in build.diagnostics if each.place}
    made = {"/".join(path.split("/")[2:4]) for path in build.artifacts}
    assert len(UPWARD) > 1000
    assert folders <= spoken | made
    assert all(path == os.path.normpath(path) and path.isascii() for path in build.artifacts)
    assert {path.split("/")[1] for path in build.artifacts} == {"production"}


# Different names never become the same

ALIKE: Final = {
    "two dots": ("..", "read/bad-id"),
    "one dot": (".", "read/bad-id"),
    "another case": ("Acme", "read/colliding-id"),
    "an accent": ("acmé", "read/bad-id"),
    "an underscore": ("ac_me", "read/bad-id"),
    "letters that are wide": ("ａｃｍｅ", "read/bad-id"),
    "a ligature": ("ﬁ", "read/bad-id"),
    "a blank at the end": ("acme ", "read/bad-id"),
    "a dot at the end": ("acme.", "read/bad-id"),
}


@pytest.mark.parametrize(("folder", "code"), ALIKE.values(), ids=ALIKE)
def test_a_tenant_with_a_confusable_name_is_refused(folder: str, code: str) -> None:
    seen = repository({f"tenants/{folder}/tenant.yaml": TENANT.format("gold", "eu-west-1")})
    assert findings(seen, pipeline.compile(seen)) == [(code, f"tenants/{folder}/tenant.yaml:1:1")]


PARTS: Final = ("aa", "bb", "cc")
IDS: Final = ["-".join(parts) for length in (1, 2, 3) for parts in product(PARTS, repeat=length)]


def names(text: str) -> list[Any]:
    """The groups of rules and the jobs in an artifact."""
    value = yaml.safe_load(text)
    return [each.get("name") or each["job_name"] for each in value.get("groups") or value.get("scrape_configs") or []]


def test_names_of_two_tenants_cannot_collide_but_would_without_a_slash() -> None:
    sources = {f"tenants/{tenant}/tenant.yaml": TENANT.format("gold", "eu-west-1") for tenant in IDS}
    services = {
        f"tenants/{tenant}/services/{service}.yaml": "scrape: {app: {targets: ['a:1']}}\n" + SERVICE
        for tenant, service in product(IDS[:12], IDS[:12])
    }
    build = pipeline.compile(repository({**sources, **services}))
    assert build.diagnostics == ()
    mine = [path for path in build.artifacts if path.startswith("build/production/tenants/") and "/tests/" not in path]
    found = [each for path in mine for each in names(build.artifacts[path].data.decode())]
    assert len(found) > 300
    assert len(set(found)) == len(found)
    assert len({each.replace("/", "-") for each in found}) < len(found)


def test_no_two_ids_fold_into_one() -> None:
    odd = ["Aa", "AA", "a\u0430", "ａａ", "aa\u200b", "aa.", "aa ", "a_a", "áá", "a\u0301a\u0301", "ﬀ", "aa\u0000"]
    assert [each for each in odd if name.is_id(each)] == []
    assert len({each.casefold() for each in IDS}) == len(IDS)


# Links, and what git itself would run

VIEWS: Final = {"work tree": WorkTree(), "index": Index(), "commit": Commit("HEAD")}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A repository with one tenant, and a secret of the machine next to it."""
    for each_ in [each_ for each_ in os.environ if each_.startswith("GIT_")]:
        monkeypatch.delenv(each_)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    top = tmp_path / "work"
    top.mkdir()
    (tmp_path / "secret.yaml").write_text("secret: of the machine\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/secret.yaml").write_text("secret: of the machine\n")
    made = Work(top)
    made.git("init", "--quiet", "--initial-branch=main", "--template=")
    made.commit({"varve.yaml": "apiVersion: varve/v1\n", "tenants/acme/tenant.yaml": "tenant: {}\n"})
    return made


LINK: Final = "tenants/acme/services/x.yaml"
LINKS: Final = {
    "a file beside it": (LINK, "y.yaml"),
    "a file of another tenant": (LINK, "../../beta/tenant.yaml"),
    "a file of the platform": (LINK, "../../../varve.yaml"),
    "a file of the machine": (LINK, "../../../../secret.yaml"),
    "a file by its whole path": (LINK, "/etc/passwd"),
    "the environment of the process": (LINK, "/proc/self/environ"),
    "standard input": (LINK, "/dev/stdin"),
    "itself": (LINK, "x.yaml"),
    "nothing": (LINK, "nowhere"),
    "a folder of the machine": ("tenants/beta", "../../folder"),
    "the root": ("tenants/beta", "/"),
    "the tenant itself": ("tenants/acme/services", "."),
    "the folder of git": ("environments", ".git"),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize(("path", "target"), LINKS.values(), ids=LINKS)
def test_no_link_is_followed_or_even_opened(
    work: Work, path: str, target: str, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work.top / path).parent.mkdir(parents=True, exist_ok=True)
    (work.top / path).symlink_to(target)
    work.commit()
    opened = watched(monkeypatch)
    seen, report = work.snapshot(view)
    assert codes(report) == [("world/symbolic-link", path)]
    assert b"secret" not in b"".join(seen.source(each_).data for each_ in seen.entries)
    assert [each_ for each_ in opened if not each_.startswith(str(work.top))] == []


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The real paths of all files that are opened from now on."""
    opened: list[str] = []
    really: Any = os.open

    def watch(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        descriptor = really(*arguments, **named)
        opened.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        return descriptor

    monkeypatch.setattr(os, "open", watch)
    return opened


def test_a_new_link_would_be_followed_if_it_were_opened_like_a_file(work: Work) -> None:
    (work.top / "tenants/acme/x.yaml").symlink_to("../../../secret.yaml")
    assert codes(work.snapshot()[1]) == [("world/symbolic-link", "tenants/acme/x.yaml")]
    with switched_off(instead(file, "_READ", os.O_RDONLY)):
        seen, report = work.snapshot()
    assert codes(report) == []
    assert seen.source("tenants/acme/x.yaml").data == b"secret: of the machine\n"


def test_a_recorded_link_would_be_a_source_if_its_mode_said_nothing(work: Work) -> None:
    (work.top / "tenants/acme/x.yaml").symlink_to("a: b")
    work.commit()
    with switched_off(instead(listing, "_is_plain", ALWAYS)):
        seen, report = work.snapshot(Commit("HEAD"))
    assert codes(report) == []
    assert seen.source("tenants/acme/x.yaml").data == b"a: b"


def canary(work: Work, name_: str) -> Path:
    """A program that writes a file when it is run."""
    sign, program = work.top.parent / f"{name_}-ran", work.top.parent / name_
    program.write_text(f"#!/bin/sh\ntouch {sign}\ncat\n")
    program.chmod(0o755)
    return sign


def armed(work: Work) -> list[Path]:
    """Everything in a repository by which git may run a program; the files that each would write."""
    signs = [canary(work, each_) for each_ in ("fsmonitor", "filter", "hook", "pager", "diff", "editor")]
    work.commit({".gitattributes": "tenants/** filter=evil diff=evil\n", "tenants/acme/x.yaml": "a: 1\n"})
    program = str(work.top.parent)
    for key, value in {
        "core.fsmonitor": f"{program}/fsmonitor",
        "core.hooksPath": f"{program}/hooks",
        "core.pager": f"{program}/pager",
        "core.editor": f"{program}/editor",
        "filter.evil.clean": f"{program}/filter",
        "filter.evil.smudge": f"{program}/filter",
        "diff.evil.textconv": f"{program}/diff",
        "diff.external": f"{program}/diff",
    }.items():
        work.git("config", key, value)
    hooks = work.top.parent / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(f"{program}/hook")
    (work.top / "tenants/acme/x.yaml").write_text("a: 2\n")
    os.utime(work.top / ".git/index", (1, 1))  # so git has to look into files that seem to be clean
    for sign in signs:
        sign.unlink(missing_ok=True)
    return signs


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_nothing_that_a_repository_configures_is_run(work: Work, view: View) -> None:
    signs = armed(work)
    assert {code for code, _ in codes(work.snapshot(view)[1])} == {"world/altered-file"}
    assert [sign.name for sign in signs if sign.exists()] == []


def test_a_filter_would_run_if_it_were_not_disarmed(work: Work) -> None:
    signs = armed(work)
    with switched_off(instead(attribute, "disabled_filters", lambda _: {})):
        work.snapshot()
    assert "filter-ran" in [sign.name for sign in signs if sign.exists()]


def test_a_monitor_would_run_if_git_were_asked_as_usual(work: Work) -> None:
    signs = armed(work)
    with switched_off(instead(command, "_SETTINGS", {})):
        work.snapshot()
    assert "fsmonitor-ran" in [sign.name for sign in signs if sign.exists()]


COMMANDS: Final = (
    *("build", "build --rev HEAD", "check", "check --staged", "check --trust-base HEAD", "explain acme production"),
    *("route acme production severity=critical", "diff HEAD~1", "secrets check", "init made", "schema unit"),
)
INNER: Final = "tenants/acme/inner"


def nested(work: Work, *, bare: bool) -> list[Path]:
    """A repository inside a tenant's folder, with everything that git could run; the files that would be written."""
    signs = [canary(work, each_) for each_ in ("fsmonitor", "hook", "filter", "pager", "editor", "ssh")]
    inner, programs = work.top / INNER, work.top.parent
    store = inner if bare else inner / ".git"
    work.git("init", "--quiet", "--template=", *(["--bare"] if bare else []), str(inner))
    hooks = store / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(programs / "hook")
    for key, value in {
        "core.fsmonitor": programs / "fsmonitor",
        "core.hooksPath": hooks,
        "core.pager": programs / "pager",
        "core.editor": programs / "editor",
        "core.sshCommand": programs / "ssh",
        "filter.evil.clean": programs / "filter",
        "filter.evil.smudge": programs / "filter",
        "alias.status": f"!{programs}/hook",
    }.items():
        work.git("config", "--file", str(store / "config"), key, str(value))
    if bare:
        # It has a work tree nevertheless: git, called in this folder, uses this repository.
        work.git("config", "--file", str(store / "config"), "core.bare", "false")
        work.git("config", "--file", str(store / "config"), "core.worktree", ".")
    (inner / "varve.yaml").write_bytes((BASE / "varve.yaml").read_bytes())
    (inner / ".gitattributes").write_text("* filter=evil\n")
    for sign in signs:
        sign.unlink(missing_ok=True)
    return signs


def started(work: Work, begun: Path, *, bare: bool) -> list[Path]:
    """The base repository in place of `work`'s, with such a nested repository."""
    shutil.rmtree(work.top)
    shutil.copytree(begun, work.top)
    return nested(work, bare=bare)


@pytest.mark.parametrize("bare", [True, False], ids=["bare", "with a work tree"])
@pytest.mark.parametrize("folder", ["", INNER], ids=["from the top", "from inside"])
def test_nothing_that_a_repository_inside_the_repository_configures_is_run(
    work: Work, begun: Path, folder: str, *, bare: bool
) -> None:
    signs = started(work, begun, bare=bare)
    for command_ in COMMANDS:
        _, text = varve(command_, work.top / folder)
        assert "Traceback" not in text
        assert (command_, [sign.name for sign in signs if sign.exists()]) == (command_, [])


def test_a_nested_configuration_would_run_if_git_were_called_as_usual(work: Work, begun: Path) -> None:
    signs = started(work, begun, bare=True)
    as_usual = instead(command, "_SETTINGS", {})
    with switched_off(together(as_usual, instead(around, "_is_inside", lambda *_: False))):
        varve("check", work.top / INNER)
    assert "fsmonitor-ran" in [sign.name for sign in signs if sign.exists()]


def test_a_folder_that_is_not_a_repository_is_read(work: Work, begun: Path) -> None:
    shutil.rmtree(work.top)
    shutil.copytree(begun, work.top)
    work.write({f"{INNER}/README.md": "HEAD, objects, refs\n", f"{INNER}/hooks/notes.md": "none\n"})
    assert varve("check", work.top) == varve("check", begun)


# Too much, or too long

LONG: Final = {
    "a path of 4 KB": "tenants/acme/" + "/".join(["a" * 200] * 20) + "/x.yaml",
    "a name of 255 letters": "tenants/acme/services/" + "a" * 250 + ".yaml",
    "a name of 4 KB": "tenants/acme/services/" + "a" * 4000 + ".yaml",
    "a folder of 255 letters": "tenants/" + "a" * 255 + "/tenant.yaml",
    "a thousand folders": "tenants/acme/" + "a/" * 1000 + "x.yaml",
}


@pytest.mark.parametrize("path", LONG.values(), ids=LONG)
def test_a_long_name_is_refused_or_warned_of_and_breaks_nothing(work: Work, begun: Path, path: str) -> None:
    """No file system could hold some of them; a commit can."""
    shutil.rmtree(work.top)
    shutil.copytree(begun, work.top)
    id_ = work.git("hash-object", "-w", "--stdin", given=b"owner: a\n")
    work.git("update-index", "--add", "--cacheinfo", f"100644,{id_},{path}")
    code, text = varve("check --staged", work.top)
    assert re.findall(r"\[(read/[a-z-]+)\]", text) in (["read/bad-id"], ["read/unread-file"])
    assert f"--> {path}" in text
    assert code in {0, 1}


def test_a_tenant_with_too_many_files_breaks_only_itself(work: Work, begun: Path) -> None:
    shutil.rmtree(work.top)
    shutil.copytree(begun, work.top)
    with switched_off(together(instead(allowance, "FILES", 10), instead(allowance, "BYTES", 10_000))):
        for number, size, code in ((20, 1, "world/too-many-files"), (3, 5000, "world/too-much-text")):
            tenant = f"t{number}"
            work.write({f"tenants/acme/docs/{each_}.md": "a" * size for each_ in range(number)})
            work.write({f"tenants/{tenant}/tenant.yaml": TENANT.format("gold", "eu-west-1")})
            work.write({f"tenants/{tenant}/services/shop.yaml": SERVICE})
            ended, text = varve("build", work.top)
            assert (ended, text.count("error["), text.count(f"error[{code}]")) == (1, 1, 1)
            assert (work.top / f"build/production/tenants/{tenant}/rules/shop.yaml").exists()
            shutil.rmtree(work.top / "tenants/acme/docs")
    work.write({f"tenants/acme/docs/{each_}.md": "a" * 5000 for each_ in range(20)})
    assert varve("build", work.top)[0] == 0


# One state of the files, and no name that is taken for an option


def test_what_changes_after_the_snapshot_changes_nothing(work: Work) -> None:
    path = "tenants/acme/x.yaml"
    work.write({path: "before: 1\n"})
    seen, _ = work.snapshot()
    work.write({path: "after: 1\n", "tenants/acme/tenant.yaml": "after: 1\n"})
    work.git("add", "--all")
    assert seen.source(path).data == b"before: 1\n"
    assert seen.source("tenants/acme/tenant.yaml").data == b"tenant: {}\n"
    again, _ = work.snapshot()
    assert again.source(path).data == b"after: 1\n"


@pytest.mark.parametrize("option", ["--output=written", "-cwritten", "--help", "--exec-path=written", "--git-dir"])
def test_no_revision_is_an_option(work: Work, option: str) -> None:
    report = Report()
    assert resolve(work.find(), option, report) is None
    assert codes(report) == [("world/unknown-revision", "")]
    assert not list(work.top.rglob("written*"))


def test_a_name_would_be_taken_for_an_option_without_the_defence(work: Work) -> None:
    found = work.find()
    run = command.Git.run

    def unguarded(git: command.Git, *arguments: str, given: bytes = b"") -> bytes:
        kept = (each_ for each_ in arguments if each_ not in {"--end-of-options", "--verify"})
        plain = [each_.removesuffix("^{commit}") for each_ in kept]
        return run(git, *plain, given=given)

    # That git answers by an id and by nothing else is asked besides, so that is off too.
    with switched_off(together(instead(command.Git, "run", unguarded), instead(views, "_ID", re.compile(r"(?s).*")))):
        assert resolve(found, "--git-dir", Report()) is not None


# What Python would import

LIBRARIES: Final = ("yaml", "click", "jinja2", "re2", "jsonschema", "rich_click", "sitecustomize", "usercustomize")
LATER: Final = ("json", "dataclasses", "subprocess", "pathlib", "tomllib", "hashlib", "decimal", "tempfile", "logging")
"""Modules of the standard library that only varve imports: Python finds those it needs itself before varve runs."""

STARTS: Final = {
    "as it is installed": [str(Path(sys.executable).parent / "varve")],
    "as a module": [sys.executable, "-m", "varve"],
    "as a module, safely": [sys.executable, "-P", "-m", "varve"],
}


def planted(work: Work, modules: Iterable[str]) -> Path:
    """Modules at the top of a repository, and the file that each would write its name to."""
    sign = work.top.parent / "imported"
    text = f"import os; os.open({str(sign)!r} + __name__, os.O_CREAT)\n"
    work.write({f"{each_}.py": text for each_ in modules})
    work.write({"a.pth": text, "pyproject.toml": "[tool.varve]\n", ".sops.yaml": "{}\n", "tox.ini": ""})
    return sign


def imported(sign: Path) -> list[str]:
    """The names of the modules that were imported."""
    return sorted(each_.name.removeprefix(sign.name) for each_ in sign.parent.glob(sign.name + "*"))


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_no_module_of_a_repository_is_imported(work: Work, start: list[str]) -> None:
    everything = LATER if start[1:] == ["-m", "varve"] else sys.stdlib_module_names - {"__main__"}
    sign = planted(work, [*everything, *LIBRARIES])
    for command_ in ("--version", "check"):
        done = subprocess.run([*start, *command_.split()], cwd=work.top, capture_output=True, check=False)
        assert b"Traceback" not in done.stderr
    assert imported(sign) == []


def test_a_module_would_be_imported_if_python_looked_in_its_working_folder(work: Work) -> None:
    sign = planted(work, LIBRARIES)
    start = [sys.executable, "-c", "from varve.cli.main import run; run(['check'])"]
    subprocess.run(start, cwd=work.top, capture_output=True, check=False)
    assert imported(sign) != []


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_only_a_folder_called_varve_could_be_imported(work: Work, start: list[str]) -> None:
    """Python looks for the module before any of its lines is run; only `-P` and the command prevent that."""
    sign = planted(work, ("varve/__init__",))
    subprocess.run([*start, "--version"], cwd=work.top, capture_output=True, check=False)
    assert imported(sign) == (["varve"] if start[1:] == ["-m", "varve"] else [])
