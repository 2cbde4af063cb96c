"""Binding: the values of a rendering are put into its structure, each in the language of its field."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template import annotation, expression, given, plain, query
from varve.emit.template.field import Field, Fields, below, is_named
from varve.emit.template.form import Form, Misfit, Shape, Written
from varve.emit.template.given import SCALARS, Given, GoTemplate, Message, is_private, show
from varve.emit.template.run import PRIVATE_CHARACTER, Run
from varve.emit.template.skeleton import DUPLICATE_KEY, Entries, Fixed, Flaw, Items, Mixed, Node, Skeleton, Whole
from varve.model.diagnostic import Rule
from varve.model.source import Map, Value

UNFIT = Rule(
    "emit/value-does-not-fit",
    "Value is not allowed where a template puts it",
    "The field is written in its own language (PromQL, a Go template, a duration), and a value can enter it only as "
    "an element of that language: text inside its strings, a number, a name, a whole expression. So no value can "
    "ever change the meaning of the rest of the text. Correct the value, or the template if it puts the value in the "
    "wrong place.",
)

INVALID_FIELD = Rule(
    "emit/invalid-field",
    "Template text is not valid in its field's language",
    "The text of the template itself, without any value, is not the PromQL, Go template or duration that the field "
    "needs, or no value can enter it at the place shown. No tenant can fix this: change the template.",
)

OBJECT_IN_TEXT = Rule(
    "emit/object-in-text",
    "Map or list where text belongs, or the reverse",
    "A map or a list is inserted as a whole, as the value of a key or an item: it has no definite form as a piece of "
    "text. Text is never turned back into a map either: once a filter has made text of an object, it stays text. "
    "Write the object itself, without quotes and filters, or loop over it.",
)

NULL_IN_TEXT = Rule(
    "emit/null-in-text",
    "Null value inside a text",
    "The value is null, and inside a longer text that would read `null`, or be empty. Neither is ever intended. Give "
    "it a default, or leave the text out when there is no value.",
)

JOIN_IN_LIST = Rule(
    "emit/join-in-list",
    "Joined text between list brackets",
    '`[{{ values | join(", ") }}]` looks like many items but would be one, because values never become structure. '
    "Write the list itself: `{{ values }}` without brackets.",
)

KEY_FROM_VALUE = Rule(
    "emit/key-from-value",
    "Value cannot be the key of this entry",
    "A key that comes from a value must be text, and must not be a key whose value the target reads in its own "
    "language, such as `expr`: the value below it was checked as something else.",
)

_FORMS: Final[dict[Field, Form]] = {
    Field.PROMQL: expression.PROMQL,
    Field.QUERY: query.QUERY,
    Field.GOTEMPLATE: annotation.GOTEMPLATE,
    Field.LABEL: annotation.LABEL,
    Field.DURATION: plain.DURATION,
    Field.TEXT: plain.TEXT,
}

_TEXTUAL: Final = (SCALARS - {type(None)}) | {GoTemplate, Message}
_USUAL_LENGTH: Final = 4096
_UNKNOWN: Final = ""  # not a possible result: those are None or a message

Binder: TypeAlias = Callable[[Run], Value]
"""Makes one piece of the result, or None for a value that cannot be bound, which is added to the run's complaints."""


class Plan(NamedTuple):
    """A structure ready for values; `fields` are kept because plans are cached by the id of their fields."""

    bind: Binder
    flaws: tuple[Flaw, ...]
    fields: Fields


def plan(skeleton: Skeleton, fields: Fields) -> Plan:
    """The skeleton as a function of a run, with everything prepared that does not depend on values."""
    if skeleton.node is None:
        return Plan(lambda _: None, skeleton.flaws, fields)
    planner = _Planner(list(skeleton.flaws))
    binding = planner.node(skeleton.node, fields)
    bind = binding if callable(binding) else _constant(binding)
    return Plan(bind, tuple(planner.flaws), fields)


def _constant(value: Value) -> Binder:
    return lambda _: value


