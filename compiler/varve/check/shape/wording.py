"""Turns a validator's error into one sentence on which a person can act."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from varve.check.shape.format import FORMATS
from varve.check.shape.format.url import ADDRESSES
from varve.check.shape.kind import holds_secret, secret_keys
from varve.language import regex
from varve.language.kind import kind
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Rule
from varve.model.source import Keys, Map, Value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

UNKNOWN_KEY = Rule(
    "check/unknown-key",
    "Unknown key",
    "varve refuses unknown keys, because a misspelt key would otherwise have no effect, and nobody would notice. "
    "`varve schema` prints the keys that each kind of source may have.",
)
MISSING_KEY = Rule(
    "check/missing-key",
    "Required key is missing",
    "After all layers are merged, this key is still missing. Set it in the layer where it belongs.",
)
WRONG_KIND = Rule(
    "check/wrong-kind",
    "Value has the wrong type",
    "A text is given where a number is needed, a list where a map is needed, or the like. In YAML, a value in quotes "
    "is always a text.",
)
NOT_A_CHOICE = Rule(
    "check/not-a-choice",
    "Value is not one of those allowed",
    "Only a few values are allowed here; the message lists them.",
)
OUT_OF_RANGE = Rule(
    "check/out-of-range",
    "Number or duration is out of range",
    "The number, or the duration, is outside the range that makes sense here; the message gives the limit.",
)
WRONG_SIZE = Rule(
    "check/wrong-size",
    "Text, list or map has the wrong length",
    "The limit keeps artifacts readable and servers alive; the message gives it.",
)
REPEATED_ITEM = Rule(
    "check/repeated-item", "List item is repeated", "Each item may occur only once. Remove the repetition."
)
INLINE_SECRET = Rule(
    "check/inline-secret",
    "Secret is not a reference",
    "Secrets stay in sealed SOPS files, and sources only refer to them: `{secret: slack/webhook}` is the key "
    "`webhook` of `secrets/slack.sops.yaml`. If a real secret was written here, it is in git's history for good: "
    "replace it where it was issued.",
)
BAD_SHAPE = Rule(
    "check/bad-shape",
    "Value does not match its pattern",
    "The text must match a pattern; the message shows it.",
)
NEITHER_ALERT_NOR_RECORD = Rule(
    "check/neither-alert-nor-record",
    "Rule is neither an alert nor a recording",
    "A rule has either `alert` or `record`, and only an alert may have `for`, `keep_firing_for` and `annotations`.",
)
ERRORS_OR_GOOD = Rule(
    "check/errors-or-good",
    "Objective needs either `errors` or `good`",
    "An objective has either `errors`, the counter of bad events, or `good`, the counter of good ones: a bucket of a "
    "histogram counts the requests that were fast enough. The other follows from `total`. Two that do not agree "
    "would be two objectives under one name.",
)

AT_MOST = "x-varve-at-most"
"""The keyword for the maximum duration."""

_KINDS = {
    "object": "a map",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_ENDS = {
    "minimum": ("small", "at least"),
    "exclusiveMinimum": ("small", "more than"),
    "maximum": ("large", "at most"),
    "exclusiveMaximum": ("large", "less than"),
}
_COUNTED = {"Length": "character", "Items": "item", "Properties": "key"}
_MAX_SHOWN = 60
_SOUNDS_SECRET = re.compile(r"(?i)pass(?:w|ph)|secret|token|credential|api_?key|private_?key|bearer|auth")


class Fault(NamedTuple):
    """One mistake in a document: its place, by keys, and its wording; the value at a `sealed` one must not be shown.

    `conflict` are the keys of another value with which this one conflicts, if there is one.
    """

    rule: Rule
    message: str
    keys: Keys
    on: Literal["key", "value"] = "value"
    hint: str = ""
    sealed: bool = False
    conflict: Keys = ()


def to_faults(error: "ValidationError", where: Keys = ()) -> Iterator[Fault]:
    """The faults in one validation error; `where` are the keys of the document in the unit or environment."""
    keys: Keys = tuple(error.absolute_path)
    schema = cast("Map", error.schema if isinstance(error.schema, dict) else {})
    if schema.get("x-varve-secret") or schema.get("format") == "secret-name":
        return _secret(error, keys, where)
    if "propertyNames" in error.absolute_schema_path:
        return (fault._replace(on="key") for fault in _faults(error, schema, (*keys, str(error.instance)), where))
    faults = _faults(error, schema, keys, where)
    return _redacted(faults, keys, where) if secret_keys().intersection(keys) or holds_secret(schema) else faults


def _faults(error: "ValidationError", schema: Map, keys: Keys, where: Keys) -> Iterator[Fault]:
    match error.validator:
        case "additionalProperties":
            yield from _unknown(error, schema, keys, where)
        case "required":
            yield from _missing(error, schema, keys, where)
        case "type":
            yield _wrong_kind(error, keys, where)
        case "enum" | "const":
            yield _not_a_choice(error, keys)
        case "format":
            yield _wrong_format(error, keys, where)
        case "oneOf" if cast("Map", schema.get("properties", {})).keys() >= {"alert", "record"}:
            yield _ambiguous_rule(cast("Map", error.instance), keys)
        case "oneOf" if cast("Map", schema.get("properties", {})).keys() >= {"errors", "good"}:
            yield from _miscounted_objective(cast("Value", error.instance), keys, where)
        case "anyOf" if cast("Map", schema.get("properties", {})).keys() >= {"targets", "discovered"}:
            yield _missing_targets(schema, keys, where)
        case _:
            yield _out_of_bounds(error, keys, where)


def _redacted(faults: Iterable[Fault], keys: Keys, where: Keys) -> Iterator[Fault]:
    """Faults near a secret, or where one is expected, without the value that is there: it may be the secret."""
    path = dotted((*where, *keys))
    for fault in faults:
        if fault.rule is WRONG_KIND and keys[-1] in secret_keys():
            hint = "seal the secret in a SOPS file, and refer to it in a map as `{secret: file/key}`"
            yield Fault(INLINE_SECRET, f"`{path}` must be a map that refers to a secret", keys, hint=hint, sealed=True)
        elif fault.rule in (UNKNOWN_KEY, MISSING_KEY):
            yield fault._replace(sealed=True)
        else:
            yield fault._replace(message=f"the value of `{path}` is not valid", sealed=True)


def _secret(error: "ValidationError", keys: Keys, where: Keys) -> Iterator[Fault]:
    if error.validator == "format":
        fault = FORMATS["secret-name"]
        yield Fault(
            fault.rule,
            f"`{dotted((*where, *keys))}` does not name a secret",
            keys,
            hint=fault.fault(str(error.instance)) or "",
            sealed=True,
        )
    else:
        keys = keys[:-1] if keys and keys[-1] == "secret" else keys
        hint = "seal it in a SOPS file, and write `{secret: file/key}`"
        yield Fault(
            INLINE_SECRET, f"`{dotted((*where, *keys))}` must be a reference to a secret", keys, hint=hint, sealed=True
        )


def _unknown(error: "ValidationError", schema: Map, keys: Keys, where: Keys) -> Iterator[Fault]:
    known = list(cast("Map", schema.get("properties", {})))
    patterns = list(cast("Map", schema.get("patternProperties", {})))
    holder = dotted((*where, *keys))
    for key, value in cast("Map", error.instance).items():
        if key not in known and not any(regex.finds(pattern, key) for pattern in patterns):
            meant = nearest(key, known)
            hint = f"did you mean `{meant}`?" if meant else hint_of_known(known)
            message = f"unknown key `{_short(key)}`" + (f" in `{holder}`" if holder else "")
            yield Fault(UNKNOWN_KEY, message, (*keys, key), "key", hint, sealed=_may_be_secret(key, value))


def hint_of_known(known: Collection[str]) -> str:
    """The hint for an unknown key that resembles none of the `known` ones."""
    return f"known here: {', '.join(sorted(known))}" if known else "no keys are allowed here"


def _may_be_secret(key: str, value: Value) -> bool:
    """Whether the value of an unknown key may be a secret: by its key, or as a URL with a login."""
    return bool(_SOUNDS_SECRET.search(key)) or (isinstance(value, str) and "://" in value and "@" in value)


def _missing(error: "ValidationError", schema: Map, keys: Keys, where: Keys) -> Iterator[Fault]:
    missing = [key for key in cast("list[str]", error.validator_value) if key not in cast("Map", error.instance)]
    holder = dotted((*where, *keys))
    listed = _listed([f"`{key}`" for key in missing])
    message = f"`{holder}` does not set {listed}" if holder else f"{listed} {_is_or_are(missing)} not set"
    hint = "set them" if missing[1:] else "set it" + _meaning(schema, missing[0])
    yield Fault(MISSING_KEY, message, (*keys, missing[0]), "key", hint)


def _meaning(schema: Map, key: str) -> str:
    """The description of a key from its schema, after a colon, or an empty text."""
    text = cast("dict[str, Map]", schema.get("properties", {})).get(key, {}).get("description")
    return f": {text[0].lower()}{text[1:].rstrip('.')}" if isinstance(text, str) and text[1:2].islower() else ""


def _ambiguous_rule(rule: Map, keys: Keys) -> Fault:
    """Why a rule of a vendor's file is neither an alert nor a recording."""
    alone = [key for key in ("for", "keep_firing_for", "annotations") if key in rule]
    if "alert" in rule and "record" in rule:
        return Fault(
            NEITHER_ALERT_NOR_RECORD, "this rule is both an alert and a recording", keys, hint="make two rules of it"
        )
    if "record" not in rule:
        hint = "set `alert` or `record`"
        return Fault(NEITHER_ALERT_NOR_RECORD, "this rule is neither an alert nor a recording", keys, hint=hint)
    message = f"this rule is a recording but has `{alone[0]}`"
    return Fault(NEITHER_ALERT_NOR_RECORD, message, (*keys, alone[0]), "key", hint="remove it, or make it an alert")


