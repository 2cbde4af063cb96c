"""A hundred secrets, each command that opens them, each way in which it can fail: no secret is leaked.

Searched are the output, `build/`, `.varve`, the work tree, every object in git, temporary files, and the arguments and
environment of every program that was started. Only the folder for rendered secrets may contain any.
"""

import contextlib
import errno
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from tests.api.secrets.keyed import commit, keys, write
from tests.api.secrets.keyed import sealed as begin
from tests.keyed import recipients, seal
from tests.workbench import files, varve
from varve.check.secrets import misshapen, resealed
from varve.check.secrets.resealed import Opened
from varve.language import credential, regex
from varve.world.secrets import editor, release
from varve.world.secrets import sops as door

CANARIES: Final = {
    tenant: {f"k{number}": f'cAnArY-{tenant}-{number:03}/+~ä"x' for number in range(50)} for tenant in ("acme", "umbra")
}
EVERY: Final = [value.encode() for values in CANARIES.values() for value in values.values()]
SPELLED: Final = regex.literals(sorted({each for value in EVERY for each in credential.encodings(value)}))
JOB: Final = """\
  j%(key)s:
    targets: ["%(tenant)s-%(key)s.example:1"]
    basic_auth: {username: u, password: {secret: many/%(key)s}}
"""
COMMANDS: Final = {
    "secrets check": "secrets check",
    "verify": "secrets verify --identities {keys}",
    "verify in JSON": "secrets verify --identities {keys} --format json",
    "verify in CI": "secrets verify --identities {keys} --format github -e production",
    "verify one": "secrets verify -t acme --identity {keys}/acme.agekey",
    "render": "secrets render -e production --identities {keys} --to {folder}",
    "render in JSON": "secrets render -e staging --identities {keys} --to {folder} --format json",
    "render one": "secrets render -e production -t acme --identity {keys}/acme.agekey --to {folder}",
    "edit": "secrets edit acme/many --identities {keys}",
    "rotate": "secrets rotate --identities {keys}",
    "rotate in JSON": "secrets rotate -t acme --identity {keys}/acme.agekey --format json",
    "build": "build",
    "check": "check",
    "blame": "blame build/production/tenants/acme/scrape/many.yaml:12",
    "blame all of it": "blame build/production/tenants/acme/scrape/many.yaml --format json",
    "explain": "explain acme production",
    "diff": "diff",
    "route": "route acme production severity=critical",
}
OPENING: Final = "verify", "verify in JSON", "verify in CI", "render", "render in JSON", "edit", "rotate"
SEALING: Final = {
    "a folder that cannot be written": ("edit", "rotate"),
    "the editor fails": ("edit",),
    "the editor is killed": ("edit",),
    "sops is killed while it edits": ("edit",),
    "sops seals nothing": ("edit", "rotate", "rotate in JSON"),
}
"""Failures that only commands which seal can have; each of these must fail."""

TYPED: Final = """\
#!/bin/sh
cp $1 $1~ && cp $1 $HOME/.history && sed -i 's/x$/xy/' $1
"""


class Place:
    """The repository with its secrets, the identities, the folder to render into, and all started programs."""

    def __init__(self, root: Path, repository: Path, sops: Path) -> None:
        self.root, self.repository, self.sops = root, repository, sops
        self.keys, self.folder = root / "keys", root / "secrets"
        self.started: list[str] = []

    def run(self, command: str) -> str:
        """The exit code and the output of a command."""
        code, output = varve(COMMANDS[command].format(keys=self.keys, folder=self.folder), self.repository)
        assert code in {0, 1, 3}, output
        return f"{code} {output}"


@pytest.fixture
def place(two: Path, sops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    begin(two, sops, monkeypatch)
    found = Place(tmp_path, two, sops)
    keys(found.keys)
    for tenant, values in CANARIES.items():
        jobs = "".join(JOB % {"key": key, "tenant": tenant} for key in values)
        many = seal(sops, values, recipients(tenant))
        write(two, {f"tenants/{tenant}/services/many.yaml": f"scrape:\n{jobs}"})
        write(two, {f"tenants/{tenant}/secrets/many.sops.yaml": many})
    commit(two)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(release, "_PAUSE", 0)
    monkeypatch.setattr(editor, "is_possible", lambda *_: True)
    monkeypatch.delenv("SOPS_EDITOR", raising=False)
    monkeypatch.setenv("EDITOR", str(tmp_path / "editor"))
    script(tmp_path / "editor", TYPED)
    start = subprocess.Popen

    def watched(command: list[str], **options: Any) -> Any:  # noqa: ANN401 - whatever a process is started with
        found.started.append(repr((command, options["env"])))
        return start(command, **options)

    monkeypatch.setattr(door, "Popen", watched)
    return found


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def program(place: Place, body: str) -> Path:
    """A stand-in for `sops` that has decrypted the file to `answer`, and then misbehaves."""
    sops = shlex.quote(str(place.sops))
    version = f'case "$*" in *--version*) exec {sops} "$@";; esac'
    opened = f'sops={sops}\nanswer=$({sops} "$@" 2>/dev/null)'
    return script(
        place.root / "stand-in", f"#!/bin/sh\n{version}\n{opened if 'answer' in body else f'sops={sops}'}\n{body}\n"
    )


def _stand_in(body: str) -> Callable[[Place, pytest.MonkeyPatch], None]:
    def spoil(place: Place, patch: pytest.MonkeyPatch) -> None:
        stand_in = program(place, body)
        patch.setattr(door, "_program", lambda: stand_in)

    return spoil


def _wrong_key(place: Place, _: pytest.MonkeyPatch) -> None:
    (place.keys / "acme.agekey").write_bytes((place.keys / "umbra.agekey").read_bytes())


def _missing_key(place: Place, _: pytest.MonkeyPatch) -> None:
    (place.keys / "umbra.agekey").unlink()


def _open_key(place: Place, _: pytest.MonkeyPatch) -> None:
    (place.keys / "umbra.agekey").chmod(0o644)


def _broken_seal(place: Place, _: pytest.MonkeyPatch) -> None:
    path = place.repository / "tenants/acme/secrets/many.sops.yaml"
    path.write_bytes(path.read_bytes().replace(b"\nk7:", b"\nk77:"))


def _moved_seal(place: Place, _: pytest.MonkeyPatch) -> None:
    for tenant in ("acme", "umbra"):
        path = place.repository / f"tenants/{tenant}/secrets/many.sops.yaml"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[1:7], lines[0], *lines[7:]]))