class _Planner:
    """Turns nodes into binders, or into values if they have no placeholder; collects the flaws of the template."""

    __slots__ = ("flaws",)

    def __init__(self, flaws: list[Flaw]) -> None:
        self.flaws = flaws

    def node(self, node: Node, fields: Fields) -> "Binder | given.Scalar":
        match node:
            case Fixed():
                return self._fixed(node, fields)
            case Whole():
                return _whole(node, fields)
            case Mixed():
                return self._mixed(node, fields)
            case Entries():
                return self._entries(node, fields)
            case Items():
                return self._items(node, fields)

    def _entries(self, node: Entries, fields: Fields) -> Binder:
        keys = [key for key, _ in node.items if isinstance(key, Fixed)]
        if len(keys) < len(node.items):
            return self._open_entries(node, fields)
        base: Map = {}
        bound: list[tuple[str, Binder]] = []
        for fixed, (_, child) in zip(keys, node.items, strict=True):
            name = str(fixed.value)
            binding = self.node(child, below(fields, name))
            base[name] = None if callable(binding) else binding
            if callable(binding):
                bound.append((name, binding))
        return _map(base, bound)

    def _open_entries(self, node: Entries, fields: Fields) -> Binder:
        """A map with keys that are only known once the values are."""
        entries: list[tuple[Binder | str, Binder, int]] = []
        for key, child in node.items:
            name = str(key.value) if isinstance(key, Fixed) else "*"
            binding = self.node(child, below(fields, name))
            binder = binding if callable(binding) else _constant(binding)
            if isinstance(key, Fixed):
                entries.append((name, binder, -1))
            else:
                index = key.number if isinstance(key, Whole) else key.indices[0]
                entries.append((_key(key, fields), binder, index))
        return _open_map(entries)

    def _items(self, node: Items, fields: Fields) -> Binder:
        base: list[Value] = []
        bound: list[tuple[int, Binder]] = []
        for at, child in enumerate(node.items):
            binding = self.node(child, below(fields, "*"))
            base.append(None if callable(binding) else binding)
            if callable(binding):
                bound.append((at, binding))
        return _list(base, bound)

    def _fixed(self, node: Fixed, fields: Fields) -> given.Scalar:
        if not isinstance(fields, Field):
            if fields is not None and node.value is not None:
                self._flaw(OBJECT_IN_TEXT, f"{show(node.value)} is text but a map or a list belongs here", node.offset)
            return node.value
        if node.value is None:
            self._flaw(INVALID_FIELD, f"this {fields.value} field is empty", node.offset)
            return None
        text = given.text(node.value)
        wrong = _FORMS[fields].fault(text)
        if wrong:
            self._flaw(INVALID_FIELD, f"{show(text)} is not valid in a {fields.value} field: {wrong}", node.offset)
        return text

    def _mixed(self, node: Mixed, fields: Fields) -> Binder:
        if fields is not None and not isinstance(fields, Field):
            self._flaw(OBJECT_IN_TEXT, "there is text but a map or a list belongs here", node.offset)
            return _constant(None)
        field = fields or Field.TEXT
        if fields is not None and len(node.indices) == 1 and not "".join(node.parts).strip():
            return _surrounded(node, field)
        shape = _FORMS[field].shape(node.parts)
        if isinstance(shape, Misfit):
            message = f"a value is not allowed in this {field.value} field: {shape.message}"
            self._flaw(INVALID_FIELD, message, node.offset, shape.hint)
            return _constant(None)
        return _text(node.indices, shape, field)

    def _flaw(self, rule: Rule, message: str, offset: int, hint: str = "") -> None:
        self.flaws.append(Flaw(rule, message, offset, hint))


def _map(base: Map, bound: list[tuple[str, Binder]]) -> Binder:
    def bind(run: Run) -> Value:
        result = base.copy()
        for key, binder in bound:
            result[key] = binder(run)
        return result

    return bind


def _open_map(entries: list[tuple[Binder | str, Binder, int]]) -> Binder:
    def bind(run: Run) -> Value:
        result: Map = {}
        fixed_keys = {key for key, _, _ in entries if isinstance(key, str)}
        for key, binder, index in entries:
            name = key if isinstance(key, str) else key(run)
            if not isinstance(name, str):
                continue
            if index >= 0 and (name in fixed_keys or name in result):
                run.misfit(DUPLICATE_KEY, f"the map gets the key {show(name)} twice", index, "give it another name")
            result[name] = binder(run)
        return result

    return bind


def _key(key: Whole | Mixed, fields: Fields) -> Binder:
    binder = _whole(key, None) if isinstance(key, Whole) else _text(key.indices, _key_shape(key), Field.TEXT)
    index = key.number if isinstance(key, Whole) else key.indices[0]

    def bind(run: Run) -> Value:
        name = binder(run)
        if not isinstance(name, str):
            run.misfit(KEY_FROM_VALUE, f"{run.name(index)} is not text, so it cannot be a key", index, "use text")
        elif is_named(fields, name):
            run.misfit(KEY_FROM_VALUE, f"{run.name(index)} would be a key whose value has its own language", index)
        return name

    return bind


def _key_shape(key: Mixed) -> Shape:
    shape = _FORMS[Field.TEXT].shape(key.parts)
    if isinstance(shape, Misfit):  # pragma: no cover
        raise TypeError(shape.message)
    return shape


def _list(base: list[Value], bound: list[tuple[int, Binder]]) -> Binder:
    def bind(run: Run) -> Value:
        result = base.copy()
        for at, binder in bound:
            result[at] = binder(run)
        return result

    return bind


