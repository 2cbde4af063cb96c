"""What a change means: each difference said once, with the units that it is of."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.unit import Unit

Kind: TypeAlias = Literal["unit", "value", "secret", "alert", "recording", "route", "artifact"]

THERE: Final = "there"
"""Is said of the side on which something is that is said nothing else of."""


class Change(NamedTuple):
    """One thing that differs, in words that are the same for every unit in which it does.

    `subject` is the path of a value or of a sealed file, the name of an alert, the folder or the name of an artifact.
    `part` is what of it differs, where that is not all. What is not there on a side is None there; an artifact that
    only differs says nothing on either side.
    """

    kind: Kind
    subject: str
    part: str = ""
    before: str | None = None
    after: str | None = None


class Lines(NamedTuple):
    """How many lines of how many files are there on one side only."""

    files: int
    added: int
    removed: int


def summed(those: Iterable[Lines]) -> Lines | None:
    """All of them together; None for none."""
    columns = tuple(map(sum, zip(*those, strict=True)))
    return Lines(*columns) if columns else None


class Met(NamedTuple):
    """A change as it was met in one unit: `where` it is, such as the place that says a value or the group of an alert.

    Of an artifact `where` is its name, and `lines` tell how much of it differs.
    """

    change: Change
    where: str = ""
    lines: Lines | None = None


class Thing(NamedTuple):
    """Something that changed: the subject of a change, where in its unit that is, and in which units, which are sorted.

    Of an artifact `lines` tell how much of it differs in all of these.
    """

    subject: str
    where: str
    units: tuple[Unit, ...] = ()
    lines: Lines | None = None


class Said(NamedTuple):
    """What became of things, said once: the change has no subject of its own, for each of the things has one."""

    change: Change
    things: tuple[Thing, ...]

    @property
    def lines(self) -> Lines | None:
        """How much of all these artifacts differs."""
        return summed(each.lines for each in self.things if each.lines)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What changed, each name once."""
        return tuple(dict.fromkeys(each.subject for each in self.things if each.subject))

    @property
    def where(self) -> tuple[str, ...]:
        """Where in their units that is, each once."""
        return tuple(dict.fromkeys(each.where for each in self.things if each.where))


class Difference(NamedTuple):
    """The changes that the same units have, which are sorted by environment and tenant."""

    units: tuple[Unit, ...]
    changes: tuple[Said, ...]
