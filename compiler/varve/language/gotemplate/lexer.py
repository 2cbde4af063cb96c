"""The tokens of a Go template, as in `text/template`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language.fault import Fault

Kind: TypeAlias = Literal[
    "text", "comment", "open", "close", "space", "string", "raw", "number", "variable", "field", "word", "mark"
]


class Token(NamedTuple):
    """A part of a template; the tokens between an `open` and its `close` are those of an action."""

    kind: Kind
    text: str
    start: int


_COMMENT: Final = re.compile(r"\{\{(?:-[ \t\r\n])?/\*(?:(?!\*/).|)*+\*/(?:[ \t\r\n]-)?\}\}", re.DOTALL)
_OPEN: Final = re.compile(r"\{\{(?:-[ \t\r\n])?")
_INSIDE: Final = re.compile(
    r"""(?P<close> (?:[ \t\r\n]-)?\}\} )
      | (?P<space> [ \t\r\n]+?(?=[ \t\r\n]-\}\}) | [ \t\r\n]++ )
      | (?P<string> "(?:[^"\\\n]|\\[^\n]|)*+" )
      | (?P<raw> `[^`]*+` )
      | (?P<number> [+-]?+[0-9]++(?>\.[0-9]++|)(?>[eE][+-]?+[0-9]++|)(?=[ \t\r\n|)]|\}\}|\Z) )
      | (?P<variable> \$[A-Za-z0-9_]*+(?=[ \t\r\n.,|:)(]|\}\}|\Z) )
      | (?P<field> \.(?>[A-Za-z_][A-Za-z0-9_]*+|)(?=[ \t\r\n.,|:)(]|\}\}|\Z) )
      | (?P<word> [A-Za-z_][A-Za-z0-9_]*+(?=[ \t\r\n.,|:)(]|\}\}|\Z) )
      | (?P<mark> :=|[|()=,] )""",
    re.VERBOSE,
)


def lex(template: str) -> list[Token] | Fault:
    """The tokens of a template, without gaps, or the fault of what Go could not read."""
    tokens: list[Token] = []
    position = 0
    while position < len(template):
        start = template.find("{{", position)
        start = len(template) if start < 0 else start
        if start > position:
            tokens.append(Token("text", template[position:start], position))
        if start == len(template):
            break
        action = _action(template, start)
        if isinstance(action, Fault):
            return action
        tokens += action
        position = action[-1].start + len(action[-1].text)
    return tokens


def enclosed(tokens: Sequence[Token]) -> Iterator[tuple[int, Sequence[Token]]]:
    """Each action of a template: where it begins, and the tokens between its braces."""
    opened = 0
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened = index
        elif token.kind == "close":
            yield tokens[opened].start, tokens[opened + 1 : index]


def _action(template: str, start: int) -> list[Token] | Fault:
    comment = _COMMENT.match(template, start)
    if comment:
        return [Token("comment", comment[0], start)]
    opened = _OPEN.match(template, start)
    tokens = [Token("open", opened[0] if opened else "{{", start)]
    while tokens[-1].kind != "close":
        position = tokens[-1].start + len(tokens[-1].text)
        found = _INSIDE.match(template, position)
        if found is None:
            return _stray(template, position, start)
        tokens.append(Token(_kind(found), found[0], position))
    return tokens


def _kind(found: re.Match[str]) -> Kind:
    kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
    return kind


def _stray(template: str, position: int, start: int) -> Fault:
    if position == len(template):
        return Fault("the action is not closed by `}}`", start)
    if template.startswith("/*", position):
        return Fault("a comment must be the whole action", start)
    character = template[position]
    if character in '"`':
        return Fault("the string is not closed", position)
    return Fault(f"unexpected `{character}` in an action", position)
