"""What there is to say of a unit's files where nobody knows which of them speak: every mistake, and each once."""

from collections.abc import Iterator

from varve.check.shape.wording import UNKNOWN_KEY
from varve.model.diagnostic import Diagnostic, Report
from varve.resolve.lacking import UNKNOWN_FACT, meaning


def heard(stacking: Report, files: Report) -> Iterator[Diagnostic]:
    """What was said while the files were being stacked, and then what is wrong with each of them by itself.

    What follows from another mistake is left out, and so is what was said already of the same place.
    """
    kept = [each for each in stacking if not any(_follows(each, other) for other in files)]
    said = {each.place[:2] for each in kept if each.place}
    yield from kept
    yield from (each for each in files if each.place is None or each.place[:2] not in said)


def _follows(said: Diagnostic, cause: Diagnostic) -> bool:
    """Whether a fact is unknown only because `tenant` is no map, or holds another key that is nearly the fact."""
    here, there = said.place, cause.place
    if said.rule is not UNKNOWN_FACT or here is None or there is None:
        return False
    if there.keys == ("tenant",):
        return here.file == there.file
    # A fact whose name is nearly one that is said is asked of the settings, by the name of that one.
    return cause.rule is UNKNOWN_KEY and there.keys[:1] == ("tenant",) and said.hint == meaning(str(there.keys[-1]))
