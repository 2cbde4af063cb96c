"""Does a change touch artifacts that nothing compiles now: what stands for a broken tenant is not to be edited."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from varve.model.artifact import Build
from varve.model.diagnostic import Place, Report, Rule
from varve.model.unit import Unit
from varve.resolve.saying import alike

KEPT_ARTIFACT = Rule(
    "check/kept-artifact",
    "Changed artifact is not compiled at present",
    "Artifacts are compiled from sources, and `varve check` compares them. But a tenant whose sources are broken "
    "keeps its old artifacts, so an edit of one would be compared with nothing. Restore it from the trusted commit; "
    "if the change mends the sources, build again, and the artifacts follow.",
)

_SHOWN: Final = 4


def refuse_kept(touched: Iterable[str], build: Build, tenants: Collection[str], report: Report) -> None:
    """Report the artifacts among `touched` that stand, or stood, for what `build` could not make of its sources.

    `tenants` are those that are there: what stood for another one is gone with it.
    """
    kept = list(_kept(touched, build, tenants))
    if kept:
        first, *others = kept
        notes = alike(others, "so is this", _SHOWN)
        hint = "restore it from the trusted commit, or mend the sources that it is compiled from"
        report.say(
            KEPT_ARTIFACT, f"`{first}` is changed but is not compiled at present", Place(first), *notes, hint=hint
        )


def _kept(touched: Iterable[str], build: Build, tenants: Collection[str]) -> Iterator[str]:
    linked = {path.split("/")[1] for path in build.made if path.split("/")[2] == "shared"}
    for path in sorted(touched):
        if path not in build.made and (path in build.kept or _is_waited_for(path, build, tenants, linked)):
            yield path


def _is_waited_for(path: str, build: Build, tenants: Collection[str], linked: Collection[str]) -> bool:
    """Whether an artifact that is gone belongs to what could not be made: a unit, or what an environment shares."""
    match path.split("/"):
        case [_, environment, "tenants", tenant, _, *_]:
            return tenant in tenants and Unit(tenant, environment) not in build.units
        case [_, environment, "shared", _, *_]:
            return environment not in linked
    return False