def _miscounted_objective(slo: Value, keys: Keys, where: Keys) -> Iterator[Fault]:
    """Why an objective has neither or both of the two counters; for a value that is not a map, nothing."""
    path = dotted((*where, *keys))
    if isinstance(slo, dict) and "good" not in slo:
        hint = "set one of them: the counter of bad events or of good events"
        yield Fault(ERRORS_OR_GOOD, f"`{path}` has neither `errors` nor `good`", (*keys, "errors"), "key", hint)
    elif isinstance(slo, dict):
        hint = "remove one of them; to remove one that a layer below sets, use `$remove`, such as `$remove: [errors]`"
        message, errors = f"`{path}` has both `errors` and `good`", (*keys, "errors")
        yield Fault(ERRORS_OR_GOOD, message, (*keys, "good"), "key", hint, conflict=errors)


def _missing_targets(schema: Map, keys: Keys, where: Keys) -> Fault:
    """The fault of a scrape that has neither targets nor discovery."""
    hint = f"set it{_meaning(schema, 'targets')}; or `discovered: true`, where the platform finds them"
    message = f"`{dotted((*where, *keys))}` does not set `targets`"
    return Fault(MISSING_KEY, message, (*keys, "targets"), "key", hint)


def _wrong_kind(error: "ValidationError", keys: Keys, where: Keys) -> Fault:
    wanted = cast("str | list[str]", error.validator_value)
    names = " or ".join(_KINDS[each] for each in ([wanted] if isinstance(wanted, str) else wanted))
    if error.instance is None:
        slip = "what belongs to it is indented further" if "object" in wanted else "a blank and `#` begin a comment"
        hint = f"write {names}; in YAML, {slip}"
        return Fault(WRONG_KIND, f"`{dotted((*where, *keys))}` has no value but needs {names}", keys, hint=hint)
    given = cast("Value", error.instance)
    message = f"{_show(given)} is {kind(given)} but {names} is needed"
    return Fault(WRONG_KIND, message, keys, hint=_remedy(error, names))


