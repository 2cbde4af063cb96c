"""The merge of all layers: a fold over them, weakest first, into plain values."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from operator import eq
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language.name import dotted, nearest
from varve.model.diagnostic import Diagnostic, Note, Report, Rule
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Map, Value
from varve.resolve import lock
from varve.resolve.keyword import PATCH, REMOVE, has_no_keyword

CONFLICT = Rule(
    "resolve/conflict",
    "Two sources of equal priority contradict each other",
    "The priority of a layer decides which value wins, and these two have the same. Picking one by the order of files "
    "would make the result an accident. Remove one of the two values, or move one of them to a layer of its own.",
)
KIND_CHANGE = Rule(
    "resolve/kind-change",
    "Layers disagree on the kind of a value",
    "Maps merge; lists and scalars replace. Where a stronger layer changes the kind of a value, one of the two layers "
    "is most likely mistaken. If the change is intended, write `$patch: replace` in the map.",
)
UNKNOWN_WORD = Rule(
    "resolve/unknown-word",
    "Unknown or misplaced `$` keyword",
    "Two keywords begin with a dollar sign: `$patch: replace` or `$patch: delete` inside a map, and `$remove: "
    "[names]`. Any other is refused, and so is one where it has nothing to act on, so that a spelling mistake never "
    "becomes a key of an artifact.",
)
NOTHING_TO_DELETE = Rule(
    "resolve/nothing-to-delete",
    "A deletion matches nothing",
    "`$patch: delete` and `$remove` delete what a weaker layer has set. Nothing of that name was set, so the deletion "
    "is obsolete or misspelt. Correct the name, or remove the deletion. What a layer of the platform deletes after "
    "the tenants' layers must exist for every tenant that the layer applies to, which a `when`, or `%{tenant.id}` in "
    "its path, can limit.",
)
LONELY_DELETE = Rule(
    "resolve/delete-with-content",
    "A deletion has content",
    "A map with `$patch: delete` is removed, so other content in it would have no effect. To start from scratch, "
    "write `$patch: replace` and the new content.",
)
Folded: TypeAlias = dict[tuple[str, ...], tuple[Map, tuple[Diagnostic, ...]]]
"""The values that common prefixes of platform files merge into, by their paths, with what was reported on the way."""

_ABSENT: Final = object()


class Strategy(NamedTuple):
    """How one path of the unit merges, according to the schema.

    `how` is how its lists merge and `key` the key by which items of a `map` list are matched; an `atom` is a map that
    is replaced as a whole. `inside` has the strategies of named keys, `every` that of all other keys and of list items.
    """

    how: Literal["replace", "set", "map"] = "replace"
    key: str = ""
    atom: bool = False
    inside: Mapping[str, "Strategy"] | None = None
    every: "Strategy | None" = None

    def at(self, key: str | int) -> "Strategy":
        """The strategy one key further down."""
        return (self.inside or {}).get(str(key)) or self.every or PLAIN


PLAIN: Final = Strategy()


class _Step(NamedTuple):
    """One layer being merged onto the layers `below` it; `keywordless` means that it contains no `$` keyword."""

    layer: Layer
    below: Sequence[Layer]
    report: Report
    keywordless: bool

    def diagnose(self, rule: Rule, message: str, keys: Keys, *notes: Note, hint: str) -> None:
        on: Literal["key", "value"] = "key" if keys and str(keys[-1]).startswith("$") else "value"
        self.report.add(rule, message, self.layer.place(keys, on), *notes, hint=hint)

    def set_below(self, keys: Keys) -> Iterator[Note]:
        for layer in reversed(self.below):
            if is_set(layer.value, keys):
                yield Note("was set here", layer.place(keys))
                return


def merge(stack: Stack, strategy: Strategy, report: Report, folded: Folded | None = None) -> Map:
    """The plain value that the layers of `stack` merge into; reports conflicts, kind changes and misused keywords.

    `folded` caches, by file paths, the value and the diagnostics of the platform's first layers, so that stacks with
    the same first layers share that work. The result is the same without it.
    """
    lock.refuse(stack, report)
    shared = {} if folded is None else folded
    value: Map = {}
    platform_files = tuple(layer.file for layer in takewhile(lambda layer: layer.owner == "platform", stack.layers))
    for index in range(len(stack.layers)):
        if index >= len(platform_files):
            value = _merge_layer(value, stack, index, strategy, report)
            continue
        files = platform_files[: index + 1]
        if files not in shared:
            layer_report = Report()
            shared[files] = _merge_layer(value, stack, index, strategy, layer_report), tuple(layer_report)
        value, diagnostics = shared[files]
        report.extend(diagnostics)
    return value


def _merge_layer(value: Map, stack: Stack, index: int, strategy: Strategy, report: Report) -> Map:
    layer, below = stack.layers[index], stack.layers[:index]
    _refuse_conflicts(layer, below, strategy, report)
    return _map(value, layer.value, (), strategy, _Step(layer, below, report, has_no_keyword(layer)))


def is_set(value: Value, keys: Keys) -> bool:
    """Whether a layer's value contains something at `keys`, even null."""
    return _find(value, keys) is not _ABSENT


