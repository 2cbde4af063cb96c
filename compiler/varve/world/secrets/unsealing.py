"""Opens sealed files, many at a time, each with the access of its holder alone."""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from posixpath import splitext
from typing import Final, NamedTuple

from varve.model.diagnostic import Place, Report, Rule
from varve.model.secret import Secret
from varve.model.source import Keys
from varve.read.sealed.file import Sealed
from varve.world.secrets.sops import Access, Broken, Failure, NoKey, Sops

CANNOT_OPEN = Rule(
    "world/cannot-open",
    "A sealed file cannot be opened",
    "SOPS tried to open the file with the holder's identity and nothing else. If no key opens it, the file was sealed "
    "for another identity, or its data key was made for somebody other than it says. SOPS's own message is not shown, "
    "because it may quote what it read.",
)
BROKEN_SEAL = Rule(
    "world/broken-seal",
    "A sealed file was changed after it was sealed",
    "SOPS seals each value with its name, and all of them together with the time. One of them is not what was sealed: "
    "somebody has changed, moved or mixed values in the file, by hand or in a merge. Revert the change, and edit "
    "sealed files only with `sops`.",
)

_FORMS: Final = {".json": "json"}
_FORM: Final = "yaml"
_ANYWHERE: Final = "check whose identity this is and, if it is the right one, seal the file again for its holder"
_BACK: Final = "revert the change, or seal the file again"


class Locked(NamedTuple):
    """A sealed file that was checked, the bytes that were checked, and the access with which it may be opened."""

    sealed: Sealed
    data: bytes
    access: Access


def unseal(sops: Sops, files: Sequence[Locked], report: Report) -> Mapping[str, Mapping[str, Secret]]:
    """The secrets of the files that could be opened, by path and name; the other files are reported."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        opened = list(threads.map(lambda each: _opened(sops, each), files))
    found = {}
    for each, outcome in zip(files, opened, strict=True):
        if isinstance(outcome, Failure):
            _report_failure(each.sealed.path, outcome, report)
        else:
            found[each.sealed.path] = outcome
    return found


def _opened(sops: Sops, file: Locked) -> Mapping[str, Secret] | Failure:
    form = _FORMS.get(splitext(file.sealed.path)[1], _FORM)
    try:
        return _secrets(sops.decrypt(file.data, form, file.access), file.sealed)
    except Failure as failure:
        return failure


def _secrets(answer: bytes, sealed: Sealed) -> dict[str, Secret]:
    """The values at the keys that the sealed file has, by name. Raises `Failure` if one is missing."""
    try:
        value = json.loads(answer, parse_int=str, parse_float=str, parse_constant=str)
        return {name: Secret(_text(value, keys).encode()) for name, keys in sealed.names.items()}
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Failure("`sops` did not return what the file contains") from None


def _text(value: object, keys: Keys) -> str:
    for key in keys:
        value = value[key]  # type: ignore[index]  # a value without keys raises `TypeError`, which is handled
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
    raise TypeError


def _report_failure(path: str, failure: Failure, report: Report) -> None:
    place = Place(path, sealed=True)
    match failure:
        case Broken():
            report.add(BROKEN_SEAL, f"`{path}` was changed after it was sealed", place, hint=_BACK)
        case NoKey():
            report.add(CANNOT_OPEN, f"none of the given keys opens `{path}`", place, hint=_ANYWHERE)
        case _:
            report.add(CANNOT_OPEN, f"`{path}` cannot be opened: {failure}", place)
