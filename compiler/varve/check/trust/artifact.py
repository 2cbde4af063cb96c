"""Whether a change edits artifacts that cannot be compiled at present, such as those kept for a broken tenant."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from varve.model.artifact import Build
from varve.model.diagnostic import Place, Report, Rule
from varve.model.unit import Unit
from varve.resolve.reporting import file_notes

KEPT_ARTIFACT = Rule(
    "check/kept-artifact",
    "Changed artifact is not compiled at present",
    "Artifacts are compiled from sources, and `varve check` compares them. But a tenant whose sources are broken "
    "keeps its old artifacts, so an edit of one would be compared with nothing. Restore it from the trusted commit; "
    "if the change mends the sources, build again, and the artifacts follow.",
)

_SHOWN: Final = 4


def refuse_kept(touched: Iterable[str], build: Build, tenants: Collection[str], report: Report) -> None:
    """Report artifacts among `touched` that are kept, or were removed, although `build` cannot compile them.

    `tenants` are those that exist: the artifacts of any other are removed with it.
    """
    kept = list(_kept(touched, build, tenants))
    if kept:
        first, *others = kept
        notes = file_notes(others, "so is this", _SHOWN)
        hint = "restore it from the trusted commit, or mend the sources that it is compiled from"
        report.add(
            KEPT_ARTIFACT, f"`{first}` is changed but is not compiled at present", Place(first), *notes, hint=hint
        )


def _kept(touched: Iterable[str], build: Build, tenants: Collection[str]) -> Iterator[str]:
    linked = {path.split("/")[1] for path in build.made if path.split("/")[2] == "shared"}
    for path in sorted(touched):
        if path not in build.made and (path in build.kept or _is_uncompiled(path, build, tenants, linked)):
            yield path


def _is_uncompiled(path: str, build: Build, tenants: Collection[str], linked: Collection[str]) -> bool:
    """Whether a removed artifact belongs to what could not be compiled: a unit, or an environment's shared files."""
    match path.split("/"):
        case [_, environment, "tenants", tenant, _, *_]:
            return tenant in tenants and Unit(tenant, environment) not in build.units
        case [_, environment, "shared", _, *_]:
            return environment not in linked
    return False
