"""The UTF-8 grammar of Alertmanager 0.27 and later: any label name, and strict about quotes."""

import re
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language import literal
from varve.language.fault import Fault, quote, surrogate
from varve.language.matcher.matcher import SPACE, Matcher, make

Kind: TypeAlias = Literal["space", "mark", "operator", "quoted", "plain", "end"]

_TOKEN: Final = re.compile(
    rf"""(?P<space> [{SPACE}]++ )
      | (?P<mark> [{{}},] )
      | (?P<operator> =~?+ | != | !~ )
      | (?P<quoted> "(?:[^"\\]|\\.|)*+" )
      | (?P<plain> [^{SPACE}{{}}!=~,\\"'`]++ )""",
    re.VERBOSE | re.DOTALL,
)
_STRAY: Final = {'"': 'the `"` is not closed', "!": "`!` is not an operator; write `!=` or `!~`"}


class _Token(NamedTuple):
    """A part of the text; the last one, of the kind `end`, is empty."""

    kind: Kind
    text: str
    start: int


def read_utf8(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text`, none if it is empty, or where and why the UTF-8 grammar refuses it."""
    if fault := surrogate(text):
        return fault
    tokens = _lex(text)
    return tokens if isinstance(tokens, Fault) else _braced(tokens)


def _lex(text: str) -> list[_Token] | Fault:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            sign = text[position]
            return Fault(_STRAY.get(sign, f"{quote(sign)} needs double quotes around the whole text"), position)
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
        if kind != "space":
            tokens.append(_Token(kind, found[0], position))
        position = found.end()
    return [*tokens, _Token("end", "", len(text))]


def _braced(tokens: list[_Token]) -> tuple[Matcher, ...] | Fault:
    braced = tokens[0].text == "{"
    position = int(braced)
    found: list[Matcher] = []
    while not _is_end(tokens[position]):
        matcher = _matcher(tokens[position : position + 3])
        if isinstance(matcher, Fault):
            return matcher
        found.append(matcher)
        position += 3
        if tokens[position].text == ",":
            position += 1
        elif not _is_end(tokens[position]):
            return _unexpected(tokens[position], "a comma")
    return _closed(tokens[position:], braced=braced) or tuple(found)


def _is_end(token: _Token) -> bool:
    return token.kind == "end" or token.text == "}"


def _matcher(tokens: list[_Token]) -> Matcher | Fault:
    """The matcher of three tokens; there are fewer only at the end of the text."""
    name = _text(tokens[0], "the name of a label")
    if isinstance(name, Fault):
        return name
    if tokens[1].kind != "operator":
        return _unexpected(tokens[1], "`=`, `!=`, `=~` or `!~`")
    value = _text(tokens[2], 'a value, `""` for none,')
    return value if isinstance(value, Fault) else make(name, tokens[1].text, value, tokens[2].start)


def _text(token: _Token, expected: str) -> str | Fault:
    if token.kind == "plain":
        return token.text
    if token.kind != "quoted":
        return _unexpected(token, expected)
    if "\n" in token.text:
        return Fault("a line break is not allowed inside quotes; write `\\n`", token.start + token.text.index("\n"))
    value = literal.unquote(token.text)
    return value._replace(offset=token.start + (value.offset or 0)) if isinstance(value, Fault) else value


def _closed(tokens: list[_Token], *, braced: bool) -> Fault | None:
    if braced and tokens[0].text != "}":
        return Fault("the `{` is not closed by `}`", tokens[0].start)
    if not braced and tokens[0].text == "}":
        return Fault("the `}` was not opened by `{`", tokens[0].start)
    rest = tokens[braced]
    return None if rest.kind == "end" else _unexpected(rest, "nothing more")


def _unexpected(token: _Token, expected: str) -> Fault:
    found = quote(token.text) if token.text else "the end"
    return Fault(f"expected {expected} but found {found}", token.start)
