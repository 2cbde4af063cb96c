"""Which calls of an expression CEL's own functions may answer, as what they are given is known, and small."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from varve.language import expression
from varve.language.expression import Token
from varve.model.source import Value

SHORT: Final = 64
"""How long the parts may be that CEL's own `contains` looks for: it takes the product of both lengths."""

_PARAMETERS: Final = "params"


class Calls(NamedTuple):
    """What is there instead of CEL's own functions, by its name for them, and what is known where they are called.

    `variables` can be asked everywhere, and `parameters` are the value of `params`. `value` is what a text means that
    is written out. `pattern` is what to call instead of CEL's own `matches` for a pattern, up to the parenthesis that
    closes; it is empty where CEL's own takes little, and None where nothing can be said of the pattern.
    """

    instead: Mapping[str, str]
    variables: Collection[str]
    parameters: Mapping[str, Value]
    value: Callable[[str], str | None]
    pattern: Callable[[str], str | None]


class _Known(NamedTuple):
    """The words of an expression, and what its loops name, with all texts that each may be if these are known."""

    words: Sequence[Token]
    calls: Calls
    named: Mapping[str, Sequence[str] | None]


def settled(text: str, calls: Calls) -> str:
    """An expression that compiles, with ours in the place of CEL's own functions, but where these take little."""
    words = expression.tokens(text)
    known = _Known(words, calls, dict(_named(words, calls)))
    for at in reversed([*expression.called(words, tuple(calls.instead))]):
        end, instead = _instead(known, at)
        text = text[: words[at].start] + instead + text[end:]
    return text


def _instead(known: _Known, at: int) -> tuple[int, str]:
    """What to say instead of a call of one of CEL's own functions, and up to where."""
    name, ours = known.words[at], known.calls.instead[known.words[at].text]
    usual = name.start + len(name.text)
    given = _given(known, at + 2) if _is(known.words, at - 1, ".") else None
    if given is None:
        return usual, ours
    if name.text == "contains":
        return usual, name.text if all(len(each) <= SHORT for each in given) else ours
    chosen = known.calls.pattern(given[0]) if len(given) == 1 else None
    if not chosen:
        return usual, ours if chosen is None else name.text
    return next(each.start for each in known.words[at + 2 :] if each.text == ")"), chosen


def _given(known: _Known, at: int) -> Sequence[str] | None:
    """What the only argument at a position is, or each of what it may be, where that is known."""
    words = known.words
    if _is(words, at + 1, ")"):
        written = known.calls.value(words[at].text) if words[at].kind == "text" else None
        return known.named.get(words[at].text) if written is None else [written]
    value = _parameter(words, at, known.calls) if _is(words, at + 3, ")") and _PARAMETERS not in known.named else None
    return [value] if isinstance(value, str) else None


def _named(words: Sequence[Token], calls: Calls) -> Iterator[tuple[str, Sequence[str] | None]]:
    """The names that loops give, each with all texts that it may be if these are known."""
    loops = [at for at in expression.called(words, expression.LOOPS) if at + 2 < len(words)]
    names = {words[at + 2].text for at in loops}
    for name in names:
        lists = [_each(words, at, calls) for at in loops if words[at + 2].text == name]
        sure = all(lists) and not names.intersection((*calls.variables, _PARAMETERS))
        yield name, [text for each in lists for text in each] if sure else None


def _each(words: Sequence[Token], at: int, calls: Calls) -> list[str]:
    """All texts that the loop at a position goes through, if it is one of a parameter that has nothing else."""
    value = _parameter(words, at - 4, calls)
    found = [*value] if isinstance(value, list | dict) else []
    texts = [each for each in found if isinstance(each, str)]
    return texts if len(texts) == len(found) else []


def _parameter(words: Sequence[Token], at: int, calls: Calls) -> Value:
    """The value of the `params.name` at a position, if that stands there."""
    if not _is(words, at, _PARAMETERS) or not _is(words, at + 1, ".") or _is(words, at - 1, "."):
        return None
    return calls.parameters.get(words[at + 2].text)


def _is(words: Sequence[Token], at: int, text: str) -> bool:
    return 0 <= at < len(words) and words[at].text == text
