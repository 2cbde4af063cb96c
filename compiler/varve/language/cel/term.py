"""The parts of conditions that are answered outright: each gives what the library would, or gives up.

A part gives up by raising one of `UNCERTAIN`, and then only the library knows: it has other ways to compare, and what
one side of an `&&` cannot answer the other may settle. So nothing here has to know what an error is.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import ge, gt, le, lt
from typing import Any, Final, NamedTuple, TypeAlias, cast

from varve.language import regex
from varve.language.cel.function import FUNCTIONS, bad_pattern
from varve.model.source import Value

UNCERTAIN: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What Python itself raises where a value is not what was expected, and what is raised here for the same."""

Bindings: TypeAlias = dict[str, Any]
"""The variables with their values, and what loops name while they go round; under `STEPS` how often these still may."""

Get: TypeAlias = Callable[[Bindings], Any]

STEPS: Final = ""
"""The key of the steps that are left: no variable is called so."""

_EXACT: Final = 1 << 53
"""Whole numbers below this are the same as floats."""

_KINDS: Final[Mapping[str, type]] = {
    "string": str,
    "list": list,
    "map": dict,
    "bool": bool,
    "int": int,
    "double": float,
}
_OF_TEXTS: Final = {"startsWith": str.startswith, "endsWith": str.endswith, "contains": str.__contains__}
_ALIKE: Final = (str, list, dict, bool)  # as many kinds to the library, whatever is held; of numbers see `_is_exact`
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


class _Unknown:
    """What is not known before somebody asks."""


_UNKNOWN: Final = _Unknown()


