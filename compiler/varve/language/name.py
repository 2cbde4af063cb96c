"""Names and paths: which names are allowed, how paths are written, and which name was probably meant."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from varve.model.source import Keys

_LONGEST_ID = 40
_ID = re.compile(rf"[a-z][a-z0-9-]{{0,{_LONGEST_ID - 2}}}[a-z0-9]")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ALERT = re.compile(r"[A-Z][a-zA-Z0-9]{0,127}")

_PLAIN = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*")
_STEP = re.compile(
    rf"(?:\A|\.)(?P<plain>{_PLAIN.pattern})"
    r"|\[(?P<index>[0-9]{1,9})\]"
    r'|\[(?P<quoted>"(?:[^"\\]|\\.|)*+")\]',
)

_OUTSIDE_IDS = re.compile(r"[^a-z0-9]+")
_LONGEST_WORD = 64
_MOST_LISTED = 3


def is_id(text: str) -> bool:
    """Whether `text` may name a tenant, a service, a user, an environment or a pack."""
    return _ID.fullmatch(text) is not None


def suggested_id(text: str) -> str | None:
    """The id that is most like `text`, in lower case and with hyphens; None if too little of it would be left."""
    from unicodedata import normalize

    letters = normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    plain = _OUTSIDE_IDS.sub("-", letters).lstrip("-0123456789")[:_LONGEST_ID].rstrip("-")
    return plain if is_id(plain) else None


def is_metric_name(text: str) -> bool:
    """Whether `text` is a metric's name that needs no quotes in any version of Prometheus."""
    return _METRIC.fullmatch(text) is not None


def is_label_name(text: str) -> bool:
    """Whether `text` is a label's name that needs no quotes in any version of Prometheus."""
    return _LABEL.fullmatch(text) is not None


def is_alert_name(text: str) -> bool:
    """Whether `text` may name an alert: a capital letter, then at most 127 letters and digits."""
    return _ALERT.fullmatch(text) is not None


@lru_cache(maxsize=512)
def dotted(keys: Keys) -> str:
    """The path in its written form: `services.checkout`, `["a key"]` for other keys, `[0]` for positions."""
    return "".join(map(_step, keys)).removeprefix(".")


def keys(text: str) -> Keys | None:
    """The keys of the path `text`, or None if it is not written as by `dotted`, except that any key may be quoted.

    The empty path is that of the whole value.
    """
    found: list[str | int] = []
    spelt, end = "", 0
    while end < len(text):
        step = _STEP.match(text, end)
        key = _key(step) if step else None
        if step is None or key is None:
            return None
        found.append(key)
        spelt += _quoted(key) if step["quoted"] else _step(key)
        end = step.end()
    return tuple(found) if spelt.removeprefix(".") == text else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, at a small edit distance; of equally near ones the first, or None."""
    if len(word) > _LONGEST_WORD:
        return None
    folded = word.casefold()
    # One edit for short words, at most three: a guess beyond that is noise.
    bound = min(3, 1 + len(folded) // 5)
    near = ((distance(folded, each.casefold(), bound), each) for each in known)
    close = [(slips, each) for slips, each in near if slips is not None]
    return min(close)[1] if close else None


def meant(word: str, known: Collection[str]) -> str | None:
    """The nearest known word, or the only one that begins with `word`, in case it was abbreviated."""
    completions = [each for each in known if len(word) > 1 and each.casefold().startswith(word.casefold())]
    return nearest(word, known) or (completions[0] if len(completions) == 1 else None)


def distance(left: str, right: str, bound: int) -> int | None:
    """The edit distance of two words, or None above `bound`: insertions, deletions, substitutions, transpositions.

    This is the restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    if abs(len(left) - len(right)) > bound:
        return None
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row in range(1, len(left) + 1):
        line = _row(left, right, row, (before, above))
        # A transposition refers to the row before the last, so both rows must exceed the bound.
        if min(line) > bound and min(above) > bound:
            return None
        before, above = above, line
    return above[-1] if above[-1] <= bound else None


def _row(left: str, right: str, row: int, earlier: tuple[list[int], list[int]]) -> list[int]:
    before, above = earlier
    letter, previous = left[row - 1], left[row - 2] if row > 1 else ""
    line = [row]
    for column, other in enumerate(right, 1):
        slips = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
        if previous == other and column > 1 and letter == right[column - 2]:
            slips = min(slips, before[column - 2] + 1)
        line.append(slips)
    return line


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN.fullmatch(key) else _quoted(key)


def _quoted(key: str | int) -> str:
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def _key(step: re.Match[str]) -> str | int | None:
    match step.lastgroup:
        case "plain":
            return step["plain"]
        case "index":
            return int(step["index"])
        case _:
            return _unquoted(step["quoted"])


def _unquoted(text: str) -> str | None:
    try:
        return str(json.loads(text))
    except ValueError:
        return None


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a sentence, sorted, with the word `last` before the last one; many are abbreviated."""
    shown = [f"`{each}`" for each in sorted(set(names))]
    parts = [*shown[:_MOST_LISTED], f"{len(shown) - _MOST_LISTED} more"] if len(shown) > _MOST_LISTED else shown
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def few(names: Sequence[str], most: int) -> str:
    """At most `most` of the names, in their order, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{each}`" for each in names[:most]) + more
