"""The filters and tests that a template may use: pure, bounded, and for plain data only."""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from varve.emit.template import given
from varve.emit.template.given import SCALARS
from varve.emit.template.run import LARGEST, TOO_MUCH, Refusal
from varve.model.diagnostic import Rule

TEMPLATE_FAILED = Rule(
    "emit/template-failed",
    "Template expression fails",
    "The values do not fit the expression: a sum of a text and a number, a loop over a text, a division by zero, a "
    "macro with the wrong arguments. The line shown is the template's; correct the expression, or test the value "
    "before using it.",
)

_PRECISION: Final = 15

Filter: TypeAlias = Callable[..., Any]
"""What a template calls; its arguments are whatever the template passes."""


def length(values: Any) -> int:  # noqa: ANN401
    """The number of items or characters."""
    return len(values)


def items(values: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The entries of a map, in its order."""
    return list(values.items())


def dictsort(values: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The entries of a map, by key."""
    return sorted(values.items(), key=operator.itemgetter(0))


def first(values: Iterable[Any]) -> Any:  # noqa: ANN401
    """The first item."""
    return _sequence(values)[0]


def last(values: Iterable[Any]) -> Any:  # noqa: ANN401
    """The last item."""
    return _sequence(values)[-1]


def join(values: Iterable[Any], separator: str = "") -> str:
    """The texts of the items, joined."""
    texts = [text(each) for each in _sequence(values)]
    keep_within(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def text(value: Any) -> str:  # noqa: ANN401
    """The text of a scalar."""
    if type(value) not in SCALARS or value is None:
        message = f"{given.show(value)} has no form as text"
        raise Refusal(TEMPLATE_FAILED, message, "write text or a number")
    return given.text(value)


def replace(value: str, old: str, new: str) -> str:
    """`value` with every `old` replaced by `new`."""
    keep_within(len(value) + value.count(old) * len(new))
    return value.replace(old, new)


def sort(values: Iterable[Any], reverse: bool = False, attribute: str = "") -> list[Any]:  # noqa: FBT001, FBT002
    """The items by code point or size, or by their values at `attribute`."""
    return sorted(_sequence(values), key=_getter(attribute), reverse=reverse)


def unique(values: Iterable[Any]) -> list[Any]:
    """The items without repetition, in their order."""
    return list(dict.fromkeys(_sequence(values)))


def each(values: Iterable[Any], name: str = "", *, attribute: str = "") -> list[Any]:
    """The value of every item at `attribute`, or the result of the filter `name` for it."""
    if name:
        return [FILTERS[name](item) for item in _sequence(values)]
    return [_getter(attribute)(item) for item in _sequence(values)]


def select(values: Iterable[Any], attribute: str, test: str = "true", *arguments: Any) -> list[Any]:  # noqa: ANN401
    """The items whose value at `attribute` passes `test`."""
    return [item for item in _sequence(values) if _holds(item, attribute, test, arguments)]


def reject(values: Iterable[Any], attribute: str, test: str = "true", *arguments: Any) -> list[Any]:  # noqa: ANN401
    """The items whose value at `attribute` does not pass `test`."""
    return [item for item in _sequence(values) if not _holds(item, attribute, test, arguments)]


def total(values: Iterable[Any], attribute: str = "") -> float:
    """The sum of the numbers."""
    numbers: list[float] = list(map(_getter(attribute), _sequence(values)))
    return sum(numbers)


def rounded(value: float, precision: int = 0) -> float:
    """The number with `precision` decimals."""
    return round(value, max(0, min(precision, _PRECISION)))


def _sequence(values: Iterable[Any]) -> list[Any]:
    if isinstance(values, str):
        message = f"{given.show(values)} is a text but a list is needed"
        raise Refusal(TEMPLATE_FAILED, message, "write a list")
    return list(values)


def _getter(attribute: str) -> Callable[[Any], Any]:
    keys = attribute.split(".") if attribute else []

    def get(item: Any) -> Any:  # noqa: ANN401
        for key in keys:
            item = item[key]
        return item

    return get


def _holds(item: Any, attribute: str, test: str, arguments: tuple[Any, ...]) -> bool:  # noqa: ANN401
    for key in attribute.split("."):
        if type(item) is not dict or key not in item:
            return test == "undefined"
        item = item[key]
    return test == "defined" or (test != "undefined" and bool(COMPARISONS[test](item, *arguments)))


def keep_within(size: int) -> None:
    """Raise a `Refusal` if a text of `size` characters, or a list of that many items, would be too long to be built."""
    if size > LARGEST:
        message = f"the template builds a text or a list of more than {LARGEST:,} characters or items"
        raise Refusal(TOO_MUCH, message, "write the pieces where they belong instead of collecting them")


FILTERS: Final[Mapping[str, Filter]] = {
    "abs": abs,
    "capitalize": str.capitalize,
    "count": length,
    "dictsort": dictsort,
    "first": first,
    "float": float,
    "int": int,
    "items": items,
    "join": join,
    "last": last,
    "length": length,
    "list": _sequence,
    "lower": str.lower,
    "map": each,
    "max": max,
    "min": min,
    "rejectattr": reject,
    "replace": replace,
    "reverse": lambda values: _sequence(values)[::-1],
    "round": rounded,
    "selectattr": select,
    "sort": sort,
    "string": text,
    "sum": total,
    "title": str.title,
    "tojson": lambda value: value,  # bound values need no serialising
    "unique": unique,
    "upper": str.upper,
}

COMPARISONS: Final[Mapping[str, Filter]] = {
    "true": bool,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, values: item in values,
}

TESTS: Final[Mapping[str, Filter]] = {
    "boolean": lambda value: type(value) is bool,
    "divisibleby": lambda value, by: value % by == 0,
    "even": lambda value: value % 2 == 0,
    "false": lambda value: value is False,
    "in": lambda item, values: item in values,
    "mapping": lambda value: isinstance(value, Mapping),
    "none": lambda value: value is None,
    "number": lambda value: type(value) in (int, float),
    "odd": lambda value: value % 2 == 1,
    "sequence": lambda value: isinstance(value, list | tuple),
    "string": lambda value: type(value) is str,
    "true": lambda value: value is True,
}