def _remedy(error: "ValidationError", names: str) -> str:
    """The hint for a value of the wrong type; a number where a text is needed may lack its quotes, or its unit."""
    format_ = FORMATS.get(str(cast("Map", error.schema).get("format")))
    if not isinstance(error.instance, (int, float)) or names != "a text":
        return f"write {names}"
    reason = format_.fault(str(error.instance)) if format_ else None
    # The value is not shown, because it may have been written otherwise: 3.1 as 3.10, 42 as 0042, true as True.
    return reason if reason and _is_advice(reason) else "write it in quotes, exactly as written"


def _show(value: object) -> str:
    """A value in a message: a short scalar as it is, a map or list as "this"."""
    match value:
        case dict() | list():
            return "this"
        case None:
            return "`null`"
        case bool():
            return f"`{str(value).lower()}`"
    return f"`{_short(str(value))}`"


def _short(text: str) -> str:
    """The beginning of a text, at most a part of its first line."""
    return text if len(text) <= _MAX_SHOWN and "\n" not in text else text[: _MAX_SHOWN - 1].partition("\n")[0] + "…"


def _not_a_choice(error: "ValidationError", keys: Keys) -> Fault:
    if error.validator == "const":
        only = _show(error.validator_value)
        return Fault(NOT_A_CHOICE, f"{_show(error.instance)} is not {only}", keys, hint=f"write {only}")
    possible = cast("list[object]", error.validator_value)
    choices = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in possible]
    meant = nearest(str(error.instance), choices)
    hint = f"did you mean `{meant}`?" if meant else f"write one of {', '.join(choices)}"
    return Fault(NOT_A_CHOICE, f"{_show(error.instance)} is not one of {', '.join(choices)}", keys, hint=hint)


