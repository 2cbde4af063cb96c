"""Finds copied ciphertexts: in two files, or in the folder of another owner."""

from collections.abc import Iterable, Mapping

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.sealing import Sealing
from varve.read.sealed.file import Sealed, holder

COPIED_SEAL = Rule(
    "check/copied-seal",
    "Sealed value was copied from another file",
    "SOPS does not record for which file a value was sealed: a copy of one tenant's file in another's folder opens "
    "like the original for whoever has the first tenant's key. Two sealed values, or two data keys, are never equal "
    "by chance, so one that occurs twice, or belonged to somebody else before, was copied. Seal the value anew, for "
    "its own file, and if nobody knows who copied it, replace the secret.",
)

_HINT = "seal it anew with `sops`, for this file alone"


def check(files: Iterable[Sealed], sealings: Mapping[str, Sealing], report: Report) -> None:
    """Report every file with a ciphertext that another file has, or that was first sealed for another owner.

    `sealings` says when and where ciphertexts first occurred: of two files, the one in which it occurred later is the
    copy.
    """
    by_mark: dict[str, list[Sealed]] = {}
    for sealed in files:
        for mark in sorted((*sealed.marks, sealed.seal)):
            by_mark.setdefault(mark, []).append(sealed)
    for mark, sharing in by_mark.items():
        for copy in _copies(sharing, sealings.get(mark)):
            _report(copy, sharing, sealings.get(mark), report)


def _copies(files: list[Sealed], origin: Sealing | None) -> list[Sealed]:
    """Those of the files with the same ciphertext for which it was not sealed."""
    if origin is not None:
        tenants = {owner.tenant for path in origin.paths if (owner := holder(path))}
        foreign = [each for each in files if each.holder and each.holder.tenant not in tenants]
        later = [each for each in files if each.path not in origin.paths]
        if foreign or (later and len(files) > 1):
            return foreign or later
    return files[1:]


def _report(copy: Sealed, files: list[Sealed], origin: Sealing | None, report: Report) -> None:
    place, others = Place(copy.path, sealed=True), [each.path for each in files if each.path != copy.path]
    if others:
        note, message = (
            Note("the other file", Place(others[0])),
            f"`{copy.path}` contains a value that was sealed for another file",
        )
    else:
        note = Note(f"it was first in `{min(origin.paths)}`" if origin else "it is unknown which file had it first")
        message = f"`{copy.path}` contains a value that was sealed for somebody else"
    report.add(COPIED_SEAL, message, place, note, hint=_HINT)
