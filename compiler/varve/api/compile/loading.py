"""Loading the compiler while git is still running, if the call will need it."""

from collections.abc import Callable
from importlib import import_module
from itertools import takewhile
from typing import Final

from varve.api.compile import remembered
from varve.api.effort import Work
from varve.world.snapshot.work_tree import Glanced

_PARTS: Final = (
    *("varve.read.reading", "varve.language.promql", "varve.resolve.stack", "varve.check.shape.schema"),
    *("varve.emit.kit", "varve.check.consistency", "varve.link.isolation", "varve.policy.bench", "varve.pipeline"),
)
"""The modules that every compile needs, each after those that it imports."""


def loading(module: str, work: Work, name: str) -> Glanced:
    """A callback that imports `module`, which needs the compiler, while git is still running, if the call needs it.

    A call does not need it if the state of the tracked files matches a call of that `name` that was remembered. While
    that state is not known yet, parts of the compiler are imported, because the process would otherwise wait for git.
    """

    def load(glance: Callable[[], str], is_known: Callable[[], bool]) -> None:
        # Opening the store takes a while, too.
        _ = work.store.local
        for each in takewhile(lambda _: not is_known(), _PARTS):
            import_module(each)
        if not (work.plain and remembered.is_expected(work.store, name, glance())):
            work.effort.observer.entered("load")
            import_module(module)

    return load
