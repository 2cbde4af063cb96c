"""Verdicts of earlier compiles, each under a key of everything that it depends on."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from varve.model.memory import NO_MEMORY, Memory, Remembered


class Ledger(NamedTuple):
    """The remembered verdicts; `recalled` are those that still hold, `learnt` those that this compile adds.

    `shared` is a digest of what all verdicts of a compile depend on. Each verdict also depends on the questions that
    were asked to find it, and on `context`, texts that the caller passes whenever it recalls or learns the verdict.
    """

    shared: str
    memory: Memory
    recalled: list[Remembered]
    learnt: list[Remembered]

    def recall(self, name: str, answer: Callable[[str], str], *context: str) -> Remembered | None:
        """The verdict under `name` whose key matches the current answers to its questions, if there is one."""
        return self._matching(self.memory.recall(name), answer, context)

    def recall_young(self, name: str, answer: Callable[[str], str], *context: str) -> Remembered | None:
        """As `recall`, but None for a verdict to be renewed, so that the verdicts it stands for are renewed as well."""
        return self._matching(self.memory.recall_young(name), answer, context)

    def _matching(
        self, known: Iterable[Remembered], answer: Callable[[str], str], context: tuple[str, ...]
    ) -> Remembered | None:
        for each in known:
            if each.key == self._key(each.name, each.questions, map(answer, each.questions), context):
                return each
        return None

    def entry(
        self, name: str, body: bytes, questions: tuple[str, ...], answers: Iterable[str], *context: str
    ) -> Remembered:
        """A verdict to be remembered, which holds as long as these questions have these answers."""
        return Remembered(name, self._key(name, questions, answers, context), questions, body)

    def learn(
        self, name: str, body: bytes, questions: Iterable[str], answer: Callable[[str], str], *context: str
    ) -> None:
        """Remember a verdict that was found by asking these questions."""
        ordered = tuple(sorted(questions))
        self.learnt.append(self.entry(name, body, ordered, map(answer, ordered), *context))

    def _key(self, name: str, questions: Iterable[str], answers: Iterable[str], context: Iterable[str]) -> str:
        # No text contains a null character, and there is one answer to each question: so keys are unambiguous.
        return digest((self.shared, name, *context, "", *questions, *answers))


def new_ledger(shared: str, memory: Memory = NO_MEMORY) -> Ledger:
    """A ledger with which nothing has been recalled or learnt yet."""
    return Ledger(shared, memory, [], [])


def digest(texts: Iterable[str]) -> str:
    """The SHA-256 of texts without null characters, in hexadecimal digits; other texts give another digest."""
    return sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()