def _wrong_format(error: "ValidationError", keys: Keys, at: Keys) -> Fault:
    name = cast("str", error.validator_value)
    format_ = FORMATS[name]
    text = cast("str", error.instance)
    reason = format_.fault(text) or ""
    advice, why = (reason, "") if _is_advice(reason) else (format_.advice, f": {reason}")
    if name in ADDRESSES and "@" in text:
        # The text before the `@` may be a password.
        message = f"`{dotted((*at, *keys))}` {format_.denial}{why}"
        return Fault(format_.rule, message, keys, hint="remove everything before the `@`", sealed=True)
    return Fault(format_.rule, f"{_show(text)} {format_.denial}{why}", keys, hint=advice)


def _is_advice(reason: str) -> bool:
    """Whether a format's reason is an instruction or a suggestion, and so serves as the hint."""
    return reason.startswith(("write ", "use ", "begin ", "did you mean "))


def _out_of_bounds(error: "ValidationError", keys: Keys, where: Keys) -> Fault:
    bound, value = cast("Any", error.validator_value), error.instance
    path = f"`{dotted((*where, *keys))}`"
    match error.validator:
        case str() as end if end in _ENDS:
            side, advice = _ENDS[end]
            return Fault(OUT_OF_RANGE, f"{_show(value)} is too {side}", keys, hint=f"write {advice} {bound}")
        case "x-varve-at-most":
            return Fault(OUT_OF_RANGE, f"{_show(value)} is too long", keys, hint=f"write at most {bound}")
        case "pattern":
            hint = f"it must match `{bound}`"
            return Fault(BAD_SHAPE, f"{_show(value)} does not have the shape that {path} needs", keys, hint=hint)
        case "uniqueItems":
            index = _repeated(cast("list[Value]", value))
            message = f"{path} lists {_show(cast('list[object]', value)[index])} twice"
            return Fault(REPEATED_ITEM, message, (*keys, index), hint="remove the repetition")
        case str() as measure if measure[3:] in _COUNTED:
            few = "is too short" if value else "is empty"
            message = (
                few if measure[:3] == "min" else f"is too long: it has {_counted(len(cast('str', value)), measure)}"
            )
            hint = f"use at {'least' if measure[:3] == 'min' else 'most'} {_counted(bound, measure)}"
            if (measure, bound) == ("maxProperties", 1) and "x-varve-atom" not in cast("Map", error.schema):
                # Values of lower layers are merged, although a map of one key means one alternative or the other.
                hint = f"{hint}; if a layer below sets the other, `$patch: replace` drops it"
            return Fault(WRONG_SIZE, f"{path} {message}", keys, hint=hint)
    constraint = f"its schema has `{_short(json.dumps({error.validator: bound}, ensure_ascii=False))}`"
    message = f"{_show(value)} is not allowed for {path}"
    return Fault(BAD_SHAPE, message, keys, hint=constraint if error.validator else "remove it")


def _listed(words: list[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def _is_or_are(words: list[str]) -> str:
    return "are" if words[1:] else "is"


def _counted(count: int, measure: str) -> str:
    return f"{count} {_COUNTED[measure[3:]]}{'' if count == 1 else 's'}"


def _repeated(items: list[Value]) -> int:
    """The position of the first item that equals an earlier one."""
    seen: set[object] = set()
    for index, each in enumerate(map(frozen, items)):
        if each in seen:
            return index
        seen.add(each)
    return 0


def frozen(value: Value) -> object:
    """A hashable form of `value`, equal where JSON Schema has values equal: `1` and `1.0`, but not `1` and `true`."""
    if isinstance(value, dict):
        return frozenset((key, frozen(each)) for key, each in value.items())
    if isinstance(value, list):
        return "list", *map(frozen, value)
    return (value,) if isinstance(value, bool) else value
