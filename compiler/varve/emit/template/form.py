"""How values enter a text in some language: as the whole of it, or at places in it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template.given import Given, Message

ODD_BACKSLASHES: Final = re.compile(r"(?<!\\)(?:\\\\|)*+\\\Z")
"""Matches the end of a part whose last backslash would escape the first character of the value after it."""

_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")
_DIGITS: Final = str.maketrans("abcdefghij", "0123456789")


class Misfit(NamedTuple):
    """Why a value cannot be written; `position` is the place that is at fault, and None stands for the text itself."""

    message: str
    position: int | None = None
    hint: str = ""


Written: TypeAlias = tuple[str, str]
"""A text with its values, and its proof: another text, valid exactly when the first is, that many texts share."""

Write: TypeAlias = Callable[[Given], str | Misfit]
"""Writes one value for its place."""

StandIn: TypeAlias = Callable[[Given, str], str]
"""The text that replaces a value in a proof, from the value and what was written for it."""

WriteMessage: TypeAlias = Callable[[Message], Written | Misfit]
"""Writes a message for its place."""

Shape: TypeAlias = Callable[[Sequence[Given]], Written | Misfit]
"""A text with places for values, or a piece of one: a function from the values, in order, to the finished text."""


Enter: TypeAlias = Callable[[str], Written | Misfit]
"""Writes a text for a place, and its stand-in for the proof."""


class Form(NamedTuple):
    """One language: three pure functions.

    `fault` returns what is wrong with a finished text, or None. `whole` writes a value that is the whole text. `shape`
    parses the parts between the places of a text once, so that values enter it quickly; it returns a `Misfit` if no
    value is allowed at a place.
    """

    fault: Callable[[str], str | None]
    whole: Callable[[Given], Written | Misfit]
    shape: Callable[[tuple[str, ...]], Shape | Misfit]


def itself(_: Given, written: str) -> str:
    """The stand-in of a value on which the validity of the text depends: what was written."""
    return written


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a text, which by itself is a shape."""

    position: int
    write: Write
    stand_in: StandIn
    write_message: WriteMessage | None = None

    def __call__(self, values: Sequence[Given]) -> Written | Misfit:
        """The text written at the place, with its proof."""
        value = values[self.position]
        if self.write_message is not None and isinstance(value, Message):
            return _placed(self.write_message(value), self.position)
        written = self.write(value)
        if isinstance(written, Misfit):
            return _placed(written, self.position)
        return written, self.stand_in(value, written)


class _Place(NamedTuple):
    """A place of an assembled text: its number among the pieces, and for a slot its cached writer."""

    at: int
    shape: Shape
    position: int
    enter: Enter | None


def at(position: int, write: Write, stand_in: StandIn = itself, write_message: WriteMessage | None = None) -> Slot:
    """One place of a text; `write_message` writes the messages that are allowed there."""
    return Slot(position, write, stand_in, write_message)


def assemble(pieces: Iterable[str | Shape]) -> Shape:
    """A text of fixed pieces and places."""
    fixed: list[str] = [""]
    places: list[_Place] = []
    for piece in pieces:
        if isinstance(piece, str):
            fixed[-1] += piece
        else:
            places.append(_place(len(fixed), piece))
            fixed += ["", ""]
    is_own_proof = all(isinstance(each.shape, Slot) and each.shape.stand_in is itself for each in places)
    return (_own_proof if is_own_proof else _assembled)(fixed, places)


def _place(index: int, shape: Shape) -> _Place:
    if isinstance(shape, Slot):
        return _Place(index, shape, shape.position, _cached_entry(shape.write, shape.stand_in))
    return _Place(index, shape, 0, None)


@lru_cache(maxsize=128)
def _cached_entry(write: Write, stand_in: StandIn) -> Enter:
    """A cached writer for places of one kind: most places of a template hold one of a few texts."""

    @lru_cache(maxsize=512)
    def enter(text: str) -> Written | Misfit:
        written = write(text)
        return written if isinstance(written, Misfit) else (written, stand_in(text, written))

    return enter


# The two below are the hot path of every binding, so they call as little as possible.


def _assembled(fixed: list[str], places: list[_Place]) -> Shape:
    def shape(values: Sequence[Given]) -> Written | Misfit:
        texts = fixed.copy()
        proofs = fixed.copy()
        for index, place, position, enter in places:
            value = values[position]
            piece = enter(value) if enter is not None and value.__class__ is str else place(values)
            if piece.__class__ is Misfit:
                return _placed(piece, position)
            texts[index], proofs[index] = piece  # type: ignore[misc]
        return "".join(texts), "".join(proofs)

    return shape


def _own_proof(fixed: list[str], places: list[_Place]) -> Shape:
    """As `_assembled`, for places whose values are their own stand-ins."""

    def shape(values: Sequence[Given]) -> Written | Misfit:
        texts = fixed.copy()
        for index, place, position, enter in places:
            value = values[position]
            piece = enter(value) if enter is not None and value.__class__ is str else place(values)
            if piece.__class__ is Misfit:
                return _placed(piece, position)
            texts[index] = piece[0]
        text = "".join(texts)
        return text, text

    return shape


def _placed(piece: Written | Misfit, position: int) -> Written | Misfit:
    """`piece`, with this position if it is a misfit that has none."""
    if isinstance(piece, Misfit) and piece.position is None:
        return piece._replace(position=position)
    return piece


def whole(write: Write) -> Callable[[Given], Written | Misfit]:
    """The `whole` function of a form whose text is its own proof."""

    def written(value: Given) -> Written | Misfit:
        text = write(value)
        return text if isinstance(text, Misfit) else (text, text)

    return written


class Marker(NamedTuple):
    """Names that stand for the places of a text while it is parsed: only letters, which every language allows."""

    stem: str

    @classmethod
    def unlike(cls, parts: tuple[str, ...]) -> "Marker":
        """A marker that occurs in none of the parts."""
        stem = "Value"
        while any(stem in part for part in parts):
            stem += "Q"
        return cls(stem)

    def text(self, parts: tuple[str, ...]) -> str:
        """The text made of `parts`, with a name at each place between them."""
        names = (f"{self.stem}{str(position).translate(_LETTERS)}Z" for position in range(len(parts) - 1))
        return parts[0] + "".join(name + part for name, part in zip(names, parts[1:], strict=True))

    def split(self, text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The parts of a piece of that text, and the positions of the places between them."""
        pieces = re.split(f"{self.stem}([a-j]+)Z", text)
        return tuple(pieces[::2]), tuple(int(each.translate(_DIGITS)) for each in pieces[1::2])

    def hidden(self, message: str) -> str:
        """A message without the names of the places."""
        return "…".join(self.split(message)[0])