def _whole(node: Whole, fields: Fields) -> Binder:
    index = node.number
    insert = _native if fields is None else _whole_text if isinstance(fields, Field) else _insert

    def bind(run: Run) -> Value:
        run.at = index
        return insert(run.values[index], fields, run, index)  # type: ignore[arg-type]

    return _list_item(index, bind) if node.in_flow_list else bind


def _list_item(index: int, binder: Binder) -> Binder:
    """A value that is an item of a flow list."""

    def bind(run: Run) -> Value:
        site = run.site(index)
        if site.joins:
            message = f"`{site.expression}` is joined to one text and would be one item of the list"
            run.refuse(JOIN_IN_LIST, message, index, "write the list itself, without brackets and without `join`")
            return None
        return binder(run)

    return bind


def _insert(value: Given, fields: Fields, run: Run, index: int) -> Value:
    """A value that is a whole entry or item; in a map of fields its own entries are bound too."""
    if fields is None:
        return _native(value, fields, run, index)
    if isinstance(fields, Field):
        return _whole_text(value, fields, run, index)
    run.spend(1 + len(value) if isinstance(value, dict | list | tuple) else 1)
    match value:
        case dict():
            if not all(type(key) is str for key in value):
                return run.plain(value, index)
            return {run.text(key, index): _insert(each, below(fields, key), run, index) for key, each in value.items()}
        case list() | tuple():
            return [_insert(each, below(fields, "*"), run, index) for each in value]
    run.misfit(OBJECT_IN_TEXT, f"{run.name(index)} is text but a map or a list belongs here", index, "write the object")
    return None


def _native(value: Given, _: None, run: Run, index: int) -> Value:
    if isinstance(value, Message):
        return _whole_text(value, Field.TEXT, run, index)
    return run.plain(value, index)


def _whole_text(value: Given, field: Field, run: Run, index: int) -> Value:
    if type(value) not in _TEXTUAL:
        _check_textual(value, run, index)
        return None
    return _finish(_FORMS[field].whole(value), field, run, (index,))


def _surrounded(node: Mixed, field: Field) -> Binder:
    """A value that is the whole of a quoted or block scalar, except for blanks."""
    (index,), (before, after) = node.indices, node.parts

    def surround(values: Sequence[Given]) -> Written | Misfit:
        written = _FORMS[field].whole(values[0])
        if isinstance(written, Misfit):
            return written
        text, proof = written
        return f"{before}{text}{after}", f"{before}{proof}{after}"

    return _text((index,), surround, field)


def _text(indices: tuple[int, ...], shape: Shape, field: Field) -> Binder:
    def bind(run: Run) -> Value:
        values = run.values
        written = shape([values[index] for index in indices])
        if written.__class__ is Misfit and not _are_textual(run, indices):
            return None
        return _finish(written, field, run, indices)

    return bind


def _are_textual(run: Run, indices: tuple[int, ...]) -> bool:
    """Whether all values can be written as text; those that cannot are reported, as they fit no shape."""
    values = [run.values[index] for index in indices]
    for value, index in zip(values, indices, strict=True):
        _check_textual(value, run, index)
    return _TEXTUAL.issuperset(map(type, values))


def _check_textual(value: Given, run: Run, index: int) -> None:
    """Report a value that cannot be written as text."""
    if value is None:
        run.misfit(NULL_IN_TEXT, f"{run.name(index)} is inside a text", index, "give it a default")
    elif type(value) not in _TEXTUAL:
        run.misfit(OBJECT_IN_TEXT, f"{run.name(index)} is inside a text", index, "write it as the value of a key")


def _finish(written: Written | Misfit, field: Field, run: Run, indices: tuple[int, ...]) -> Value:
    """The finished text, parsed once more in its language."""
    if isinstance(written, Misfit):
        _report_misfit(written, field, run, indices)
        return None
    text, proof = written
    if field is not Field.TEXT:  # any text is valid there
        if len(text) > _USUAL_LENGTH:  # longer than usual: the languages limit the length of a text
            proof = text
        key = (field, proof)
        wrong = run.proofs.get(key, _UNKNOWN)
        if wrong is _UNKNOWN:
            wrong = run.proofs[key] = _FORMS[field].fault(proof)
        if wrong:
            # The fault of a proof may quote a stand-in.
            _report_misfit(Misfit(_FORMS[field].fault(text) or wrong), field, run, indices)
            return None
    if not text.isascii() and is_private(text):
        message = f"{run.name(indices[0])} contains a private character, U+E000 or U+E001"
        run.misfit(PRIVATE_CHARACTER, message, indices[0], "remove the character from the value")
    return text


def _report_misfit(misfit: Misfit, field: Field, run: Run, indices: tuple[int, ...]) -> None:
    index = indices[misfit.position or 0]
    message = f"{run.name(index)} does not fit this {field.value} field: {misfit.message}"
    run.misfit(UNFIT, message, index, misfit.hint)
