"""Finds where a text may contain a secret, so that no message or excerpt shows it."""

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

_SUSPICIOUS: Final = re.compile(r"(?i)token|secret|pass|key|credential|webhook|headers|api_?url|auth(?!ors?\b)")
_SUSPICIOUS_WORD: Final = rf"(?i:{_SUSPICIOUS.pattern.removeprefix('(?i)')})[\w.-]{{0,40}}"
_ASSIGNMENT: Final = re.compile(
    rf"""{_SUSPICIOUS_WORD}(?:["']\s*+:|:\s|\s++=\s)\s*+(?![{{\[])\S|<[\w.-]{{0,40}}{_SUSPICIOUS_WORD}[^<>]*+>\s*+[^<\s]"""
)
# Names that people choose do not indicate secrets: an alert `TokenExpired` is not a token.
_FREELY_NAMED: Final = frozenset({"alerts", "probes", "records", "services", "slos", "users"})
# In a policy's example, `pass` holds sample data, not a password.
_EXAMPLE: Final = ("examples", "pass")
_HARMLESS: Final = re.compile(r"(?i)(?=[a-z_]*?auth)[a-z_]++\.(?:username|type)|secrets\.root|jira\.api_url")
_REFERENCE: Final = re.compile(r"""["']?[a-z][a-z0-9-]*/[A-Za-z0-9_.-]+["']?""")
_DEPTH: Final = 3
_BREADTH: Final = 4
_MAX_LINES: Final = 10_000
_QUOTES: Final = re.compile("[`'\"]")
_PUNCTUATION: Final = re.compile(r"""</?[^\s<>]*>?|key=|[\s"'{}\[\],-]""")
_KEY_ONLY: Final = re.compile(
    r"""[\s{\[]*+(?:[\w.-]++|"[\w.-]++"|'[\w.-]++')\]?+\s*+[:=]?+\s*+[|>{\[]?+-?+\s*+|\s*+<[\w.-]++>(?:\s*+<[\w.-]++>|)*+\s*+"""
)
_HINT: Final = "look at the line itself: it may contain a secret, so it is not shown"

_Start: TypeAlias = tuple[int, int]


class _Secrecy(NamedTuple):
    """What is known of a value by its keys.

    `secret`: its own key or one above it sounds like a secret. `clear`: likewise, and the value is not a mere reference
    to a secret. `inherited`: a key above its own sounds like a secret.
    """

    secret: bool = False
    clear: bool = False
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Veil:
    """A text's lines, the sorted places where keys begin, what is known of the value at each, and lines of PEM keys."""

    lines: list[str]
    starts: list[_Start]
    secrecy: list[_Secrecy]
    private: tuple[range, ...] = ()

    def covers(self, span: Span, on: On, rule: Rule) -> bool:
        """Whether a message about the place may quote a secret; the key of a secret is not one."""
        if self._is_private(span.line):
            return True
        here = self._secrecy_at((span.line, span.column))
        if is_read_rule(rule):
            return here.inherited if on == "key" else here.secret or self._may_contain_secret(span.line, rule)
        return here.clear and not (on == "key" and not here.inherited)

    def hides(self, number: int, rule: Rule) -> bool:
        """Whether the line may contain a secret."""
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        first, last = bisect_left(self.starts, (number, 0)), bisect_left(self.starts, (number + 1, 0))
        if _KEY_ONLY.fullmatch(line) and first < last and not any(each.inherited for each in self.secrecy[first:last]):
            return False
        before = line[: self.starts[first][1] - 1] if first < last else line
        here = [*self.secrecy[first:last], *([self._secrecy_at((number, 0))] if _PUNCTUATION.sub("", before) else ())]
        # A comment after a reference may be the former secret.
        strict = is_read_rule(rule) or " #" in line
        return (
            any(each.secret if strict else each.clear for each in here)
            or contains_login(line)
            or self._is_private(number)
            or (not self.starts and _ASSIGNMENT.search(line) is not None)
            or self._may_contain_secret(number, rule)
        )

    def _is_private(self, number: int) -> bool:
        return any(number in key for key in self.private)

    def _secrecy_at(self, start: _Start) -> _Secrecy:
        """What is known of the value whose key begins last at or before `start`."""
        index = bisect_right(self.starts, start)
        return self.secrecy[index - 1] if index else _Secrecy()

    def _may_contain_secret(self, number: int, rule: Rule) -> bool:
        """Whether a line of a text that could not be parsed, or a line that encloses it, sounds like a secret."""
        if rule is not plain.SYNTAX and (not is_read_rule(rule) or self._is_marked(number)):
            return False
        return any(_SUSPICIOUS.search(each) for each in _enclosing(self.lines[:number]))

    def _is_marked(self, number: int) -> bool:
        return bool(self.starts) and self.starts[-1][0] >= number


