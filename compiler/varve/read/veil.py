"""Where in a text a secret may stand, of which nothing is shown."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from posixpath import splitext
from typing import Final, NamedTuple, TypeAlias

from varve.language import credential
from varve.model.diagnostic import Diagnostic, Note, On, Rule, Span
from varve.model.source import Source
from varve.read import plain
from varve.read.mark import Mark, Marked
from varve.read.parse import EXTENSIONS

_LOGIN: Final = re.compile(r"(?i)hooks\.slack\.com|://[^\s/@`]*@")

_SOUNDS: Final = re.compile(r"(?i)token|secret|pass|key|credential|webhook|headers|api_?url|auth(?!ors?\b)")
_WORD: Final = rf"(?i:{_SOUNDS.pattern.removeprefix('(?i)')})[\w.-]{{0,40}}"
_SAID: Final = re.compile(
    rf"""{_WORD}(?:["']\s*+:|:\s|\s++=\s)\s*+(?![{{\[])\S|<[\w.-]{{0,40}}{_WORD}[^<>]*+>\s*+[^<\s]"""
)
# What people name may be called as they like: an alert `TokenExpired` is no token.
_NAMED: Final = frozenset({"alerts", "probes", "records", "services", "slos", "users"})
# What passes in an example of a policy is data that it may be asked about.
_EXAMPLE: Final = ("examples", "pass")
_HARMLESS: Final = re.compile(r"(?i)(?=[a-z_]*?auth)[a-z_]++\.(?:username|type)|secrets\.root|jira\.api_url")
_REFERENCE: Final = re.compile(r"""["']?[a-z][a-z0-9-]*/[A-Za-z0-9_.-]+["']?""")
_DEPTH: Final = 3
_BREADTH: Final = 4
_FARTHEST: Final = 10_000
_QUOTES: Final = re.compile("[`'\"]")
_BETWEEN: Final = re.compile(r"""</?[^\s<>]*>?|key=|[\s"'{}\[\],-]""")
_BARE: Final = re.compile(
    r"""[\s{\[]*+(?:[\w.-]++|"[\w.-]++"|'[\w.-]++')\]?+\s*+[:=]?+\s*+[|>{\[]?+-?+\s*+|\s*+<[\w.-]++>(?:\s*+<[\w.-]++>|)*+\s*+"""
)
_HINT: Final = "look at the line itself: it may contain a secret, so it is not shown"

_Start: TypeAlias = tuple[int, int]


class _Under(NamedTuple):
    """Whether a value is a secret's by its keys; whether it is one although references are none; and its holder."""

    secret: bool = False
    open: bool = False
    holder: bool = False


@dataclass(frozen=True, slots=True)
class Veil:
    """A text, the places in it where a key begins, in order, with what values are there, and the lines of PEM keys."""

    lines: list[str]
    starts: list[_Start]
    under: list[_Under]
    private: tuple[range, ...] = ()

    def covers(self, span: Span, on: On, rule: Rule) -> bool:
        """Whether words about the place may quote a secret; a secret's key by itself is none."""
        if self._is_private(span.line):
            return True
        here = self._at((span.line, span.column))
        if is_of_reading(rule):
            return here.holder if on == "key" else here.secret or self._may_say(span.line, rule)
        return here.open and not (on == "key" and not here.holder)

    def hides(self, number: int, rule: Rule) -> bool:
        """Whether the line may say a secret."""
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        first, last = bisect_left(self.starts, (number, 0)), bisect_left(self.starts, (number + 1, 0))
        if _BARE.fullmatch(line) and first < last and not any(each.holder for each in self.under[first:last]):
            return False
        before = line[: self.starts[first][1] - 1] if first < last else line
        here = [*self.under[first:last], *([self._at((number, 0))] if _BETWEEN.sub("", before) else ())]
        # A comment behind a reference may be what was there before.
        strict = is_of_reading(rule) or " #" in line
        return (
            any(each.secret if strict else each.open for each in here)
            or logs_in(line)
            or self._is_private(number)
            or (not self.starts and _SAID.search(line) is not None)
            or self._may_say(number, rule)
        )

    def _is_private(self, number: int) -> bool:
        return any(number in key for key in self.private)

    def _at(self, start: _Start) -> _Under:
        """What the last key says that begins at `start` or before it."""
        index = bisect_right(self.starts, start)
        return self.under[index - 1] if index else _Under()

    def _may_say(self, number: int, rule: Rule) -> bool:
        """Whether a line of a text that could not be read sounds like a secret, or one around it that stands out."""
        if rule is not plain.SYNTAX and (not is_of_reading(rule) or self._reaches(number)):
            return False
        return any(_SOUNDS.search(each) for each in _around(self.lines[:number]))

    def _reaches(self, number: int) -> bool:
        return bool(self.starts) and self.starts[-1][0] >= number


def veil(source: Source, marked: Marked) -> Veil:
    """The veil over `source`, whose text has these marks; a file that is no source has lines only."""
    lines = source.data.decode("utf-8", "surrogateescape").split("\n")
    private = tuple(credential.private_keys(lines))
    if splitext(source.path)[1] not in EXTENSIONS:
        return Veil(lines, [], [], private)
    found = _found(marked, lines)
    starts = sorted(found)
    return Veil(lines, starts, [found[start] for start in starts], private)


def logs_in(text: str) -> bool:
    """Whether there is something in `text` by which somebody logs in, such as a URL: who reads it may use it."""
    return _LOGIN.search(text) is not None or credential.holds(text)


def is_of_reading(rule: Rule) -> bool:
    """Whether a rule speaks of a text as it is written, where a reference is as good as a secret."""
    return rule.code.startswith("read/")


def _around(lines: list[str]) -> list[str]:
    """The last of `lines`, and those above it that are indented less and less."""
    found: list[str] = []
    indent = len(lines[-1]) + 1 if lines else 0
    for line in reversed(lines[-_FARTHEST:]):
        inner = len(line) - len(line.lstrip())
        if line.strip() and inner < indent:
            found.append(line)
            indent = inner
    return found


def _found(marked: Marked, lines: list[str]) -> dict[_Start, _Under]:
    """What begins at each place of a text; what an alias shares is a secret if it is one anywhere."""
    found: dict[_Start, _Under] = {}
    seen: set[tuple[int, _Under]] = set()
    waiting = [("", marked.root, _Under())]
    while waiting:
        holder, mark, above = waiting.pop()
        for name, held in mark.children.items():
            under = _under(name, held, holder, above, lines)
            start = _start(held.key)
            known = found.get(start, under)
            found[start] = _Under(*(one or other for one, other in zip(known, under, strict=True)))
            if (id(held), under) not in seen:
                seen.add((id(held), under))
                waiting.append((str(name) if isinstance(name, str) else holder, held, under))
    for repeat in marked.repeats:
        found.setdefault(_start(repeat.again), found.get(_start(repeat.first), _Under()))
    return found


def _start(span: Span) -> _Start:
    return span.line, span.column


def _under(name: str | int, mark: Mark, holder: str, above: _Under, lines: list[str]) -> _Under:
    sounds = isinstance(name, str) and _sounds(name, mark, holder)
    harmless = isinstance(name, str) and _is_harmless(name, mark, holder, lines, _DEPTH)
    return _Under(above.secret or sounds, (above.open or sounds) and not harmless, above.secret)


def _sounds(name: str, mark: Mark, holder: str) -> bool:
    if name.startswith("$"):
        return bool(_SOUNDS.search(holder))
    if (holder, name) == _EXAMPLE and mark.children:
        return False
    return bool(_SOUNDS.search(name)) and not (holder in _NAMED and mark.children)


def _is_harmless(name: str, mark: Mark, holder: str, lines: list[str], depth: int) -> bool:
    """Whether a value is a reference to a secret, what may stand beside one, or a map of these."""
    if not mark.children:
        written = lines[mark.value.line - 1][mark.value.column - 1 : mark.value.end - 1]
        return bool(_HARMLESS.fullmatch(f"{holder}.{name}") or (name == "secret" and _REFERENCE.fullmatch(written)))
    if depth == 0 or len(mark.children) > _BREADTH:
        return False
    return all(_is_harmless(str(key), held, name, lines, depth - 1) for key, held in mark.children.items())


def discreet(diagnostic: Diagnostic) -> Diagnostic:
    """What is wrong, without the words that may quote a secret."""
    title = diagnostic.rule.title
    message = title[:1].lower() + title[1:] if _QUOTES.search(diagnostic.message) else diagnostic.message
    return diagnostic._replace(message=message, hint=_HINT if _QUOTES.search(diagnostic.hint) else diagnostic.hint)


def discreet_note(note: Note) -> Note:
    """Another place that contributed, without what it said."""
    return note._replace(message="this is related to it")
