"""Whether every block of a Go template is closed, judged by the keywords of its actions."""

from varve.language import gotemplate
from varve.language.fault import Fault

_OPENING = {"if", "range", "with", "define"}


def is_balanced(text: str) -> bool:
    """Whether the template can be split into actions, and each block that is opened is closed."""
    tokens = gotemplate.lex(text)
    if isinstance(tokens, Fault):
        return False
    firsts = [
        _first([each.text for each in tokens[at + 1 : at + 3]]) for at, each in enumerate(tokens) if each.kind == "open"
    ]
    return sum(word in _OPENING for word in firsts) == firsts.count("end")


def _first(words: list[str]) -> str:
    return next((word for word in words if word.strip()), "")
