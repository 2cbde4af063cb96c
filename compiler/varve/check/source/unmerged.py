"""The diagnostics of a unit whose files cannot be merged: every mistake in each of them, reported once."""

from collections.abc import Iterator

from varve.check.shape.wording import UNKNOWN_KEY
from varve.model.diagnostic import Diagnostic, Report
from varve.resolve.missing import UNKNOWN_FACT, spelling_hint


def combined(stacking: Report, files: Report) -> Iterator[Diagnostic]:
    """The diagnostics from stacking the files, and then those of each file by itself.

    Consequences of other mistakes are left out, and so are second diagnostics of the same place.
    """
    kept = [each for each in stacking if not any(_follows(each, other) for other in files)]
    places = {each.place[:2] for each in kept if each.place}
    yield from kept
    yield from (each for each in files if each.place is None or each.place[:2] not in places)


def _follows(effect: Diagnostic, cause: Diagnostic) -> bool:
    """Whether a fact is unknown only because `tenant` is not a map, or has a misspelt key instead of the fact."""
    here, there = effect.place, cause.place
    if effect.rule is not UNKNOWN_FACT or here is None or there is None:
        return False
    if there.keys == ("tenant",):
        return here.file == there.file
    # The hint for a missing fact names a similar key if the tenant has one.
    return (
        cause.rule is UNKNOWN_KEY
        and there.keys[:1] == ("tenant",)
        and effect.hint == spelling_hint(str(there.keys[-1]))
    )
