"""Editing a sealed file with `sops edit`: its content is in the clear in a private folder, and nowhere else."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.resolve.custody import Custody
from varve.world.secrets import resealing
from varve.world.secrets.sops import Access, Broken, Failure, NoKey, Sops

NO_TERMINAL = Rule(
    "world/no-terminal",
    "There is no terminal to edit in",
    "`varve secrets edit` opens an editor, and SOPS asks in the terminal what to do with a text that it cannot read. "
    "Without a terminal nobody could answer. Programs can use `sops set`, or `sops encrypt` on a file that they have "
    "written.",
)
NOT_EDITED = Rule(
    "world/not-edited",
    "Nothing was edited",
    "The editor ended with an error or could not be started, or its result cannot be sealed as the platform requires: "
    "everything in a sealed file is encrypted, so nothing in it may be empty, and no key may end with `_unencrypted`. "
    "The file stays as it was, and what was typed is discarded, because it was in the clear.",
)

_UNCHANGED: Final = 200
_NO_EDITOR: Final = 201
_NO_KEY: Final = frozenset({111, 128})
_BROKEN: Final = frozenset({24, 25, 51, 52})
_KEPT: Final = ("EDITOR", "SOPS_EDITOR", "TERM", "COLORTERM", "TERMINFO", "TERMINFO_DIRS", "LANG", "LC_ALL", "LC_CTYPE")
_DISPLAY: Final = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")


def is_possible(path: str, report: Report) -> bool:
    """Whether there is a terminal to edit in; reported if not."""
    if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        return True
    message = f"`{path}` can only be edited in a terminal, and there is none"
    report.add(NO_TERMINAL, message, Place(path, sealed=True), hint="run the command in a terminal")
    return False


def edit(sops: Sops, path: str, data: bytes | None, custody: Custody, access: Access) -> bytes | None:
    """The new content of a sealed file, or of a new file, after editing; None if it was left unchanged.

    The plain text and the editor's home are in the private folder of `sops`, which is removed with it. Raises
    `Failure`.
    """
    file = sops.home / path.rpartition("/")[2]
    plain = sops.home / "plain"
    try:
        plain.mkdir(0o700)
        if data is not None:
            file.touch(0o600)
            file.write_bytes(data)
    except OSError as error:
        raise Failure(f"`{sops.home}` cannot be written: {error.strerror}") from None
    environment = {name: value for name in (*_KEPT, *_DISPLAY) if (value := os.environ.get(name))}
    environment["TMPDIR"] = str(plain)
    environment.setdefault("LC_ALL", environment.get("LANG", "C.UTF-8"))
    with _undisturbed():
        code = sops.run_in_terminal(
            ("--config", resealing.rule_file(sops, custody), "edit", str(file)), access, environment
        )
    return file.read_bytes() if _is_changed(code) else None


def _is_changed(code: int) -> bool:
    """Whether something was edited, by the exit code of `sops`. Raises `Failure`."""
    if code == _UNCHANGED:
        return False
    if code in _NO_KEY:
        raise NoKey("none of the given keys opens it")
    if code in _BROKEN:
        raise Broken("its content is not what was sealed")
    if code == _NO_EDITOR:
        raise Failure("the editor failed or was not found")
    if code:
        raise Failure(f"`sops` was killed by signal {-code}" if code < 0 else f"`sops` exited with {code}")
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore interrupts, which the editor handles, and turn other signals into a normal exit, so varve can clean up."""
    if current_thread() is not main_thread():
        yield
        return
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
