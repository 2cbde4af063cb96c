"""Output and installation: no source controls a terminal or a CI host, and no package is replaced by another.

varve loads no plugins, so there are none to attack. `test_cache` and `test_code` attack what one build leaves to
another.
"""

import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from zipfile import ZipFile

import pytest

from tests.defences.attack import Off, instead, switched_off, together
from tests.workbench import ROOT, deterministic, shell, varve
from varve.cli import init
from varve.render import document, escape

ORDER: Final = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
COMMAND: Final = re.compile(r"::(error|warning|notice) (\w+=[^:,\n]*(,\w+=[^:,\n]*)*)::[^\n]*")

bare: Final[Off] = together(
    instead(escape, "_cell", lambda character: character),
    instead(escape, "_COMMAND", re.compile("(?!)")),
    instead(escape, "escape", lambda text: text),
    instead(init, "escape", lambda text: text),
    instead(document, "re", SimpleNamespace(sub=lambda _, __, text: text)),
    instead(
        document,
        "json",
        SimpleNamespace(dumps=lambda value, indent: json.dumps(value, ensure_ascii=False, indent=indent)),
    ),
)

ORDERS: Final = {
    "an error": "::error::a",
    "a mask": "::add-mask::a",
    "an output": "::set-output name=a::b",
    "the end of orders": "::stop-commands::a",
    "an order of the older form": "##[error]a",
    "a group": "##[group]a",
    "an order to Azure": "##vso[task.setvariable variable=PATH]a",
    "an order to TeamCity": "##teamcity[buildStatus status='SUCCESS']",
    "a cleared screen": "\x1b[2J\x1b[1;1H",
    "a title of the window": "\x1b]0;a\x07",
    "a link": "\x1b]8;;https://evil.example\x07a\x1b]8;;\x07",
    "a sequence of one character": "\x9b2J",
    "a line that was never said": "a\n0 errors\n::error::b",
    "a line that is written over": "error\r0 errors",
    "a turn of direction": "\u202egpj.exe",
    "nothing to be seen": "a\u200b\u2060\ufeffb",
    "a tag": "\U000e0041",
}
NOTE: Final = f"services.checkout.labels.note{list(ORDERS).index('an order to Azure')}"
PARAMS: Final = "services.checkout.scrape.app.params"
SPOKEN: Final = (
    "explain acme production",
    "explain acme production --format json",
    f"explain acme production {NOTE}",
    f"explain acme production {NOTE} --format json",
    f"explain acme production {PARAMS}",
    f"explain acme production {PARAMS} --format json",
    f"""explain acme production '{PARAMS}["##[error]b"]'""",
    "diff HEAD~1",
    "diff HEAD~1 --format json",
    "route acme production --all --format json",
    "route acme production --tree",
    "route acme production --tree --format json",
    "route acme production 'a=##[error]b'",
    "route acme production 'a=##[error]b' --format json",
)
COMMANDS: Final = (
    *SPOKEN,
    "check",
    "check --format json",
    "check --format github",
    "build",
    "route acme production --all",
)
SHOUTED: Final = ("check", "check --format json", "check --format github", "build", "route acme production --tree")
ARGUED: Final = (
    "rule",
    "schema",
    "explain acme",
    "explain acme production",
    "route acme production",
    "route acme production a=b --at",
    "build -e",
    "check --rev",
    "check --format",
    "check",
)
NOTIFYING: Final = """
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
"""


def lines(text: str) -> Iterator[str]:
    """The lines of an output that a terminal or a CI host would interpret, except GitHub's annotations."""
    for line in text.split("\n"):
        if not line.isprintable() or (ORDER.search(line) and not COMMAND.fullmatch(line)) or "##[" in line:
            yield line


PRINTABLE: Final = [each for each in ORDERS.values() if each.isprintable()]
"""The commands that a source can contain."""


def hostile(repository: Path) -> None:
    """Write values, keys and an author with every known command."""
    written = [json.dumps(each) for each in PRINTABLE]
    production = repository / "environments/production.yaml"
    production.write_text(production.read_text().replace("platform:", f"platform:{NOTIFYING}", 1))
    notes = ", ".join(f"note{number}: {each}" for number, each in enumerate(written))
    params = ", ".join(f"{each}: [{each}]" for each in written)
    alerts = "".join(
        f"  A{number}: {{expr: up, severity: critical, summary: {each}, labels: {{own: {each}}}}}\n"
        for number, each in enumerate(written)
    )
    (repository / "tenants/acme/services/checkout.yaml").write_text(
        f"labels: {{{notes}}}\nscrape: {{app: {{targets: ['a:1'], params: {{{params}}}}}}}\nalerts:\n{alerts}"
    )
    match = json.dumps("own!=" + json.dumps(ORDERS["an order of the older form"]))
    (repository / "tenants/acme/overlays").mkdir()
    (repository / "tenants/acme/overlays/production.yaml").write_text(
        "notify:\n  receivers: {team: {email: {to: [a@acme.example]}}}\n"
        f"  routes: {{ab: {{match: {match}, receivers: [team]}}, cd: {{match: [], receivers: [team], order: 9}}}}\n"
    )
    author = " ".join(each for each in ORDERS.values() if "\n" not in each).replace("<", "")
    code, output = shell(
        f"git add -A && git commit -qm a --author {shlex.quote(author + ' <a@acme.example>')}", repository
    )
    assert code == 0, output


