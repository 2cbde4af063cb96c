"""Units of a tenant that are compiled together, by the compile that wants them or at another place."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.pipeline.environment import Ground, judged_environment
from varve.pipeline.opening import Opened, Order, open_judged
from varve.pipeline.outcome import Outcome, as_it_stands
from varve.pipeline.remembering import settle_unit


class Part(NamedTuple):
    """Units of a tenant that have to be compiled: those in these environments."""

    tenant: str
    environments: tuple[str, ...]


def compile_part(opened: Opened, grounds: Sequence[Ground], part: Part) -> list[Outcome]:
    """What becomes of the units of a part; what they say alike is rendered once."""
    wanted = [ground for ground in grounds if ground.name in part.environments]
    found = [settle_unit(opened, ground, part.tenant) for ground in wanted]
    own = f"tenants/{part.tenant}/"
    # Nobody else reads what is the tenant's own; of all tenants it would be too much to hold.
    opened.reading.forget(path for each in found for path in each.asked if path.startswith(own))
    return found


def elsewhere(snapshot: Snapshot, order: Order) -> Callable[[Part], list[Outcome]] | None:
    """What compiles parts of a compile that is going on at another place, of the same sources and by the same order.

    None where the repository is broken: that compile says why. `snapshot` needs no artifacts.
    """
    said = Report()
    opened = open_judged(snapshot, order, said)
    if opened is None:
        return None
    wanted = [name for name in opened.settings.environments if order.selection.environment in (None, name)]
    settled = [judged_environment(opened, name, said).ground for name in wanted]
    return partial(compile_part, opened, [ground for ground in settled if ground is not None])


def here(opened: Opened, outcome: Outcome) -> Outcome:
    """What became of a unit wherever it was compiled: if it is broken, it keeps what stands here."""
    if outcome.made is not None:
        return outcome
    return outcome._replace(strict=as_it_stands(opened, outcome.unit).strict)
