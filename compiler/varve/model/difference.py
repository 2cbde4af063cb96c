"""What a change means: each difference listed once, with the units that it affects."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.unit import Unit

Kind: TypeAlias = Literal["unit", "value", "secret", "alert", "recording", "route", "artifact"]

PRESENT: Final = "there"
"""Stands for a side on which something exists, if its value is not shown."""


class Change(NamedTuple):
    """One difference, worded alike for every unit that has it.

    `subject` is the path of a value or of a sealed file, the name of an alert, the folder or the name of an artifact.
    `part` is the part of it that differs, empty for the whole. `before` or `after` is None if the subject is missing on
    that side; both are None for an artifact whose content differs.
    """

    kind: Kind
    subject: str
    part: str = ""
    before: str | None = None
    after: str | None = None


class Lines(NamedTuple):
    """The numbers of lines `added` and `removed`, in how many files."""

    files: int
    added: int
    removed: int


def total_lines(lines: Iterable[Lines]) -> Lines | None:
    """The sum of all, or None if there are none."""
    columns = tuple(map(sum, zip(*lines, strict=True)))
    return Lines(*columns) if columns else None


class Occurrence(NamedTuple):
    """A change in one unit: `where` it is, such as the place that sets a value or the group of an alert.

    For an artifact, `where` is its name, and `lines` is how much of it differs.
    """

    change: Change
    where: str = ""
    lines: Lines | None = None


class ChangedItem(NamedTuple):
    """One thing that changed: the subject of a change, where it is in its unit, and the units that have it, sorted.

    For an artifact, `lines` is how much of it differs in all of these.
    """

    subject: str
    where: str
    units: tuple[Unit, ...] = ()
    lines: Lines | None = None


class SharedChange(NamedTuple):
    """A change that several items share; its own subject is empty, because each item has one."""

    change: Change
    items: tuple[ChangedItem, ...]

    @property
    def lines(self) -> Lines | None:
        """How much of all these artifacts differs; None for other kinds of change."""
        return total_lines(each.lines for each in self.items if each.lines)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the items, without duplicates."""
        return tuple(dict.fromkeys(each.subject for each in self.items if each.subject))

    @property
    def where(self) -> tuple[str, ...]:
        """Where the items are in their units, without duplicates."""
        return tuple(dict.fromkeys(each.where for each in self.items if each.where))


class Difference(NamedTuple):
    """The changes that the same units have; the units are sorted by environment and tenant."""

    units: tuple[Unit, ...]
    changes: tuple[SharedChange, ...]
