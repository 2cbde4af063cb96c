"""Finds credentials in files of the history: whoever has a clone has everything that was ever committed."""

from typing import Final

from varve.language import credential
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Source

SECRET_IN_HISTORY = Rule(
    "check/secret-in-history",
    "Credential in the git history",
    "What was once committed is in every clone, whatever was committed later, and cannot be taken back. So the "
    "credential must be replaced where it was issued. Once that is done, add the file's blob to `policies/rotated`, "
    "one line each: the id, then the reason. Reports search the history; a compile does not.",
)

ROTATED: Final = "policies/rotated"
"""The list of files in the history whose credentials have been replaced and are no longer valid."""

_ABBREVIATED: Final = 12
_REPLACE: Final = "replace it where it was issued, then add the blob to `policies/rotated` with the reason"


def check(source: Source, commit: str, report: Report) -> None:
    """Report each line with a credential in a file as of a commit; no part of the credential is shown."""
    for line, found in credential.lines(source.data):
        _report(source, commit, f"{found.kind} was in line {line} of `{source.path}`", report)


def refuse(source: Source, commit: str, report: Report) -> None:
    """Report a file that is too large to be searched, so that it may contain a credential."""
    _report(source, commit, f"`{source.path}` was too large to be searched", report)


def rotated(text: str) -> frozenset[str]:
    """The blobs in a list: the first word of each line."""
    return frozenset(words[0].lower() for line in text.splitlines() if (words := line.split()))


def _report(source: Source, commit: str, message: str, report: Report) -> None:
    note = Note(f"its blob is {source.id}")
    place = Place(source.path, sealed=True)
    report.add(SECRET_IN_HISTORY, f"{message}, in commit {commit[:_ABBREVIATED]}", place, note, hint=_REPLACE)