def broken(repository: Path) -> None:
    """Write values, keys and file names with them, in sources that are broken for it."""
    folder = repository / "tenants/acme/services"
    for number, order in enumerate(ORDERS.values()):
        written, name = json.dumps(order), order.replace("/", " ")
        (folder / f"yaml{number}.yaml").write_text(f"{written}: 1\nowner: [{written}]\nrunbook: {written}\n")
        (folder / f"json{number}.json").write_text(f'{{"contact": {{"slack": {written}}}, "depends_on": [{written}]}}')
        (folder / f"toml{number}.toml").write_text(f"{written} = 1\n")
        (folder / f"{name}.yaml").write_text("owner: 1\n")
        (repository / "tenants" / name).mkdir()
        (repository / "tenants" / name / "tenant.yaml").write_text("a: 1\n")


@pytest.fixture(scope="module")
def speaking(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound repository whose sources contain commands."""
    return _laid(hostile, begun, tmp_path_factory)


@pytest.fixture(scope="module")
def shouting(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A broken one."""
    return _laid(broken, begun, tmp_path_factory)


def _laid(lay: Callable[[Path], None], begun: Path, folders: pytest.TempPathFactory) -> Path:
    repository = folders.mktemp("hostile") / "repository"
    shutil.copytree(begun, repository)
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        lay(repository)
    return repository


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    deterministic(monkeypatch)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_in_sound_sources_are_only_text(command: str, speaking: Path) -> None:
    code, text = varve(command, speaking)
    assert code in {0, 1}
    assert list(lines(text)) == []
    assert text


@pytest.mark.parametrize("command", SPOKEN)
def test_without_escaping_they_would_be_commands(command: str, speaking: Path) -> None:
    with switched_off(bare):
        _, text = varve(command, speaking)
    assert list(lines(text)) != []


@pytest.mark.parametrize("command", SHOUTED)
def test_commands_in_broken_sources_are_only_text(command: str, shouting: Path) -> None:
    code, text = varve(command, shouting)
    assert code == 1
    assert list(lines(text)) == []
    with switched_off(bare):
        _, text = varve(command, shouting)
    assert list(lines(text)) != []


@pytest.mark.parametrize("command", ARGUED)
def test_commands_in_arguments_are_only_text(command: str, speaking: Path) -> None:
    chosen = [*ORDERS.values()][ARGUED.index(command) % 3 :: 3]
    found = [varve(f"{command} {shlex.quote(order)}", speaking)[1] for order in chosen]
    assert [line for text in found for line in lines(text)] == []
    assert "" not in found


def test_without_escaping_arguments_would_be_commands(speaking: Path) -> None:
    with switched_off(bare):
        found = [list(lines(varve(f"rule {shlex.quote(order)}", speaking)[1])) for order in ORDERS.values()]
    assert len([each for each in found if each]) > len(ORDERS) / 2


# Installation

LOCKED: Final = ROOT / "requirements/dev.txt"
PINNED: Final = re.compile(
    r"[a-z0-9-]+==[^ ;]+(?: ; [^\\]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+(?:    #.*\n)*"
)


def test_every_package_is_pinned_by_its_digest() -> None:
    locked = LOCKED.read_text()
    assert PINNED.sub("", locked).strip() == ""
    assert len(PINNED.findall(locked)) > 40


def test_a_package_without_a_digest_is_not_installed() -> None:
    (line,) = [each for each in (ROOT / "Makefile").read_text().splitlines() if "-r requirements/dev.txt" in each]
    assert "--require-hashes --only-binary :all:" in line


def wheel(folder: Path, code: str) -> str:
    """Build a package with this text, and return its digest."""
    made = folder / "varved-1.0-py3-none-any.whl"
    meta = {"METADATA": "Metadata-Version: 2.1\nName: varved\nVersion: 1.0\n", "WHEEL": WHEEL, "RECORD": ""}
    with ZipFile(made, "w") as packed:
        packed.writestr("varved.py", code)
        for name, text in meta.items():
            packed.writestr(f"varved-1.0.dist-info/{name}", text)
    return hashlib.sha256(made.read_bytes()).hexdigest()


WHEEL: Final = "Wheel-Version: 1.0\nGenerator: a\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def install(folder: Path, locked: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "locked.txt").write_text(locked)
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir", "install"]
    arguments = ["--no-index", "--find-links", str(folder), "--target", str(folder / "installed"), "-r", "locked.txt"]
    return subprocess.run([*pip, *options, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_a_package_with_another_digest_is_refused(tmp_path: Path) -> None:
    locked = f"varved==1.0 --hash=sha256:{wheel(tmp_path, 'a = 1')}\n"
    wheel(tmp_path, "a = 2")
    done = install(tmp_path, locked, "--require-hashes")
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "installed").exists()


def test_a_package_with_the_same_digest_is_installed(tmp_path: Path) -> None:
    done = install(tmp_path, f"varved==1.0 --hash=sha256:{wheel(tmp_path, 'a = 1')}\n", "--require-hashes")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "installed/varved.py").read_text() == "a = 1"


def test_without_digests_another_package_would_be_installed(tmp_path: Path) -> None:
    wheel(tmp_path, "a = 2")
    assert install(tmp_path, "varved==1.0\n").returncode == 0
    assert (tmp_path / "installed/varved.py").read_text() == "a = 2"
