"""What a template has to give: maps and lists where its target reads them, and no key that the target would refuse."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from varve.language.kind import kind
from varve.language.name import dotted
from varve.language.same import Same
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Keys, Map, Value
from varve.resolve.merge import look

WRONG_SHAPE = Rule(
    "emit/wrong-shape",
    "Template output has the wrong structure",
    "A rules template produces a map with `rules`, a list of alerts and recordings; a scrape template the map of one "
    "job; a test template a map with `tests`. Prometheus refuses a whole file because of one unknown key or name. An "
    "alert has a severity that routes know, and no rule sets its tenant, because varve does. The message names the "
    "place in the template's output. No tenant can fix this: change the template.",
)


Test: TypeAlias = Callable[[Value], str | None]
"""What is wrong with a value, in words that follow its name, or None."""


class Holding(NamedTuple):
    """A map: what each key holds, `*` standing for every other key; the keys it needs, and those it has just one of.

    `key` tests the keys that `*` stands for; beside a key of `alone` none of those may stand that it names there, and
    beside one of `also` there must be something at the path that it names.
    """

    holds: Mapping[str, "Shape"]
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    key: Test = lambda _: None
    alone: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    also: Mapping[str, tuple[str, ...]] = MappingProxyType({})


Shape: TypeAlias = Holding | list["Shape"] | Test | None
"""A map, a list whose items are all of the one shape that it holds here, what passes a test, or anything."""

ANY_MAP: Final = Holding({"*": None})


def checked(value: Value, shape: Holding, template: str, report: Report) -> Map:
    """What `template` gave, or an empty map where it is of another shape, which is reported, or None, which was."""
    wrong = None if value is None else _judged(Same(value), Same(shape))
    if wrong is not None:
        report.say(WRONG_SHAPE, f"{_where(wrong.at)} {wrong.message}", Place(template), hint="change the template")
    return value if wrong is None and isinstance(value, dict) else {}


class _Fault(NamedTuple):
    """What is wrong at a place below the value that was judged, in words that follow the name of that place."""

    message: str
    at: Keys = ()

    def below(self, key: str | int) -> "_Fault":
        return _Fault(self.message, (key, *self.at))


@lru_cache(maxsize=1024)
def _judged(value: Same[Value], shape: Same[Holding]) -> _Fault | None:
    return _fault(value.value, shape.value)


def _fault(value: Value, shape: Shape) -> _Fault | None:
    """The first thing that is wrong: nothing is made on the way, since nearly always nothing is."""
    if isinstance(shape, Holding):
        if isinstance(value, dict):
            return _of_map(value, shape) or _of_entries(value, shape)
        return _Fault(f"is {kind(value)} but a map is needed")
    if isinstance(shape, list):
        return _of_list(value, shape[0])
    wrong = shape(value) if shape is not None else None
    return _Fault(wrong) if wrong else None


def _of_list(value: Value, shape: Shape) -> _Fault | None:
    if not isinstance(value, list):
        return _Fault(f"is {kind(value)} but a list is needed")
    for index, item in enumerate(value):
        if wrong := _fault(item, shape):
            return wrong.below(index)
    return None


def _of_map(value: Map, shape: Holding) -> _Fault | None:
    """What is wrong with the keys that stand together."""
    for key in shape.needs:
        if value.get(key) is None:
            return _Fault(f"lacks `{key}`")
    if shape.one_of and [value[key] is None for key in shape.one_of if key in value] != [False]:
        return _Fault(f"needs either {' or '.join(f'`{key}`' for key in shape.one_of)}")
    for key, others in shape.alone.items():
        if key in value and (other := next((other for other in others if value.get(other)), None)):
            return _Fault(f"has `{other}` beside `{key}`")
    for key, path in shape.also.items():
        if key in value and look(value, path) is None:
            return _Fault(f"lacks `{dotted(path)}`")
    return None


def _of_entries(value: Map, shape: Holding) -> _Fault | None:
    """What is wrong with a key by itself, or with what it holds."""
    holds = shape.holds
    for key, each in value.items():
        if key in holds:
            held = holds[key]
        elif wrong := shape.key(key):
            return _Fault(f"has the key `{key}`, which {wrong}")
        elif "*" in holds:
            held = holds["*"]
        else:
            return _Fault(f"has the unknown key `{key}`")
        if held is not None and each is not None and (fault := _fault(each, held)):
            return fault.below(key)
    return None


def _where(at: Keys) -> str:
    return f"`{dotted(at)}`" if at else "the output of the template"