def value_at(value: Value, keys: Keys) -> Value:
    """The value at `keys`; null if there is none."""
    found = _find(value, keys)
    return None if found is _ABSENT else found  # type: ignore[return-value]


def _find(value: Value, keys: Keys) -> object:
    """The value at `keys`, or `_ABSENT`."""
    here = value
    for key in keys:
        if isinstance(here, dict) and key in here:
            here = here[key]
            continue
        if not isinstance(here, list) or not isinstance(key, int) or not 0 <= key < len(here):
            return _ABSENT
        here = here[key]
    return here


def _map(lower: Map, upper: Map, at: Keys, strategy: Strategy, step: _Step) -> Map:
    merged = dict(lower)
    if REMOVE in upper:
        # `$remove` acts on what weaker layers set, so it comes first, wherever it is in the map.
        for index, name in _names(upper[REMOVE], (*at, REMOVE), step):
            _remove(merged, name, (*at, REMOVE, index), step)
    for key, value in upper.items():
        # A value that only one layer sets needs no merging, so it is not copied; this covers most of a tenant's files.
        if step.keywordless and key not in merged:
            merged[key] = value
        elif key.startswith("$"):
            _refuse_keyword(key, (*at, key), step)
        elif _patch(value, (*at, key), step) == "delete":
            _delete(merged, key, (*at, key), step)
        else:
            merged[key] = _value(merged.get(key, _ABSENT), value, (*at, key), strategy.at(key), step)
    return merged


def _refuse_keyword(word: str, at: Keys, step: _Step) -> None:
    if word not in (PATCH, REMOVE):
        meant = nearest(word, (PATCH, REMOVE))
        hint = f"did you mean `{meant}`?" if meant else f"write `{PATCH}` or `{REMOVE}`, or another name"
        step.diagnose(UNKNOWN_WORD, f"unknown keyword `{word}`", at, hint=hint)
    elif word == PATCH and len(at) == 1:
        step.diagnose(
            UNKNOWN_WORD, f"`{PATCH}` has no meaning at the top of a unit", at, hint="put it into the map that is meant"
        )


def _value(lower: object, upper: Value, at: Keys, strategy: Strategy, step: _Step) -> Value:
    if isinstance(upper, dict) and strategy.atom:
        return _atom(upper, at, step)
    if strategy.how != "map":
        _refuse_keywords(upper, at, step)
    if isinstance(upper, dict) and isinstance(lower, list) and strategy.how != "replace" and set(upper) == {REMOVE}:
        return _without(lower, upper[REMOVE], at, strategy, step)
    if isinstance(upper, dict) and upper.get(PATCH) != "replace" and isinstance(lower, dict):
        return _map(lower, upper, at, strategy, step)
    if isinstance(upper, list) and isinstance(lower, list):
        return _list(lower, upper, at, strategy, step)
    if not isinstance(upper, dict) or upper.get(PATCH) != "replace":
        _refuse_kind_change(lower, upper, at, strategy, step)
    return _map({}, upper, at, strategy, step) if isinstance(upper, dict) else upper


def _atom(upper: Map, at: Keys, step: _Step) -> Map:
    """An indivisible map without its keywords; any but `$patch` has nothing to act on there and is reported."""
    for key in upper:
        if key.startswith("$") and key != PATCH:
            _report_idle_keyword(key, (*at, key), f"in `{dotted(at)}`, which is one value", step)
    return {key: value for key, value in upper.items() if not key.startswith("$")}