def _file_in_the_way(place: Place, _: pytest.MonkeyPatch) -> None:
    place.folder.write_text("in the way")


def _full(_: Place, patch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr("varve.world.disk.file._write", fail)


def _bug(_: Place, patch: pytest.MonkeyPatch) -> None:
    def fail(_using: object, _sealed: object, values: dict[str, dict[str, Any]], _report: object) -> NoReturn:
        held = [each.reveal().decode() for secrets in values.values() for each in secrets.values()]
        raise RuntimeError(f"a mistake of ours with {held}", values)

    def fail_again(before: Opened, *_: object) -> NoReturn:
        raise RuntimeError(f"a mistake of ours with {before.text!r}", before)

    patch.setattr(misshapen, "check", fail)
    patch.setattr(resealed, "check", fail_again)


def _misshapen(_: Place, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(misshapen, "shape", lambda _: lambda *_: "is not what it should be")


def _no_move(_: Place, patch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    patch.setattr("varve.world.disk.file.move", fail)


def _typing(line: str) -> Callable[[Place, pytest.MonkeyPatch], None]:
    def spoil(place: Place, _: pytest.MonkeyPatch) -> None:
        script(place.root / "editor", f"#!/bin/sh\n{line}\n")

    return spoil


SAID: Final = 'printf %s "$answer"'
UNSEALING: Final = """\
for file; do :; done
case " $* " in
*" rotate "*) exec "$sops" decrypt --input-type yaml --output-type yaml /dev/stdin;;
*" edit "*) exec "$sops" decrypt --in-place "$file";;
*) exec "$sops" "$@";;
esac"""
WAYS: Final[dict[str, Callable[[Place, pytest.MonkeyPatch], None]]] = {
    "all is well": lambda *_: None,
    "the wrong key": _wrong_key,
    "no key": _missing_key,
    "a key that others can read": _open_key,
    "a name that was changed": _broken_seal,
    "values in another order": _moved_seal,
    "a file in the way": _file_in_the_way,
    "a full disk": _full,
    "a mistake of ours": _bug,
    "values of a wrong shape": _misshapen,
    "a folder that cannot be written": _no_move,
    "the editor fails": _typing("sed -i 's/x$/xy/' $1; exit 1"),
    "the editor is killed": _typing("cp $1 $HOME/.history; kill -9 $$"),
    "sops is killed while it edits": _typing("cp $1 $HOME/.history; kill -9 $PPID"),
    "sops is killed": _stand_in('printf %.2000s "$answer"; kill -9 $$'),
    "sops fails and talks": _stand_in(f"{SAID}; {SAID} >&2; exit 1"),
    "sops fails for the key and talks": _stand_in(f"{SAID} >&2; exit 128"),
    "sops says what is no JSON": _stand_in(f"printf x; {SAID}; {SAID} >&2"),
    "sops says something else": _stand_in("printf '[%s]' \"$answer\""),
    "sops says it twice": _stand_in(f"{SAID}; {SAID}"),
    "sops seals nothing": _stand_in(UNSEALING),
}


def objects(repository: Path) -> bytes:
    """Every object in git."""
    command = ["git", "-C", str(repository), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def standing(place: Place) -> Iterator[bytes]:
    for path, data in files(place.root).items():
        if not path.startswith(("secrets/", "stand-in", "editor")):
            yield path.encode() + data
    yield objects(place.repository)
    for folder in ("/dev/shm", "/run", os.environ.get("XDG_RUNTIME_DIR", "/run")):  # noqa: S108
        with contextlib.suppress(OSError):
            yield "".join(name for name in os.listdir(folder) if name.startswith("varve-")).encode()  # noqa: PTH208


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_written_anywhere_else(
    way: str, place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(EVERY) == 100
    WAYS[way](place, monkeypatch)
    opening = COMMANDS if way == "all is well" else SEALING.get(way, OPENING)
    outputs = {command: place.run(command) for command in opening}
    if way == "all is well":
        assert {command for command, text in outputs.items() if text[0] != "0"} == {"route"}
        assert "check/no-alertmanager" in outputs["route"]
        assert "is sealed" in outputs["edit"]
        assert "5 sealed files have" in outputs["rotate"]
    elif way in SEALING:
        assert {text[0] for text in outputs.values()} == {"1"}
    else:
        assert {text[0] for text in outputs.values()} & {"1", "3"}
    found = [*(text.encode() for text in (*outputs.values(), *place.started, *capfd.readouterr())), *standing(place)]
    assert not [SPELLED.search(each) for each in found if SPELLED.search(each)]


def test_the_search_would_find_each_secret() -> None:
    """The counterpart: the same search finds any of the secrets, in any spelling."""
    for value in EVERY:
        assert all(SPELLED.search(b"x" + each + b"y") for each in credential.encodings(value))
