"""Whether SOPS sealed a file as expected: the same secrets, all encrypted anew, for the right recipients."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from varve.check.secrets import custody
from varve.language import recipient
from varve.model.diagnostic import Place, Report, Rule
from varve.model.unit import Environment
from varve.read import plain
from varve.read.sealed.file import Sealed
from varve.resolve.custody import custody as custody_of
from varve.resolve.custody import environments_of

NOT_RESEALED = Rule(
    "check/not-resealed",
    "SOPS did not seal the file as expected",
    "Before it replaces a file, varve opens the old one and the new one and compares them: a rotation changes no "
    "secret, encrypts each of them anew, and seals them for exactly the recipients that the platform names. "
    "Otherwise the old file stays as it was. Check that the `sops` that is found is the one you mean.",
)

_KEPT: Final = "the file stays as it was"
_NAME_IT: Final = "let the platform name it for as long as a file has it, or seal the secret anew"


class Opened(NamedTuple):
    """A sealed file and its decrypted text, which is compared and never shown."""

    sealed: Sealed
    text: bytes


def check(before: Opened, after: Opened, environments: Sequence[Environment], report: Report) -> None:
    """Report everything that a rotation from `before` to `after` did wrong or failed to do."""
    place = Place(before.sealed.path, sealed=True)
    if before.text != after.text:
        message = f"SOPS would change the secrets in `{before.sealed.path}`"
        report.add(NOT_RESEALED, message, place, hint=_KEPT)
    if not before.sealed.marks.isdisjoint(after.sealed.marks):
        message = f"SOPS would not seal all of `{before.sealed.path}` anew"
        report.add(NOT_RESEALED, message, place, hint=_KEPT)
    diagnostics = Report()
    custody.check(after.sealed, environments, diagnostics)
    if diagnostics.broken:
        message = f"SOPS would seal `{before.sealed.path}` for other recipients than the platform names"
        report.add(NOT_RESEALED, message, place, hint=_KEPT)


def report_unsound(path: str, report: Report) -> None:
    """Report that SOPS would leave a file at `path` that varve would refuse to read."""
    message = f"SOPS would not leave a valid file at `{path}`"
    report.add(NOT_RESEALED, message, Place(path, sealed=True), hint=_KEPT)


def check_foreign_keys(sealed: Sealed, environments: Sequence[Environment], report: Report) -> None:
    """Report every key of a file that SOPS would request from a service, unless the platform names it for the file.

    Keys of age's native kind may be any: they need no request, and a rotation removes those that the platform does not
    name.
    """
    holder = sealed.holder
    expected = custody_of(holder, environments_of(holder, environments)) if holder else None
    named = expected.recipients if expected else frozenset[str]()
    for key in sorted({key for group in sealed.metadata.groups for key in group} - named):
        if not recipient.is_native(key):
            message = f"`{plain.show(key)}` would be asked to open `{sealed.path}` but is not named as a recipient"
            place = Place(sealed.path, ("sops",), "key", sealed=True)
            report.add(custody.WRONG_RECIPIENTS, message, place, hint=_NAME_IT)
