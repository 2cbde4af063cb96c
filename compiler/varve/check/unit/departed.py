"""Whether a tenant that is gone may have been renamed."""

from collections.abc import Sequence
from posixpath import basename, splitext

from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.snapshot import Snapshot

DEPARTED_TENANT = Rule(
    "check/departed-tenant",
    "A tenant is gone while a new one cannot be built",
    "The artifacts of a tenant are removed when its folder is gone. But if there is also a new tenant that cannot be "
    "built, the folder may have been renamed, and then nothing would watch that tenant any more. So the artifacts of "
    "the one stay until the other is built. A new name needs the platform's files of that name first, such as grants "
    "and recipients; the artifacts of the old one are removed by the next build that builds the new one.",
    Severity.WARNING,
)


def report_kept(tenant: str, newcomers: Sequence[str], snapshot: Snapshot, report: Report) -> None:
    """Warn that a tenant without sources keeps its artifacts, because the `newcomers` are not built."""
    files = [path for path in snapshot.under("environments") if splitext(basename(path))[0] == tenant]
    first = next(iter(snapshot.under(f"tenants/{newcomers[0]}")), f"tenants/{newcomers[0]}")
    names = " or ".join(f"`{each}`" for each in newcomers)
    message = f"`{tenant}` is gone but keeps its artifacts until {names} is built, which may be its new name"
    notes = (Note(f"this still has the name `{tenant}`", Place(path)) for path in files)
    hint = f"if it was renamed, rename `{files[0]}` too" if files else f"correct `{newcomers[0]}`, and build everything"
    report.add(DEPARTED_TENANT, message, Place(first), *notes, hint=hint)
