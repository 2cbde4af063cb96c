"""What a template has to give: maps and lists where its target reads them, and no key that the target would refuse."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from varve.language.name import dotted
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Keys, Map, Value

WRONG_SHAPE = Rule(
    "emit/wrong-shape",
    "A template gives something that its target does not read",
    "A template of rules gives a map with `rules`, a list of alerts and recordings; one of a scrape job gives the map "
    "of one job; one of tests a map with `tests`. Prometheus refuses a whole file for one key or name that it does not "
    "know. The message names the place in what the template gave. No tenant can mend this: change the template.",
)


Test: TypeAlias = Callable[[Value], str | None]
"""What is wrong with a value, in words that follow its name, or None."""


class Holding(NamedTuple):
    """A map: what each key holds, `*` standing for every other key; the keys it needs, and those it has just one of.

    `key` tests the keys that `*` stands for; beside a key of `alone` none of those may stand that it names there.
    """

    holds: Mapping[str, "Shape"]
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    key: Test = lambda _: None
    alone: Mapping[str, tuple[str, ...]] = MappingProxyType({})


Shape: TypeAlias = Holding | list["Shape"] | Test | None
"""A map, a list whose items are all of the one shape that it holds here, what passes a test, or anything."""

ANY_MAP: Final = Holding({"*": None})
_NOTHING: Final = Holding({})


def checked(value: Value, shape: Holding, template: str, report: Report) -> Map:
    """What `template` gave, or an empty map where it is of another shape, which is reported, or None, which was."""
    wrong = None if value is None else next(_faults(value, shape, ()), None)
    if wrong is not None:
        report.say(WRONG_SHAPE, wrong, Place(template), hint="change the template")
    return value if wrong is None and isinstance(value, dict) else {}


def _faults(value: Value, shape: Shape, at: Keys) -> Iterator[str]:
    if isinstance(shape, Holding):
        if isinstance(value, dict):
            yield from _of_map(value, shape, at)
        else:
            yield f"{_where(at)} is {_kind(value)}, where a map is needed"
    elif isinstance(shape, list):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _faults(item, shape[0], (*at, index))
        else:
            yield f"{_where(at)} is {_kind(value)}, where a list is needed"
    elif shape is not None and (wrong := shape(value)):
        yield f"{_where(at)} {wrong}"


def _of_map(value: Map, shape: Holding, at: Keys) -> Iterator[str]:
    for key in shape.needs:
        if value.get(key) is None:
            yield f"{_where(at)} lacks `{key}`"
    if shape.one_of and [value[key] is None for key in shape.one_of if key in value] != [False]:
        yield f"{_where(at)} needs either {' or '.join(f'`{key}`' for key in shape.one_of)}"
    for key, others in shape.alone.items():
        beside = [other for other in others if key in value and value.get(other)]
        yield from (f"{_where(at)} has `{other}` beside `{key}`" for other in beside)
    for key, each in value.items():
        if key not in shape.holds and (wrong := shape.key(key)):
            yield f"{_where(at)} has the key `{key}`, which {wrong}"
        held = shape.holds.get(key, shape.holds.get("*", _NOTHING))
        if held is _NOTHING:
            yield f"{_where(at)} holds `{key}`, which nothing reads there"
        elif held is not None and each is not None:
            yield from _faults(each, held, (*at, key))


def _where(at: Keys) -> str:
    return f"`{dotted(at)}`" if at else "what the template gives"


def _kind(value: Value) -> str:
    match value:
        case None:
            return "null"
        case dict():
            return "a map"
        case list():
            return "a list"
        case str():
            return "a text"
    return "a number" if not isinstance(value, bool) else "true or false"
