"""The bytes of what is compiled, laid aside until all is known: nobody has to hold them in memory that long."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.artifact import Artifact
from varve.world.disk import file

if TYPE_CHECKING:
    from varve.pipeline.means import Compiling
    from varve.pipeline.outcome import Outcome
    from varve.pipeline.part import Part
    from varve.write.plan import Plan

_NAME: Final = "spool"
_BLOCK: Final = 1 << 12
"""By how many bytes a file may be larger on a disk than what it holds."""


class Laid(NamedTuple):
    """Bytes in an open file: where they begin there, and how many there are."""

    descriptor: int
    start: int
    size: int

    def __bytes__(self) -> bytes:
        return file.part(self.descriptor, self.start, self.size)


class Spool(NamedTuple):
    """A file without a name, open in every process that compiles: nothing is left of it when the last one ends."""

    descriptor: int

    def around(self, compiling: "Compiling") -> "Compiling":
        """The same, but that artifacts are laid aside: where they are compiled, or when they come from elsewhere."""

        def spread(work: "Callable[[Part], list[Outcome]]", parts: "Sequence[Part]") -> "Iterator[list[Outcome]]":
            return map(self._lay, compiling(lambda part: self._lay(work(part)), parts))

        return spread

    def yielding(self, plan: "Plan") -> "Plan":
        """The same plan, with its bytes in memory where the disk would not hold them twice."""
        laid = [each.content for each in plan.write if isinstance(each.content, Laid)]
        held = [each.content for each in plan.write if isinstance(each.content, bytes)]
        needed = sum(each.size for each in laid) + sum(map(len, held)) + _BLOCK * len(plan.write)
        # What cannot be read now is said of the artifact that it is written for.
        with suppress(OSError):
            if laid and file.room(self.descriptor) < needed:
                taken = tuple(each._replace(content=each.data) for each in plan.write)
                self.drop()
                return plan._replace(write=taken)
        return plan

    def drop(self) -> None:
        """Let go of all of it: nobody asks for it any more."""
        # What the disk keeps now goes with the last process.
        with suppress(OSError):
            file.rewrite(self.descriptor, b"")

    def _lay(self, outcomes: "list[Outcome]") -> "list[Outcome]":
        return [each._replace(artifacts=self._laid(each.artifacts)) for each in outcomes]

    def _laid(self, artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        data = [each.content for each in artifacts if isinstance(each.content, bytes)]
        if len(data) < len(artifacts):
            # They were laid aside already, by the process that compiled them.
            return artifacts
        try:
            start = file.append(self.descriptor, b"".join(data))
        except OSError:
            # They stay in memory: the disk that refuses them now may refuse to have them written, which is said then.
            return artifacts
        starts = accumulate(map(len, data), initial=start)
        laid = (Laid(self.descriptor, at, len(each)) for at, each in zip(starts, data, strict=False))
        return tuple(Artifact(each.path, content) for each, content in zip(artifacts, laid, strict=True))


@contextmanager
def spooled(folder: int) -> Iterator[Spool | None]:
    """A spool on the disk of an open folder, for as long as the block lasts; None where that refuses it."""
    with ExitStack() as stack:
        spool = None
        with suppress(OSError):
            spool = Spool(stack.enter_context(file.unnamed(folder, _NAME)))
        yield spool