def _refuse_keywords(value: Value, at: Keys, step: _Step) -> None:
    """Report keywords inside a list: a list is always set as a whole."""
    for index, item in enumerate(value) if isinstance(value, list) else ():
        for keys in _keywords(item, (*at, index)):
            _report_idle_keyword(str(keys[-1]), keys, "inside a list", step)


def _keywords(value: Value, at: Keys) -> Iterator[Keys]:
    match value:
        case dict():
            for key, each in value.items():
                if key.startswith("$"):
                    yield (*at, key)
                else:
                    yield from _keywords(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _keywords(each, (*at, index))


def _report_idle_keyword(word: str, at: Keys, where: str, step: _Step) -> None:
    step.diagnose(UNKNOWN_WORD, f"`{word}` has nothing to act on {where}", at, hint="set the whole value instead")


def _list(lower: list[Value], upper: list[Value], at: Keys, strategy: Strategy, step: _Step) -> list[Value]:
    match strategy.how:
        case "set":
            return [*lower, *(each for each in upper if each not in lower)]
        case "map":
            return _by_key(lower, upper, at, strategy, step)
    return upper


def _refuse_kind_change(lower: object, upper: Value, at: Keys, strategy: Strategy, step: _Step) -> None:
    before, after = kind(lower), kind(upper)
    if lower is _ABSENT or lower is None or upper is None or strategy.atom or before == after:
        return
    advice = f"write `{PATCH}: replace` in the map if the change is intended"
    hint = advice if after == "map" else f"write a {before}, as the weaker layer does"
    step.diagnose(KIND_CHANGE, f"`{dotted(at)}` is a {before} but here a {after}", at, *step.set_below(at), hint=hint)


def kind(value: object) -> str:
    """The kind of a value as the merge distinguishes them: `map`, `list` or `scalar`."""
    return "map" if isinstance(value, dict) else "list" if isinstance(value, list) else "scalar"


def _by_key(lower: list[Value], upper: list[Value], at: Keys, strategy: Strategy, step: _Step) -> list[Value]:
    """Merge items that have the same key; the others follow in the order in which they were first set."""
    merged = {_key(item, strategy): item for item in lower}
    for index, item in enumerate(upper):
        key = _key(item, strategy)
        merged[key] = _value(merged.get(key, _ABSENT), item, (*at, index), strategy.every or PLAIN, step)
    return list(merged.values())


def _key(item: Value, strategy: Strategy) -> str:
    return str(item.get(strategy.key)) if isinstance(item, dict) else str(item)


def _without(lower: list[Value], removed: Value, at: Keys, strategy: Strategy, step: _Step) -> list[Value]:
    here = (*at, REMOVE)
    listed = _names(removed, here, step)
    known = [_key(item, strategy) for item in lower]
    for index, name in listed:
        if name not in known and not _is_deleted_by_equal(name, at, step):
            _report_nothing_to_delete(name, known, (*here, index), step)
    names = {name for _, name in listed}
    return [item for item in lower if _key(item, strategy) not in names]


def _patch(value: Value, at: Keys, step: _Step) -> str:
    """The keyword of a map's `$patch`; empty if there is none or it is invalid, which is reported."""
    if not isinstance(value, dict) or PATCH not in value:
        return ""
    word = value[PATCH]
    if word not in ("replace", "delete"):
        step.diagnose(
            UNKNOWN_WORD,
            f"`{PATCH}` is neither `replace` nor `delete`",
            (*at, PATCH),
            hint="write one of the two, or remove it",
        )
        return ""
    if word == "delete" and len(value) > 1:
        step.diagnose(
            LONELY_DELETE,
            f"`{dotted(at)}` is deleted but has content",
            (*at, PATCH),
            hint=f"write `{PATCH}: replace` to start from scratch",
        )
    return word


def _names(value: Value, at: Keys, step: _Step) -> list[tuple[int, str]]:
    """The names that `$remove` lists, each with its position."""
    listed = value if isinstance(value, list) else []
    names = [(index, each) for index, each in enumerate(listed) if isinstance(each, str)]
    if not isinstance(value, list) or len(names) < len(value):
        step.diagnose(UNKNOWN_WORD, f"`{REMOVE}` takes a list of names", at, hint=f"write `{REMOVE}: [a, b]`")
    return names


def _remove(merged: Map, name: str, at: Keys, step: _Step) -> None:
    if name in merged:
        del merged[name]
    elif not _is_deleted_by_equal(name, at[:-2], step):
        _report_nothing_to_delete(name, list(merged), at, step)


def _delete(merged: Map, key: str, at: Keys, step: _Step) -> None:
    if key in merged:
        del merged[key]
    elif not _is_deleted_by_equal(key, at[:-1], step):
        _report_nothing_to_delete(key, list(merged), (*at, PATCH), step)


def _is_deleted_by_equal(name: str, holder: Keys, step: _Step) -> bool:
    """Whether a layer of equal priority has already deleted `name`, which is allowed: equal layers may agree."""
    values = [(_is_equal(each, step.layer), value_at(each.value, holder)) for each in step.below]
    deletes_equally = any(equal and _deletes(value, name) for equal, value in values)
    return deletes_equally and any(
        isinstance(value, (dict, list)) and name in value for equal, value in values if not equal
    )


def _deletes(value: Value, name: str) -> bool:
    inner = value.get(name) if isinstance(value, dict) else None
    deleted = isinstance(inner, dict) and inner.get(PATCH) == "delete"
    return deleted or (isinstance(value, dict) and name in _removed(value))


def _report_nothing_to_delete(name: str, known: Sequence[str], at: Keys, step: _Step) -> None:
    # `at` ends in `<name>.$patch` or in `$remove.<position>`, so the map concerned is two keys up.
    holder = dotted(at[:-2])
    what = f"`{name}` to remove{f' from `{holder}`' if holder else ''}"
    if _is_for_many_tenants(step):
        # The message names no tenant, so that all tenants without the name get a single diagnostic.
        hint = "correct the name, or delete it in a layer of only those tenants that have it"
        step.diagnose(NOTHING_TO_DELETE, f"not every tenant has {what}", at, hint=hint)
        return
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else "remove the deletion"
    step.diagnose(NOTHING_TO_DELETE, f"there is no {what}", at, hint=hint)


def _is_for_many_tenants(step: _Step) -> bool:
    """Whether a platform layer above a tenant's comes from a file that is not named after that tenant."""
    tenants = {name for layer in step.below if layer.owner == "tenant" for name in layer.file.split("/")[1:2]}
    named = tenants.intersection(posixpath.splitext(step.layer.file)[0].split("/"))
    return step.layer.owner == "platform" and bool(tenants) and not named


def _refuse_conflicts(layer: Layer, below: Sequence[Layer], strategy: Strategy, report: Report) -> None:
    for other in below:  # values wrapped at different paths cannot contradict each other
        if _is_equal(other, layer) and all(map(eq, other.into, layer.into)):
            for keys in _contradictions(other.value, layer.value, (), strategy):
                report.add(
                    CONFLICT,
                    f"`{dotted(keys)}` is set twice with equal priority but different values",
                    layer.place(keys),
                    Note("the other value", other.place(keys)),
                    hint="remove one of the two",
                )


def _is_equal(one: Layer, other: Layer) -> bool:
    return (one.priority, one.rank) == (other.priority, other.rank)


def _contradictions(one: Value, other: Value, at: Keys, strategy: Strategy) -> Iterator[Keys]:
    if isinstance(one, dict) and isinstance(other, dict) and not strategy.atom:
        if one != other and (PATCH in one or PATCH in other):
            yield at
            return
        for key in sorted((one.keys() & other.keys()) - {REMOVE}):
            yield from _contradictions(one[key], other[key], (*at, key), strategy.at(key))
        yield from ((*at, key) for key in sorted(_removed(one) & other.keys() | _removed(other) & one.keys()))
    elif one != other and not (strategy.how != "replace" and isinstance(one, list) and isinstance(other, list)):
        yield at


def _removed(value: Map) -> set[str]:
    removed = value.get(REMOVE)
    return {each for each in removed if isinstance(each, str)} if isinstance(removed, list) else set()
