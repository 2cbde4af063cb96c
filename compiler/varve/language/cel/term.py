"""The terms of conditions that Python evaluates: each returns what the library would, or gives up.

A term gives up by raising one of `UNCERTAIN`; then the library is needed, which compares more types, and in which one
side of an `&&` can decide the result although the other is an error. So nothing here has to model CEL's errors.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import ge, gt, le, lt
from typing import Any, Final, NamedTuple, TypeAlias, cast

from varve.language import regex
from varve.language.cel.function import FUNCTIONS, bad_pattern
from varve.model.source import Value

UNCERTAIN: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What Python raises for an unexpected value, and what terms raise for the same reason."""

Bindings: TypeAlias = dict[str, Any]
"""The variables with their values, including loop variables; under `STEPS` the number of iterations that are left."""

Get: TypeAlias = Callable[[Bindings], Any]

STEPS: Final = ""
"""The key of the iterations that are left; no variable can have this name."""

_EXACT: Final = 1 << 53
"""Integers below this have an exact float."""

_KINDS: Final[Mapping[str, type]] = {
    "string": str,
    "list": list,
    "map": dict,
    "bool": bool,
    "int": int,
    "double": float,
}
_TEXT_TESTS: Final = {"startsWith": str.startswith, "endsWith": str.endswith, "contains": str.__contains__}
_SAME_KINDS: Final = (
    str,
    list,
    dict,
    bool,
)  # the library has the same types, whatever their content; for numbers see `_is_exact`
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


class _Unknown:
    """Stands for a value that is known only at evaluation."""


_UNKNOWN: Final = _Unknown()


