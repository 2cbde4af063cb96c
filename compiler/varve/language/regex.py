"""Regular expressions as Prometheus and Alertmanager read them: RE2, with Go's limits."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from varve.language import fault as faults

_LONGEST: Final = 8192
_MEMORY: Final = 1 << 18  # bytes; bounds the time that a pattern such as `\\pL{1000}` may take, to some milliseconds
_TRUSTED_MEMORY: Final = 1 << 24  # bytes; enough for every pattern of varve's own
_DEEPEST: Final = 900  # Go stops at a tree of 1000 levels, some of which are the anchors around the pattern
_LARGEST: Final = 3_000_000  # Go stops at 3 355 443 instructions, repetitions written out

# The scripts that came after Unicode 13, which is the oldest Go's, and the names that Go 1.25 and later no longer find.
_SCRIPT: Final = r"""\\[pP]\{\^?(?:
    Tangsa | Toto | Vithkuqi | Kawi | Garay | Sunuwar | Todhri | Sidetic | SignWriting | [A-Za-z]++_[A-Za-z_]++
)\}"""
# What the C++ library accepts but Go does not, or only a recent Go with which not every Prometheus was built. The other
# alternatives skip the same characters where they are escaped, quoted or in a class.
_UNSUPPORTED: Final = re.compile(
    rf"""\\Q.*?\\E
      | (?P<quote> \\Q )
      | (?P<escape> \\C )
      | (?P<script> {_SCRIPT} )
      | \\.
      | \[\^?+\]?+ (?:(?!{_SCRIPT}) \\. | \[:\^?+[a-z]++:\] | [^\]\\]|)*+
        (?: \] | \Z | (?P<member> {_SCRIPT} ) )
      | (?P<repeat> \{{[0-9]{{5,}}+(?>,[0-9]*+|)\}} )
      | (?P<name> \(\?P?+<[\x00-=?-\x7f]*+[^\x00-\x7f][^>]*+> )
      | (?P<young> \(\?<(?![=!]) )""",
    re.VERBOSE | re.DOTALL,
)
_TOKEN: Final = re.compile(
    r"""(?: \\Q (?P<quoted>.*?) (?:\\E|\Z) )
      | (?P<mark> \\[pP]\{[^}]*+\} | \\x\{[^}]*+\} | \\x[0-9A-Fa-f]{2} | \\[0-7]{1,3} | \\[A-Za-z]
          | \[\^?+\]?+ (?:\\. | \[:\^?+[a-z]++:\] | [^\]\\]|)*+ (?:\]|\Z) | [.^$] )
      | (?P<flags> \(\?[A-Za-z-]*+\) )
      | (?P<open> \( (?>\?P?<[^>]*+> | \?[A-Za-z-]*+:|) )
      | (?P<close> \) )
      | (?P<bar> \| )
      | (?P<repeat> (?:[*+?] | \{(?P<least>[0-9]++)(?>(?P<upto>,(?P<most>[0-9]*+))|)\}) \??+ )
      | (?P<rune> \\?. )""",
    re.VERBOSE | re.DOTALL,
)
_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_UNSUPPORTED_MESSAGES: Final = {
    "quote": "quoted text without an end",
    "escape": "invalid escape sequence",
    "repeat": "invalid repetition size",
    "name": "invalid name of a group",
    "script": "a script that is not supported everywhere",
    "member": "a script that is not supported everywhere",
    "young": "a named group begins with `(?P<`",
}


def fault(pattern: str) -> str | None:
    """Why Prometheus would refuse `pattern`: a phrase without a full stop, or None."""
    return _unreadable(pattern) or _unsupported(pattern) or _syntax_error(pattern) or _too_large(pattern)


def quote(text: str) -> str:
    """The regular expression that matches `text` and nothing else."""
    return _META.sub(r"\\\g<0>", text)


def matches_empty(pattern: str) -> bool:
    """Whether `pattern`, which has no fault, matches the empty string when it is anchored at both ends."""
    return _compile(pattern).fullmatch("") is not None


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern`, which has no fault, matches the whole of `text`, anchored as by Alertmanager."""
    # Bytes, because for a str the library would also convert positions to characters, which are not needed.
    return _anchored(pattern).search(text.encode()) is not None


