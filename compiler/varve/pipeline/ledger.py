"""What need not be found out again: verdicts of earlier compiles, each under a key of everything it rests on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from varve.model.memory import NOTHING, Memory, Remembered


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is remembered; in `recalled` what of it still holds, and in `learnt` what this compile adds to it.

    `shared` is a digest of what all verdicts of a compile rest on. Whatever else one rests on are the questions that
    were asked while it was found, and `beside`, texts that the one who asks for it knows too.
    """

    shared: str
    memory: Memory = NOTHING
    recalled: list[Remembered] = field(default_factory=list)
    learnt: list[Remembered] = field(default_factory=list)

    def recall(self, name: str, answer: Callable[[str], str], *beside: str) -> Remembered | None:
        """The verdict about `name` that still holds, if there is one, by the answers that questions have now."""
        return self._holding(self.memory.recall(name), answer, beside)

    def recall_young(self, name: str, answer: Callable[[str], str], *beside: str) -> Remembered | None:
        """The same, unless it is so old that it would have to be renewed, and with it those for which it stands."""
        return self._holding(self.memory.recall_young(name), answer, beside)

    def _holding(
        self, known: Iterable[Remembered], answer: Callable[[str], str], beside: tuple[str, ...]
    ) -> Remembered | None:
        for each in known:
            if each.key == self._key(each.name, each.questions, map(answer, each.questions), beside):
                return each
        return None

    def entry(
        self, name: str, body: bytes, questions: tuple[str, ...], answers: Iterable[str], *beside: str
    ) -> Remembered:
        """A verdict to be remembered, which holds as long as these questions have these answers."""
        return Remembered(name, self._key(name, questions, answers, beside), questions, body)

    def learn(self, name: str, body: bytes, asked: Iterable[str], answer: Callable[[str], str], *beside: str) -> None:
        """Remember a verdict, which was found by asking these questions."""
        questions = tuple(sorted(asked))
        self.learnt.append(self.entry(name, body, questions, map(answer, questions), *beside))

    def _key(self, name: str, questions: Iterable[str], answers: Iterable[str], beside: Iterable[str]) -> str:
        # No text holds a null character, and there are as many answers as questions: so no two records give one key.
        return digest((self.shared, name, *beside, "", *questions, *answers))


def digest(texts: Iterable[str]) -> str:
    """The SHA-256 of texts without null characters, in hexadecimal digits; other texts give another."""
    return sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()
