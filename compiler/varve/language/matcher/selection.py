"""Which labels matchers select, and whether two lists of matchers can select the same."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from varve.language import regex
from varve.language.matcher.matcher import Matcher

_LITERALS: Final = re.compile(r"[^\\.+*?()\[\]{}^$]*")  # and `|` between them
_MOST: Final = 256  # tests of a value against a regular expression, for each of thousands of pairs of routes
_PREFIX: Final = re.compile(r"[^\\.+*?()\[\]{}^$|]*(?![*?{])")


def matches(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether every matcher, each without fault, holds for `labels`; a missing label has the empty value."""
    return all(_holds(each, labels.get(each.name, "")) for each in matchers)


def disjoint(left: Iterable[Matcher], right: Iterable[Matcher]) -> bool:
    """Whether surely no labels match both lists; False if that cannot be determined, or only slowly."""
    by_name: defaultdict[str, list[Matcher]] = defaultdict(list)
    for each in (*left, *right):
        by_name[each.name].append(each)
    return any(map(_unsatisfiable, by_name.values()))


def _holds(matcher: Matcher, value: str) -> bool:
    match matcher.op:
        case "=":
            return value == matcher.value
        case "!=":
            return value != matcher.value
        case "=~":
            return regex.matches(matcher.value, value)
        case "!~":
            return not regex.matches(matcher.value, value)


def _unsatisfiable(matchers: Sequence[Matcher]) -> bool:
    """Whether surely no value satisfies all of these matchers of one label."""
    listed = [set(values) for values in map(admitted, matchers) if values is not None]
    if not listed:
        return _contradict(matchers) or _prefixes_differ(matchers)
    values = set.intersection(*listed) - {each.value for each in matchers if each.op == "!="}
    others = [each for each in matchers if each.op != "!=" and admitted(each) is None]
    if len(values) * len(others) > _MOST:
        return False
    return not any(all(_holds(other, value) for other in others) for value in values)


def admitted(matcher: Matcher) -> list[str] | None:
    """All values that `matcher` admits, or None if they cannot be listed."""
    if matcher.op == "=":
        return [matcher.value]
    if matcher.op == "=~" and _LITERALS.fullmatch(matcher.value):
        return matcher.value.split("|")
    return None


def _contradict(matchers: Sequence[Matcher]) -> bool:
    """Whether one matcher requires the regular expression that another excludes."""
    required, excluded = ({each.value for each in matchers if each.op == op} for op in ("=~", "!~"))
    return not required.isdisjoint(excluded)


def _prefixes_differ(matchers: Sequence[Matcher]) -> bool:
    """Whether two of the required regular expressions begin with different literal prefixes."""
    beginnings = sorted(_prefix(each.value) for each in matchers if each.op == "=~")
    return any(not after.startswith(before) for before, after in pairwise(beginnings))


def _prefix(pattern: str) -> str:
    found = None if {"|", "("} & set(pattern) else _PREFIX.match(pattern)
    return found[0] if found else ""
