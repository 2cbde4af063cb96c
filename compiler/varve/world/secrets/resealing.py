"""Seals a file again with SOPS; its plain text is only in memory and pipes, never in a file."""

from posixpath import splitext
from typing import Final, NamedTuple

from varve.check.secrets import resealed
from varve.check.secrets.resealed import Opened
from varve.language import recipient
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Source
from varve.read.sealed.file import sealed
from varve.resolve.custody import Custody
from varve.world.secrets.sops import NO_CONFIG, Access, Broken, Failure, NoKey, Sops
from varve.world.secrets.unsealing import BROKEN_SEAL, CANNOT_OPEN, Locked
from varve.write import creation

_FORMS: Final = {".json": "json"}
_FORM: Final = "yaml"
_BOTH: Final = "put the old identity and the new one into one file, so that varve can compare"
_OTHER: Final = "check whose identity this is"
_BACK: Final = "revert the change, or seal the file again"


class Resealed(NamedTuple):
    """A sealed file that was sealed again: its new bytes, and its plain text `before` and `now`, to be compared."""

    data: bytes
    before: Opened
    now: Opened


def reseal(sops: Sops, file: Locked, custody: Custody, report: Report) -> Resealed | None:
    """`file` with a new data key, for the recipients in `custody`; None, with the reason reported, if that fails."""
    path, form = file.sealed.path, form_of(file.sealed.path)
    try:
        before = _decrypted(sops, file.data, form, file.access)
    except Failure as failure:
        report_failure(path, failure, report)
        return None
    try:
        data = _sealed_anew(sops, file, custody, before)
        # The new file is checked before SOPS opens it, as any other file is.
        now = sealed(Source(path, "", data), Report())
        if now is None:
            resealed.report_unsound(path, report)
            return None
        text = _decrypted(sops, data, form, extended(file.access, custody))
        return Resealed(data, Opened(file.sealed, before), Opened(now, text))
    except NoKey:
        message = f"none of the given keys would open `{path}` once it is sealed for the platform's recipients"
        report.add(CANNOT_OPEN, message, Place(path, sealed=True), hint=_BOTH)
    except Failure as failure:
        message = f"`{path}` cannot be sealed again: {failure}"
        report.add(CANNOT_OPEN, message, Place(path, sealed=True), hint="the file stays as it was")
    return None


def form_of(path: str) -> str:
    """The format of a sealed file, as SOPS calls it."""
    return _FORMS.get(splitext(path)[1], _FORM)


def rule_file(sops: Sops, custody: Custody) -> str:
    """The path of a new configuration for SOPS that contains only the recipients in `custody`. Raises `Failure`."""
    rule = sops.home / "rule.json"
    try:
        rule.write_bytes(creation.rule(custody))
    except OSError as error:
        raise Failure(f"`{sops.home}` cannot be written: {error.strerror}") from None
    return str(rule)


def _decrypted(sops: Sops, data: bytes, form: str, access: Access) -> bytes:
    """The plain text of a file, including comments."""
    forms = ("--input-type", form, "--output-type", form)
    return sops.run((*NO_CONFIG, "decrypt", *forms, "/dev/stdin"), data, access)


def _sealed_anew(sops: Sops, file: Locked, custody: Custody, text: bytes) -> bytes:
    # `sops updatekeys` cannot change how many groups are needed, so a file for other recipients is encrypted anew.
    found = Custody(file.sealed.metadata.groups, file.sealed.metadata.threshold)
    command, given = ("rotate", file.data) if custody.is_as(found) else ("encrypt", text)
    form = form_of(file.sealed.path)
    forms = ("--input-type", form, "--output-type", form)
    arguments = ("--config", rule_file(sops, custody), command, *forms, "/dev/stdin")
    return sops.run(arguments, given, extended(file.access, custody))


def extended(access: Access, custody: Custody) -> Access:
    """`access` extended by the services and plugins that SOPS needs to seal for the recipients in `custody`."""
    kinds = frozenset(kind for key in custody.recipients if (kind := recipient.kind(key)) and kind != "age")
    plugins = any(recipient.kind(key) == "age" and not recipient.is_native(key) for key in custody.recipients)
    return access._replace(services=access.services | kinds, plugins=access.plugins or plugins)


def report_failure(path: str, failure: Failure, report: Report, otherwise: Rule = CANNOT_OPEN) -> None:
    """Report that `sops` failed for the file at `path`: by the rule `otherwise` if that is not about opening it."""
    place = Place(path, sealed=True)
    match failure:
        case Broken():
            report.add(BROKEN_SEAL, f"`{path}` was changed after it was sealed", place, hint=_BACK)
        case NoKey():
            report.add(CANNOT_OPEN, f"none of the given keys opens `{path}`", place, hint=_OTHER)
        case _:
            report.add(otherwise, f"`{path}` was not changed: {failure}", place, hint="the file stays as it was")