class Term(NamedTuple):
    """A part: what gives its value, and whether that is true or false and nothing else.

    `held` is what was asked for a member, and the member's name, if that is what it does. `known` is its value where
    that is always the same, and `path` the variable and the names that lead to it where it only goes there.
    """

    get: Get
    is_sure: bool = False
    held: "tuple[Term, str] | None" = None
    known: Any = _UNKNOWN
    path: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether its value is always the same."""
        return self.known is not _UNKNOWN


def literal(value: Value) -> Term:
    """A value that is written out, or that a parameter has."""
    return Term(lambda _: value, isinstance(value, bool), known=value)


def variable(name: str) -> Term:
    """A variable, or what a loop names."""
    return Term(lambda bindings: bindings[name], path=(name,))


def kind(name: str) -> Term:
    """A type, by its name."""
    return Term(lambda _: _KINDS[name], known=_KINDS[name])


def kind_of(of: Term) -> Term:
    """The type of a value."""
    inner = of.get

    def get(bindings: Bindings) -> type:
        found = inner(bindings)
        kind = found.__class__
        if kind in _ALIKE or _is_exact(found):
            return cast("type", kind)
        raise TypeError

    return Term(get)


def member(of: Term, name: str) -> Term:
    """What a map holds under a name."""
    if of.is_known:
        if of.known.__class__ is not dict:
            raise TypeError
        return literal(of.known[name])._replace(held=(of, name))
    path = (*of.path, name) if of.path else ()
    match path:
        case (root, first):
            return Term(lambda bindings: bindings[root][first], held=(of, name), path=path)
        case (root, first, second):
            return Term(lambda bindings: bindings[root][first][second], held=(of, name), path=path)
    inner = of.get
    return Term(lambda bindings: inner(bindings)[name], held=(of, name), path=path)


def item(of: Term, key: Term) -> Term:
    """What a map holds under a key that is only known when it is asked for."""
    mine, name = of.get, key.get

    def get(bindings: Bindings) -> Any:  # noqa: ANN401 - whatever a map holds
        at = name(bindings)
        if at.__class__ is str:  # for which lists and texts raise
            return mine(bindings)[at]
        raise TypeError

    return Term(get)


def listed(items: Sequence[Term]) -> Term:
    """A list of values that are all written out."""
    if not all(each.is_known for each in items):
        raise TypeError
    return literal([each.known for each in items])


def there(of: Term) -> Term:
    """Whether a map has a member."""
    if of.held is None:
        raise TypeError
    inner, name = of.held[0].get, of.held[1]

    def get(bindings: Bindings) -> bool:
        found = inner(bindings)
        if found.__class__ is dict:
            return name in found
        raise TypeError

    return Term(get, is_sure=True)


def sure(of: Term) -> Get:
    """What gives true or false, and nothing else."""
    if of.is_sure:
        return of.get
    inner = of.get

    def get(bindings: Bindings) -> bool:
        found = inner(bindings)
        if found is True or found is False:
            return bool(found)
        raise TypeError

    return get


def opposite(of: Term) -> Term:
    """The other one of true and false."""
    inner = sure(of)
    return Term(lambda bindings: not inner(bindings), is_sure=True)


def every(terms: Sequence[Term]) -> Term:
    """Whether all of several hold; one that gives up is only asked where those before it hold."""
    return _joined([sure(each) for each in terms], until=False)


def some(terms: Sequence[Term]) -> Term:
    """Whether any of several holds; one that gives up is only asked where none before it does."""
    return _joined([sure(each) for each in terms], until=True)


def _joined(parts: Sequence[Get], *, until: bool) -> Term:
    """Comes to `until` as soon as a part does, and no further part is asked; two of them are the usual case."""
    match parts:
        case [first, second] if until:
            return Term(lambda bindings: first(bindings) or second(bindings), is_sure=True)
        case [first, second]:
            return Term(lambda bindings: first(bindings) and second(bindings), is_sure=True)

    def get(bindings: Bindings) -> bool:
        for each in parts:
            if each(bindings) is until:
                return bool(until)
        return not until

    return Term(get, is_sure=True)


def chosen(condition: Term, one: Term, other: Term) -> Term:
    """One of two, by a condition."""
    asked, yes, no = sure(condition), one.get, other.get
    return Term(lambda bindings: yes(bindings) if asked(bindings) else no(bindings), one.is_sure and other.is_sure)


def loop(of: Term, name: str, body: Term, *, until: bool) -> Term:
    """Whether the body comes to `until` for any member of a list, or key of a map."""
    items, asked = of.get, sure(body)

    def get(bindings: Bindings) -> bool:
        found = items(bindings)
        kind = found.__class__
        if kind is not list and kind is not dict:
            raise TypeError
        bindings[STEPS] -= len(found)
        if bindings[STEPS] < 0:
            raise TypeError
        for bindings[name] in found:
            if asked(bindings) is until:
                return bool(until)
        return not until

    return Term(get, is_sure=True)


def among(one: Term, many: Term) -> Term:
    """Whether a text is a member of a list, or a key of a map."""
    mine, those = one.get, many.get
    if many.is_known:
        return _among(mine, many.known)

    def get(bindings: Bindings) -> bool:
        found, members = mine(bindings), those(bindings)
        if found.__class__ is str and (members.__class__ is list or members.__class__ is dict):
            return bool(found in members)
        raise TypeError

    return Term(get, is_sure=True)


def _among(mine: Get, members: Value) -> Term:
    """The same of a list or a map that is always the same."""
    if not isinstance(members, list | dict):
        raise TypeError

    def get(bindings: Bindings) -> bool:
        found = mine(bindings)
        if found.__class__ is str:
            return found in members
        raise TypeError

    return Term(get, is_sure=True)


def compared(one: Term, sign: str, other: Term) -> Term:
    """Whether two are the same, or in an order."""
    mine, theirs = one.get, other.get
    if sign in ("==", "!="):
        wanted = sign == "=="
        if isinstance(other.known, str):
            return _same(mine, other.known, wanted=wanted)
        return Term(lambda bindings: _is_same(mine(bindings), theirs(bindings)) is wanted, is_sure=True)
    order = _ORDERS[sign]
    if other.known.__class__ is int and _is_exact(other.known):
        return _counted(mine, order, other.known)

    def get(bindings: Bindings) -> bool:
        left, right = mine(bindings), theirs(bindings)
        if (left.__class__ is str and right.__class__ is str) or (_is_exact(left) and _is_exact(right)):
            return order(left, right)
        raise TypeError

    return Term(get, is_sure=True)


def _same(mine: Get, text: str, *, wanted: bool) -> Term:
    """Whether something is a text, or is none."""

    def get(bindings: Bindings) -> bool:
        found = mine(bindings)
        return (found == text if found.__class__ is str else _is_same(found, text)) is wanted

    return Term(get, is_sure=True)


def _counted(mine: Get, order: Callable[[Any, Any], bool], number: int) -> Term:
    """Whether a number stands in an order to one that is always the same."""

    def get(bindings: Bindings) -> bool:
        found = mine(bindings)
        if _is_exact(found):
            return order(found, number)
        raise TypeError

    return Term(get, is_sure=True)


def _is_same(one: Any, other: Any) -> bool:  # noqa: ANN401 - whatever the variables hold
    """Whether two values are the same; to Python `True` and 1 are, so what is not of one kind is given up."""
    kind = one.__class__
    if kind is other.__class__:
        if kind is str or kind is bool or kind is type:
            return bool(one == other)
        if (kind is list or kind is dict) and not (one and other):
            return len(one) == len(other)
    if _is_exact(one) and _is_exact(other):
        return bool(one == other)
    if other is None and (one is None or kind in _ALIKE):
        return one is None
    raise TypeError


def _is_exact(value: Any) -> bool:  # noqa: ANN401 - whatever the variables hold
    """Whether a value is a number that is the same as a whole one and as a float."""
    kind = value.__class__
    return (kind is int or kind is float) and bool(-_EXACT < value < _EXACT)


def size(of: Term) -> Term:
    """How long a text, a list or a map is."""
    inner = of.get
    return Term(lambda bindings: len(inner(bindings)))


def within(name: str, text: Term, part: Term) -> Term:
    """Whether a text begins with another, ends with it, or has it anywhere; or holds what a pattern matches."""
    mine, theirs = text.get, part.get
    if name == "matches":
        return _matching(text, part)
    ask: Callable[[Any, str], bool] = _OF_TEXTS[name]
    if isinstance(part.known, str):
        known = part.known
        return Term(lambda bindings: ask(mine(bindings), known), is_sure=True)

    def get(bindings: Bindings) -> bool:
        found = theirs(bindings)
        if found.__class__ is str:
            return ask(mine(bindings), found)
        raise TypeError

    return Term(get, is_sure=True)


def _matching(text: Term, pattern: Term) -> Term:
    mine, theirs = text.get, pattern.get
    if not pattern.is_known:
        asked = FUNCTIONS["matches"].call
        return Term(lambda bindings: asked(mine(bindings), theirs(bindings)), is_sure=True)
    if not isinstance(pattern.known, str) or bad_pattern(pattern.known):
        raise TypeError
    finds = partial(regex.finds, pattern.known)
    return Term(lambda bindings: finds(mine(bindings)), is_sure=True)


def called(name: str, given: Sequence[Term]) -> Term:
    """What one of the functions makes of texts."""
    function = FUNCTIONS[name]
    if len(given) != function.takes:
        raise TypeError
    ask, takes = function.call, [each.get for each in given]

    def get(bindings: Bindings) -> Any:  # noqa: ANN401 - whatever the function gives
        texts = [each(bindings) for each in takes]
        if all(each.__class__ is str for each in texts):
            return ask(*texts)
        raise TypeError

    return Term(get, function.gives == "BOOL")
