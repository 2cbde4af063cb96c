"""Finds older versions of sealed files that came back: an old secret opens as long as its key does."""

import posixpath
from collections.abc import Mapping

from varve.model.diagnostic import Place, Report, Rule
from varve.model.sealing import Sealing
from varve.read.sealed.file import Sealed

REPLAYED_SEAL = Rule(
    "check/replayed-seal",
    "Sealed file is an older version",
    "Nothing in a SOPS file shows how new it is: a version from the history still opens, and brings back a secret "
    "that was changed since, perhaps because somebody knew it. A version that was sealed anew in a later commit is "
    "refused when it comes back. Restore the newest version, or, if the old secret is meant, seal it anew with "
    "`varve secrets rotate`.",
)


def check(sealed: Sealed, sealings: Mapping[str, Sealing], report: Report) -> None:
    """Report a file whose seal it had before, followed by another one."""
    known = sealings.get(sealed.seal)
    # A file keeps its name when its format changes.
    if known is not None and _stem(sealed.path) in map(_stem, known.left):
        message = f"`{sealed.path}` is an older version, from before it was sealed anew"
        hint = "restore the newest version; if the old secret is meant, run `varve secrets rotate`"
        report.add(REPLAYED_SEAL, message, Place(sealed.path, ("sops",), "key", sealed=True), hint=hint)


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0]
