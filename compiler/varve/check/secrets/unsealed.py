"""Whether anything in the folders of sealed files is not one, so that a secret in it could be read by everybody."""

from posixpath import basename, dirname
from typing import Final

from varve.language import credential, name
from varve.model.diagnostic import Place, Report, Rule
from varve.read.reading import Reading
from varve.read.sealed.file import holder

UNSEALED_FILE = Rule(
    "check/unsealed-file",
    "File in a folder of secrets is not sealed",
    "Whatever is in a folder of secrets is committed, and only files whose names end with `.sops.yaml`, or with "
    "`.sops` and another extension of a source, are checked to be sealed. Any other file there is probably a secret in "
    "plain text: nothing uses it, and everybody can read it. Type its values with `varve secrets edit`, which seals "
    "them, and delete the file; if SOPS has sealed it already, rename it. If it was ever committed, git's history "
    "keeps what was in it, so replace those secrets where they were issued. Besides sealed files, only documents in "
    "Markdown without credentials and empty hidden files may be there.",
)

_DOCUMENT: Final = ".md"
_REPLACE: Final = "if it was ever committed, git's history keeps it: replace the secret where it was issued"


def check(reading: Reading, path: str, report: Report) -> None:
    """Report the file at `path`, in a folder of sealed files, unless it is harmless; its content is never shown."""
    data = reading.snapshot.source(path).data
    hidden, document = basename(path).startswith("."), path.endswith(_DOCUMENT)
    if hidden and not data:
        return
    if hidden or not document:
        message = f"`{path}` is among sealed files, but its name is not that of one"
        hint = f"type its values with `{_command(path)}` and delete it; {_REPLACE}"
    elif found := next(credential.find(data), None):
        message = f"`{path}` holds {found.kind}, and is not sealed"
        hint = f"seal it with `varve secrets edit` and remove it here; {_REPLACE}"
    else:
        return
    report.add(UNSEALED_FILE, message, Place(path, sealed=True), hint=hint)


def _command(path: str) -> str:
    """The command that seals what is in the file, in the same folder, if sealed files are looked up there."""
    id_ = name.suggested_id(basename(path).lstrip(".").partition(".")[0])
    sealed = f"{dirname(path)}/{id_}.sops.yaml"
    return f"varve secrets edit {sealed}" if id_ and holder(sealed) else "varve secrets edit"
