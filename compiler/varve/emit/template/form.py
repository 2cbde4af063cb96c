"""How values enter a text of a language: as the whole of it, or at the places of a longer text."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template.given import Given

ODD_BACKSLASHES: Final = re.compile(r"(?<!\\)(?:\\\\)*+\\\Z")
"""What a part ends with where the first character of the value behind it would be escaped."""

_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")
_DIGITS: Final = str.maketrans("abcdefghij", "0123456789")


class Misfit(NamedTuple):
    """Why a value cannot stand where it should. `position` counts the places of the text; None blames the text."""

    message: str
    position: int | None = None
    hint: str = ""


class Written(NamedTuple):
    """A text with its values, and a text that is sound exactly when it is: many texts share one proof."""

    text: str
    proof: str


Write: TypeAlias = Callable[[Given], str | Misfit]
"""Writes one value for where it stands."""

StandIn: TypeAlias = Callable[[Given, str], str]
"""What stands in a proof for a value and what was written for it."""

Shape: TypeAlias = Callable[[Sequence[Given]], Written | Misfit]
"""A text with places for values, or a piece of one: give it the values, in their order, and it is finished."""


class Form(NamedTuple):
    """One language: three pure functions.

    `fault` says what is wrong with a finished text. `whole` writes a value that is all of the text. `shape` reads the
    parts of a text around its places once, so that values enter it quickly; a `Misfit` where no value could enter.
    """

    fault: Callable[[str], str | None]
    whole: Callable[[Given], Written | Misfit]
    shape: Callable[[tuple[str, ...]], Shape | Misfit]


def same(_: Given, written: str) -> str:
    """The stand-in of a value that decides whether the text is sound: itself."""
    return written


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a text, which by itself is a shape."""

    position: int
    write: Write
    stand_in: StandIn

    def __call__(self, values: Sequence[Given]) -> Written | Misfit:
        """What is written at the place."""
        value = values[self.position]
        written = self.write(value)
        if isinstance(written, Misfit):
            return written._replace(position=self.position)
        return Written(written, self.stand_in(value, written))


def at(position: int, write: Write, stand_in: StandIn = same) -> Slot:
    """One place of a text."""
    return Slot(position, write, stand_in)


def assemble(pieces: Iterable[str | Shape]) -> Shape:
    """A text of fixed pieces and places."""
    fixed: list[str] = [""]
    places: list[tuple[int, Shape]] = []
    for piece in pieces:
        if isinstance(piece, str):
            fixed[-1] += piece
        else:
            places.append((len(fixed), piece))
            fixed += ["", ""]
    is_own_proof = all(isinstance(place, Slot) and place.stand_in is same for _, place in places)
    return _assembled(fixed, places, is_own_proof=is_own_proof)


def _assembled(fixed: list[str], places: list[tuple[int, Shape]], *, is_own_proof: bool) -> Shape:
    """The hot path of every binding: it calls no more than it must."""

    def shape(values: Sequence[Given]) -> Written | Misfit:
        texts = fixed.copy()
        proofs = texts if is_own_proof else fixed.copy()
        for index, place in places:
            if isinstance(place, Slot):
                value = values[place.position]
                written = place.write(value)
                if isinstance(written, Misfit):
                    return written._replace(position=place.position)
                texts[index] = written
                proofs[index] = written if place.stand_in is same else place.stand_in(value, written)
            else:
                piece = place(values)
                if isinstance(piece, Misfit):
                    return piece
                texts[index], proofs[index] = piece
        text = "".join(texts)
        return Written(text, text if is_own_proof else "".join(proofs))

    return shape


def whole(write: Write) -> Callable[[Given], Written | Misfit]:
    """The form of a value that is all of a text and has no stand-in."""

    def written(value: Given) -> Written | Misfit:
        text = write(value)
        return text if isinstance(text, Misfit) else Written(text, text)

    return written


class Marker(NamedTuple):
    """What stands for the places of a text while it is read: names of letters only, which every language has."""

    stem: str

    @classmethod
    def unlike(cls, parts: tuple[str, ...]) -> "Marker":
        """A marker that none of the parts could be mistaken for."""
        stem = "Value"
        while any(stem in part for part in parts):
            stem += "Q"
        return cls(stem)

    def text(self, parts: tuple[str, ...]) -> str:
        """The text of which `parts` are what stands around its places."""
        names = (f"{self.stem}{str(position).translate(_LETTERS)}Z" for position in range(len(parts) - 1))
        return parts[0] + "".join(name + part for name, part in zip(names, parts[1:], strict=True))

    def split(self, text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The parts of a piece of that text, and the positions of the places in it."""
        pieces = re.split(f"{self.stem}([a-j]+)Z", text)
        return tuple(pieces[::2]), tuple(int(each.translate(_DIGITS)) for each in pieces[1::2])

    def hidden(self, message: str) -> str:
        """A message without the names of the places."""
        return "…".join(self.split(message)[0])
