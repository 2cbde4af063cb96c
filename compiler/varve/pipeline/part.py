"""Units of one tenant that are compiled together, in this process or in another one."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.pipeline.environment import Ground, judged_environment
from varve.pipeline.opening import Opened, Order, open_judged
from varve.pipeline.outcome import Outcome, kept_outcome
from varve.pipeline.remembering import compile_with_verdict


class Part(NamedTuple):
    """The units of one tenant, in these environments, that have to be compiled."""

    tenant: str
    environments: tuple[str, ...]


def compile_part(opened: Opened, grounds: Sequence[Ground], part: Part) -> list[Outcome]:
    """The outcomes of the units of a part; artifacts that several of them have in common are rendered once."""
    wanted = [ground for ground in grounds if ground.name in part.environments]
    found = [compile_with_verdict(opened, ground, part.tenant) for ground in wanted]
    folder = f"tenants/{part.tenant}/"
    # Only this tenant's units read its own files; those of all tenants would take too much memory.
    opened.reading.forget(path for each in found for path in each.questions if path.startswith(folder))
    return found


def part_compiler(snapshot: Snapshot, order: Order) -> Callable[[Part], list[Outcome]] | None:
    """A function that compiles parts for a compile in another process, which has the same sources and order.

    None where the repository is broken, which that compile reports. `snapshot` need not contain any artifacts.
    """
    report = Report()
    opened = open_judged(snapshot, order, report)
    if opened is None:
        return None
    wanted = [name for name in opened.settings.environments if order.selection.environment in (None, name)]
    grounds = [judged_environment(opened, name, report).ground for name in wanted]
    return partial(compile_part, opened, [ground for ground in grounds if ground is not None])


def with_local_artifacts(opened: Opened, outcome: Outcome) -> Outcome:
    """The outcome of a unit compiled in any process; if it is broken, existing artifacts show whether it is strict."""
    if outcome.made is not None:
        return outcome
    return outcome._replace(strict=kept_outcome(opened, outcome.unit).strict)