def veil(source: Source, marked: Marked) -> Veil:
    """The veil of `source`, whose text has these marks; a file that is not a source is judged by its lines alone."""
    lines = source.data.decode("utf-8", "surrogateescape").split("\n")
    private = tuple(credential.private_keys(lines))
    if splitext(source.path)[1] not in EXTENSIONS:
        return Veil(lines, [], [], private)
    found = _secrecy_by_place(marked, lines)
    starts = sorted(found)
    return Veil(lines, starts, [found[start] for start in starts], private)


def contains_login(text: str) -> bool:
    """Whether `text` contains a credential, such as a URL that is one: anybody who reads it could use it."""
    return _LOGIN.search(text) is not None or credential.holds(text)


def is_read_rule(rule: Rule) -> bool:
    """Whether a rule is about a text as it is written, where references are treated as secrets."""
    return rule.code.startswith("read/")


def _enclosing(lines: list[str]) -> list[str]:
    """The last of `lines`, and those above it with ever smaller indentation."""
    found: list[str] = []
    indent = len(lines[-1]) + 1 if lines else 0
    for line in reversed(lines[-_MAX_LINES:]):
        inner = len(line) - len(line.lstrip())
        if line.strip() and inner < indent:
            found.append(line)
            indent = inner
    return found


def _secrecy_by_place(marked: Marked, lines: list[str]) -> dict[_Start, _Secrecy]:
    """What is known of the value at each place of a text.

    A value that aliases share is a secret if it is one at any of these places.
    """
    found: dict[_Start, _Secrecy] = {}
    seen: set[tuple[int, _Secrecy]] = set()
    waiting = [("", marked.root, _Secrecy())]
    while waiting:
        holder, mark, above = waiting.pop()
        for name, child in mark.children.items():
            under = _secrecy(name, child, holder, above, lines)
            start = _start(child.key)
            known = found.get(start, under)
            found[start] = _Secrecy(*(one or other for one, other in zip(known, under, strict=True)))
            if (id(child), under) not in seen:
                seen.add((id(child), under))
                waiting.append((str(name) if isinstance(name, str) else holder, child, under))
    for repeat in marked.repeats:
        found.setdefault(_start(repeat.again), found.get(_start(repeat.first), _Secrecy()))
    return found


def _start(span: Span) -> _Start:
    return span.line, span.column


def _secrecy(name: str | int, mark: Mark, holder: str, above: _Secrecy, lines: list[str]) -> _Secrecy:
    sounds = isinstance(name, str) and _sounds_secret(name, mark, holder)
    harmless = isinstance(name, str) and _is_harmless(name, mark, holder, lines, _DEPTH)
    return _Secrecy(above.secret or sounds, (above.clear or sounds) and not harmless, above.secret)


def _sounds_secret(name: str, mark: Mark, holder: str) -> bool:
    if name.startswith("$"):
        return bool(_SUSPICIOUS.search(holder))
    if (holder, name) == _EXAMPLE and mark.children:
        return False
    return bool(_SUSPICIOUS.search(name)) and not (holder in _FREELY_NAMED and mark.children)


def _is_harmless(name: str, mark: Mark, holder: str, lines: list[str], depth: int) -> bool:
    """Whether a value is a reference to a secret, one that may accompany a reference, or a map of these."""
    if not mark.children:
        written = lines[mark.value.line - 1][mark.value.column - 1 : mark.value.end - 1]
        return bool(_HARMLESS.fullmatch(f"{holder}.{name}") or (name == "secret" and _REFERENCE.fullmatch(written)))
    if depth == 0 or len(mark.children) > _BREADTH:
        return False
    return all(_is_harmless(str(key), child, name, lines, depth - 1) for key, child in mark.children.items())


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic, without words that may quote a secret."""
    title = diagnostic.rule.title
    message = title[:1].lower() + title[1:] if _QUOTES.search(diagnostic.message) else diagnostic.message
    return diagnostic._replace(message=message, hint=_HINT if _QUOTES.search(diagnostic.hint) else diagnostic.hint)


def redacted_note(note: Note) -> Note:
    """The note's place, without its message."""
    return note._replace(message="this is related to it")
