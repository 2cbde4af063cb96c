"""Compiled artifacts, kept in a temporary file until the whole build is known, instead of in memory."""

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
"""How many bytes a file may occupy on disk beyond its content."""


class SpooledContent(NamedTuple):
    """The content of an artifact in the spool: the open file, the offset and the length in bytes."""

    descriptor: int
    start: int
    size: int

    def __bytes__(self) -> bytes:
        return file.part(self.descriptor, self.start, self.size)


class Spool(NamedTuple):
    """An unnamed file that is open in every compiling process; it vanishes when the last of them ends."""

    descriptor: int

    def spooling(self, compiling: "Compiling") -> "Compiling":
        """`compiling`, with artifacts spooled by the process that compiles them, or when they come from elsewhere."""

        def compile_spooled(
            work: "Callable[[Part], list[Outcome]]", parts: "Sequence[Part]"
        ) -> "Iterator[list[Outcome]]":
            return map(self._spool, compiling(lambda part: self._spool(work(part)), parts))

        return compile_spooled

    def with_room(self, plan: "Plan") -> "Plan":
        """`plan`, with its artifacts in memory and the spool emptied if the disk has no room for both copies."""
        on_disk = [each.content for each in plan.write if isinstance(each.content, SpooledContent)]
        in_memory = [each.content for each in plan.write if isinstance(each.content, bytes)]
        needed = sum(each.size for each in on_disk) + sum(map(len, in_memory)) + _BLOCK * len(plan.write)
        # An artifact that cannot be read here is reported when it is written.
        with suppress(OSError):
            if on_disk and file.room(self.descriptor) < needed:
                writes = tuple(each._replace(content=each.data) for each in plan.write)
                self.drop()
                return plan._replace(write=writes)
        return plan

    def drop(self) -> None:
        """Empty the spool, which nothing needs any more."""
        # If this fails, the space is freed when the last process ends.
        with suppress(OSError):
            file.rewrite(self.descriptor, b"")

    def _spool(self, outcomes: "list[Outcome]") -> "list[Outcome]":
        return [each._replace(artifacts=self._spooled(each.artifacts)) for each in outcomes]

    def _spooled(self, artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        data = [each.content for each in artifacts if isinstance(each.content, bytes)]
        if len(data) < len(artifacts):
            # The process that compiled them has already spooled them.
            return artifacts
        try:
            start = file.append(self.descriptor, b"".join(data))
        except OSError:
            # They stay in memory. If the disk refuses the artifacts themselves too, that is reported when writing them.
            return artifacts
        starts = accumulate(map(len, data), initial=start)
        contents = (SpooledContent(self.descriptor, at, len(each)) for at, each in zip(starts, data, strict=False))
        return tuple(Artifact(each.path, content) for each, content in zip(artifacts, contents, strict=True))


@contextmanager
def spooled(folder: int) -> Iterator[Spool | None]:
    """A spool on the disk of an open folder, for as long as the block lasts; None if it cannot be created."""
    with ExitStack() as stack:
        spool = None
        with suppress(OSError):
            spool = Spool(stack.enter_context(file.unnamed(folder, _NAME)))
        yield spool
