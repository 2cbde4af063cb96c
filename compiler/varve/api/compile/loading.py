"""The compiler is loaded while git is still looking, by those who will need it."""

from collections.abc import Callable
from importlib import import_module
from itertools import takewhile
from typing import Final

from varve.api.compile import whole
from varve.api.effort import Work
from varve.world.snapshot.work_tree import Glanced

_PARTS: Final = (
    *("varve.read.reading", "varve.language.promql", "varve.resolve.stack", "varve.check.shape.schema"),
    *("varve.emit.kit", "varve.check.consistency", "varve.link.isolation", "varve.policy.bench", "varve.pipeline"),
)
"""What every compile needs, in the order in which one part needs the others."""


def loading(module: str, work: Work, name: str) -> Glanced:
    """Imports `module`, which holds the compiler, while git is still looking, where a call of that `name` will need it.

    It will not where it once began with such a glance and found all in order. Until that is known, parts of it are
    imported: whoever waits has nothing else to do.
    """

    def load(glance: Callable[[], str], is_known: Callable[[], bool]) -> None:
        # To open the store takes a while, too.
        _ = work.store.local
        for each in takewhile(lambda _: not is_known(), _PARTS):
            import_module(each)
        if not (work.plain and whole.is_expected(work.store, name, glance())):
            work.effort.observer.entered("load")
            import_module(module)

    return load
