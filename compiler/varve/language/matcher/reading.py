"""Reads matchers: only those that both grammars read alike, or as Alertmanager does by default."""

from functools import lru_cache

from varve.language import regex
from varve.language.fault import Fault, quote
from varve.language.matcher.classic import read_classic
from varve.language.matcher.matcher import REGEX, Matcher
from varve.language.matcher.writing import write


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text`, or why one of the grammars refuses it, or how their results differ."""
    from varve.language.matcher.utf8 import read_utf8

    strict, classic = read_utf8(text), read_classic(text)
    if isinstance(strict, Fault):
        return strict
    if isinstance(classic, Fault):
        return classic
    if strict != classic:
        return _ambiguous(strict, classic)
    return next((fault for each in strict if (fault := _unbalanced_regex(each, text))), strict)


@lru_cache(maxsize=1024)
def read_fallback(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text` as Alertmanager 0.27 or later reads them in its default mode.

    If the grammars disagree, the classic one takes precedence.
    """
    from varve.language.matcher.utf8 import read_utf8

    classic = read_classic(text)
    return read_utf8(text) if isinstance(classic, Fault) else classic


def _ambiguous(strict: tuple[Matcher, ...], classic: tuple[Matcher, ...]) -> Fault:
    strict_text, classic_text = (quote(",".join(map(write, each))) for each in (strict, classic))
    return Fault(f"Alertmanager reads it as {strict_text} or, in its classic mode, as {classic_text}")


def _unbalanced_regex(matcher: Matcher, text: str) -> Fault | None:
    """The fault of a regular expression such as `a)|(b`, which is valid only in the group that Alertmanager adds."""
    wrong = regex.fault(matcher.value) if matcher.op in REGEX else None
    return Fault(f"the regular expression is refused: {wrong}", text.find(matcher.value)) if wrong else None