class Term(NamedTuple):
    """A part of a condition: the function that evaluates it, and whether its result is always true or false.

    If it selects a member, `accessed` is the term of the map and the member's name. `known` is its value if that is
    constant. If it only selects a value, `path` is the variable and the names that lead there.
    """

    get: Get
    is_boolean: bool = False
    accessed: "tuple[Term, str] | None" = None
    known: Any = _UNKNOWN
    path: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the value is constant."""
        return self.known is not _UNKNOWN


def literal(value: Value) -> Term:
    """A literal, or the value of a parameter."""
    return Term(lambda _: value, isinstance(value, bool), known=value)


def variable(name: str) -> Term:
    """A variable, or a loop variable."""
    return Term(lambda bindings: bindings[name], path=(name,))


def kind(name: str) -> Term:
    """The type with this name."""
    return Term(lambda _: _KINDS[name], known=_KINDS[name])


def kind_of(operand: Term) -> Term:
    """The type of a value."""
    inner = operand.get

    def get(bindings: Bindings) -> type:
        found = inner(bindings)
        kind = found.__class__
        if kind in _SAME_KINDS or _is_exact(found):
            return cast("type", kind)
        raise TypeError

    return Term(get)


def member(operand: Term, name: str) -> Term:
    """The member of a map with this name."""
    if operand.is_known:
        if operand.known.__class__ is not dict:
            raise TypeError
        return literal(operand.known[name])._replace(accessed=(operand, name))
    path = (*operand.path, name) if operand.path else ()
    match path:
        case (root, first):
            return Term(lambda bindings: bindings[root][first], accessed=(operand, name), path=path)
        case (root, first, second):
            return Term(lambda bindings: bindings[root][first][second], accessed=(operand, name), path=path)
    inner = operand.get
    return Term(lambda bindings: inner(bindings)[name], accessed=(operand, name), path=path)


def item(operand: Term, key: Term) -> Term:
    """The member of a map under a computed key."""
    get_map, get_key = operand.get, key.get

    def get(bindings: Bindings) -> Any:  # noqa: ANN401 - whatever a map holds
        at = get_key(bindings)
        if at.__class__ is str:  # with which lists and texts raise
            return get_map(bindings)[at]
        raise TypeError

    return Term(get)


def listed(items: Sequence[Term]) -> Term:
    """A list whose items are all constant."""
    if not all(each.is_known for each in items):
        raise TypeError
    return literal([each.known for each in items])


def has_member(operand: Term) -> Term:
    """Whether a map has a member."""
    if operand.accessed is None:
        raise TypeError
    inner, name = operand.accessed[0].get, operand.accessed[1]

    def get(bindings: Bindings) -> bool:
        found = inner(bindings)
        if found.__class__ is dict:
            return name in found
        raise TypeError

    return Term(get, is_boolean=True)


def boolean(operand: Term) -> Get:
    """The function that evaluates a term to true or false, or gives up."""
    if operand.is_boolean:
        return operand.get
    inner = operand.get

    def get(bindings: Bindings) -> bool:
        found = inner(bindings)
        if found is True or found is False:
            return bool(found)
        raise TypeError

    return get


def negated(operand: Term) -> Term:
    """The negation of a condition."""
    inner = boolean(operand)
    return Term(lambda bindings: not inner(bindings), is_boolean=True)


def every(terms: Sequence[Term]) -> Term:
    """Whether all of several conditions hold; each is evaluated only if those before it hold."""
    return _joined([boolean(each) for each in terms], until=False)


def some(terms: Sequence[Term]) -> Term:
    """Whether any of several conditions holds; each is evaluated only if none before it holds."""
    return _joined([boolean(each) for each in terms], until=True)


def _joined(parts: Sequence[Get], *, until: bool) -> Term:
    """The result `until` if any part has it, and then no further part is evaluated; two parts are the usual case."""
    match parts:
        case [first, second] if until:
            return Term(lambda bindings: first(bindings) or second(bindings), is_boolean=True)
        case [first, second]:
            return Term(lambda bindings: first(bindings) and second(bindings), is_boolean=True)

    def get(bindings: Bindings) -> bool:
        for each in parts:
            if each(bindings) is until:
                return bool(until)
        return not until

    return Term(get, is_boolean=True)


def conditional(condition: Term, one: Term, other: Term) -> Term:
    """One of two terms, by a condition."""
    test, yes, no = boolean(condition), one.get, other.get
    return Term(lambda bindings: yes(bindings) if test(bindings) else no(bindings), one.is_boolean and other.is_boolean)


def loop(operand: Term, name: str, body: Term, *, until: bool) -> Term:
    """The result `until` if the body has it for any item of a list or key of a map, else the opposite."""
    items, test = operand.get, boolean(body)

    def get(bindings: Bindings) -> bool:
        found = items(bindings)
        kind = found.__class__
        if kind is not list and kind is not dict:
            raise TypeError
        bindings[STEPS] -= len(found)
        if bindings[STEPS] < 0:
            raise TypeError
        for bindings[name] in found:
            if test(bindings) is until:
                return bool(until)
        return not until

    return Term(get, is_boolean=True)


def contained(one: Term, container: Term) -> Term:
    """Whether a text is an item of a list, or a key of a map."""
    get_member, get_container = one.get, container.get
    if container.is_known:
        return _contained_in(get_member, container.known)

    def get(bindings: Bindings) -> bool:
        found, members = get_member(bindings), get_container(bindings)
        if found.__class__ is str and (members.__class__ is list or members.__class__ is dict):
            return bool(found in members)
        raise TypeError

    return Term(get, is_boolean=True)


def _contained_in(get_member: Get, members: Value) -> Term:
    """Whether a text is an item of a constant list, or a key of a constant map."""
    if not isinstance(members, list | dict):
        raise TypeError

    def get(bindings: Bindings) -> bool:
        found = get_member(bindings)
        if found.__class__ is str:
            return found in members
        raise TypeError

    return Term(get, is_boolean=True)


def compared(one: Term, sign: str, other: Term) -> Term:
    """Whether two values are equal, different, or in the order of `sign`."""
    get_left, get_right = one.get, other.get
    if sign in ("==", "!="):
        wanted = sign == "=="
        if isinstance(other.known, str):
            return _text_compared(get_left, other.known, wanted=wanted)
        return Term(lambda bindings: _is_same(get_left(bindings), get_right(bindings)) is wanted, is_boolean=True)
    order = _ORDERS[sign]
    if other.known.__class__ is int and _is_exact(other.known):
        return _number_compared(get_left, order, other.known)

    def get(bindings: Bindings) -> bool:
        left, right = get_left(bindings), get_right(bindings)
        if (left.__class__ is str and right.__class__ is str) or (_is_exact(left) and _is_exact(right)):
            return order(left, right)
        raise TypeError

    return Term(get, is_boolean=True)


def _text_compared(get_value: Get, text: str, *, wanted: bool) -> Term:
    """Whether a value is equal to a constant text, or with `wanted` false, different from it."""

    def get(bindings: Bindings) -> bool:
        found = get_value(bindings)
        return (found == text if found.__class__ is str else _is_same(found, text)) is wanted

    return Term(get, is_boolean=True)


def _number_compared(get_value: Get, order: Callable[[Any, Any], bool], number: int) -> Term:
    """Whether a number is in this order to a constant integer."""

    def get(bindings: Bindings) -> bool:
        found = get_value(bindings)
        if _is_exact(found):
            return order(found, number)
        raise TypeError

    return Term(get, is_boolean=True)


def _is_same(one: Any, other: Any) -> bool:  # noqa: ANN401 - whatever the variables hold
    """Whether two values are equal; gives up for most pairs of different types, because in Python `True` equals 1."""
    kind = one.__class__
    if kind is other.__class__:
        if kind is str or kind is bool or kind is type:
            return bool(one == other)
        if (kind is list or kind is dict) and not (one and other):
            return len(one) == len(other)
    if _is_exact(one) and _is_exact(other):
        return bool(one == other)
    if other is None and (one is None or kind in _SAME_KINDS):
        return one is None
    raise TypeError


def _is_exact(value: Any) -> bool:  # noqa: ANN401 - whatever the variables hold
    """Whether a value is a number that an integer and a float would represent alike."""
    kind = value.__class__
    return (kind is int or kind is float) and bool(-_EXACT < value < _EXACT)


def size(operand: Term) -> Term:
    """The length of a text, a list or a map."""
    inner = operand.get
    return Term(lambda bindings: len(inner(bindings)))


def text_test(name: str, text: Term, part: Term) -> Term:
    """Whether a text begins with another, ends with it, contains it, or is matched by it as a pattern."""
    get_text, get_part = text.get, part.get
    if name == "matches":
        return _matching(text, part)
    test: Callable[[Any, str], bool] = _TEXT_TESTS[name]
    if isinstance(part.known, str):
        known = part.known
        return Term(lambda bindings: test(get_text(bindings), known), is_boolean=True)

    def get(bindings: Bindings) -> bool:
        found = get_part(bindings)
        if found.__class__ is str:
            return test(get_text(bindings), found)
        raise TypeError

    return Term(get, is_boolean=True)


def _matching(text: Term, pattern: Term) -> Term:
    get_text, get_pattern = text.get, pattern.get
    if not pattern.is_known:
        test = FUNCTIONS["matches"].call
        return Term(lambda bindings: test(get_text(bindings), get_pattern(bindings)), is_boolean=True)
    if not isinstance(pattern.known, str) or bad_pattern(pattern.known):
        raise TypeError
    finds = partial(regex.finds, pattern.known)
    return Term(lambda bindings: finds(get_text(bindings)), is_boolean=True)


def called(name: str, arguments: Sequence[Term]) -> Term:
    """The result of one of varve's functions for texts."""
    function = FUNCTIONS[name]
    if len(arguments) != function.takes:
        raise TypeError
    call, get_arguments = function.call, [each.get for each in arguments]

    def get(bindings: Bindings) -> Any:  # noqa: ANN401 - whatever the function gives
        texts = [each(bindings) for each in get_arguments]
        if all(each.__class__ is str for each in texts):
            return call(*texts)
        raise TypeError

    return Term(get, function.returns == "BOOL")
