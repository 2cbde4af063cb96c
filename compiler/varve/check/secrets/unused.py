"""Whether everything that is sealed is also used."""

from collections.abc import Collection

from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.read import plain
from varve.read.sealed.file import Sealed

UNUSED_SECRET = Rule(
    "check/unused-secret",
    "Secret is not used",
    "A secret that no source names is not rendered for any system but still has to be kept, rotated and guarded. "
    "Often it is left over, or its name is misspelt where it should be used; a file in a folder that does not belong "
    "to an environment is never read. Remove it, and revoke it where it was issued.",
    Severity.WARNING,
)

_HINT = "refer to it in a source as `{secret: file/key}`, or remove it"


def check(sealed: Sealed, used: Collection[tuple[str, str]], report: Report) -> None:
    """Warn of a file, or of the names in it, that are not among those `used`: pairs of a path and a name."""
    unused = [name for name in sealed.names if (sealed.path, name) not in used]
    if len(unused) == len(sealed.names):
        report.add(UNUSED_SECRET, f"nothing uses `{sealed.path}`", Place(sealed.path, sealed=True), hint=_HINT)
        return
    for name in unused:
        place = Place(sealed.path, sealed.names[name], "key", sealed=True)
        report.add(UNUSED_SECRET, f"nothing uses `{plain.show(name)}` of `{sealed.path}`", place, hint=_HINT)
