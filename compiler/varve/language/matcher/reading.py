"""Which grammar it is: what Alertmanager reads unless it is told, and what it reads the same whatever it is told."""

from functools import lru_cache

from varve.language import regex
from varve.language.fault import Fault, quote
from varve.language.matcher.classic import read_classic
from varve.language.matcher.matcher import REGEX, Matcher
from varve.language.matcher.writing import write


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text`, or why it is refused by a grammar, or read otherwise by the other."""
    from varve.language.matcher.utf8 import read_utf8

    strict, classic = read_utf8(text), read_classic(text)
    if isinstance(strict, Fault):
        return strict
    if isinstance(classic, Fault):
        return classic
    if strict != classic:
        return _ambiguous(strict, classic)
    return next((fault for each in strict if (fault := _escaping(each, text))), strict)


@lru_cache(maxsize=1024)
def read_fallback(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text` as an Alertmanager of 0.27 or later reads them that was told no mode.

    Where the grammars disagree, the classic one is right.
    """
    from varve.language.matcher.utf8 import read_utf8

    classic = read_classic(text)
    return read_utf8(text) if isinstance(classic, Fault) else classic


def _ambiguous(strict: tuple[Matcher, ...], classic: tuple[Matcher, ...]) -> Fault:
    ours, theirs = (quote(",".join(map(write, each))) for each in (strict, classic))
    return Fault(f"Alertmanager reads it as {ours} or, in its classic mode, as {theirs}")


def _escaping(matcher: Matcher, text: str) -> Fault | None:
    """Alertmanager writes a group around a regular expression, and one such as `a)|(b` would get out of it."""
    wrong = regex.fault(matcher.value) if matcher.op in REGEX else None
    return Fault(f"the regular expression is refused: {wrong}", text.find(matcher.value)) if wrong else None