@lru_cache(maxsize=4096)
def _anchored(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    return _compile(f"^(?:{pattern})$")


@lru_cache(maxsize=4096)
def _cached(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    return _compile(pattern)


def finds(pattern: str, text: str) -> bool:
    """Whether `pattern`, which has no fault, matches somewhere in `text`; takes time proportional to its length."""
    return _cached(pattern).search(text.encode()) is not None


@lru_cache(maxsize=128)
def trusted(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    """A pattern of varve's own, with a higher limit of memory, compiled for texts and bytes."""
    import re2

    options = re2.Options()
    options.max_mem = _TRUSTED_MEMORY
    return re2.compile(pattern, options)


def literals(texts: Iterable[bytes]) -> Any:  # noqa: ANN401  # re2 has no types
    """A pattern that matches any of `texts` in bytes; it is not cached, because the texts may be secrets."""
    import re2

    options = re2.Options()
    options.max_mem = _TRUSTED_MEMORY
    options.encoding = re2.Options.Encoding.LATIN1
    pattern = b"|".join(map(re2.escape, texts))
    try:
        return re2.compile(pattern, options)
    finally:
        re2.purge()


def _unreadable(pattern: str) -> str | None:
    if len(pattern) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    surrogate = faults.surrogate(pattern)
    return surrogate.message if surrogate else None


def _unsupported(pattern: str) -> str | None:
    for found in _UNSUPPORTED.finditer(pattern):
        if found.lastgroup:
            return f"{_UNSUPPORTED_MESSAGES[found.lastgroup]}: {faults.quote(found[found.lastgroup])}"
    return None


def _syntax_error(pattern: str) -> str | None:
    import re2

    try:
        _compile(pattern)
    except re2.error as error:
        what, _, where = error.args[0].decode(errors="replace").partition(": ")
        return f"{what}: {faults.quote(where)}" if where else str(what)
    return None


def _compile(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False  # it would write to stderr
    return re2.compile(pattern, options)


class _Tree(NamedTuple):
    """An upper bound for a part of a pattern in Go's syntax tree.

    `height` is in levels and `size` in instructions. Go factors common prefixes out of alternatives; of what can be in
    a prefix, `atoms` counts everything, `marks` everything but plain characters, and `bars` the bars of alternatives.
    """

    height: int
    size: int
    atoms: int = 0
    marks: int = 0
    bars: int = 0


_RUNE: Final = _Tree(1, 1, atoms=1)
_MARK: Final = _Tree(1, 1, atoms=1, marks=1)


def _too_large(pattern: str) -> str | None:
    tree = _measured(pattern)
    if tree.height > _DEEPEST:
        return "it is nested too deeply"
    if tree.size > _LARGEST:
        return "it is too large once its repetitions are expanded"
    return None


def _measured(pattern: str) -> _Tree:
    """The bounds of a pattern that the C++ library accepts."""
    levels: list[list[list[_Tree]]] = [[[]]]
    for found in _TOKEN.finditer(pattern):
        branch = levels[-1][-1]
        match found:
            case re.Match(lastgroup="open"):
                levels.append([[]])
            case re.Match(lastgroup="close"):
                closed = _alternated(levels.pop())
                levels[-1][-1].append(_grouped(closed))
            case re.Match(lastgroup="bar"):
                levels[-1].append([])
            case re.Match(lastgroup="repeat"):
                branch[-1:] = [_repeated(branch[-1], found)]
            case re.Match(lastgroup="quoted"):
                branch += [_RUNE] * len(found["quoted"])
            case re.Match(lastgroup="flags"):
                branch[-1:] = [each._replace(marks=each.marks + 1) for each in branch[-1:]]
            case re.Match(lastgroup="mark"):
                branch.append(_MARK)
            case _:
                branch.append(_RUNE)
    return _alternated(levels[0])


def _grouped(tree: _Tree) -> _Tree:
    return tree._replace(height=tree.height + 1, size=tree.size + 2, marks=tree.marks + 1)


def _repeated(tree: _Tree, found: re.Match[str]) -> _Tree:
    least, most = int(found["least"] or 0), int(found["most"] or 0)
    times = max(1, least, most)
    return tree._replace(height=tree.height + 1, size=times * (tree.size + 1) + 1, marks=tree.marks + 1)


def _joined(trees: Sequence[_Tree]) -> _Tree:
    if not trees:
        return _Tree(1, 1)
    sums = (sum(column) for column in zip(*(each[1:] for each in trees), strict=True))
    return _Tree(1 + max(each.height for each in trees), *sums)


def _alternated(branches: Sequence[Sequence[_Tree]]) -> _Tree:
    """The bounds of alternatives: each time that Go factors out a common prefix of neighbours may add two levels."""
    trees = [_joined(branch) for branch in branches]
    if len(trees) == 1:
        return trees[0]
    whole = _joined(trees)
    bars = whole.bars + len(trees) - 1
    shared = min(sorted(each.atoms for each in trees)[-2], sorted(each.marks for each in trees)[-2] + bars)
    return whole._replace(height=whole.height + 2 * shared, size=whole.size + len(trees) - 1, bars=bars)
