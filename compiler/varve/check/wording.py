"""From a validator's error to one sentence a person can act on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from varve.check.format import FORMATS
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Rule
from varve.model.source import Keys, Map

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

UNKNOWN_KEY = Rule(
    "check/unknown-key",
    "A key that nothing reads",
    "varve refuses keys it does not know, because a misspelt key would otherwise do nothing, and nobody would notice. "
    "`varve schema` prints the keys that each kind of source may have.",
)
MISSING_KEY = Rule(
    "check/missing-key",
    "Something is not said that must be",
    "After all layers are merged, this is still missing. Say it in the layer where it belongs.",
)
WRONG_KIND = Rule(
    "check/wrong-kind",
    "A value is of the wrong kind",
    "A text stands where a number is needed, a list where a map is, or the like. In YAML, quotes make a text of all.",
)
NOT_A_CHOICE = Rule(
    "check/not-a-choice",
    "A value is none of those that are possible",
    "Only a few words are possible here; the message names them.",
)
OUT_OF_RANGE = Rule(
    "check/out-of-range",
    "A number is too small or too large",
    "The number lies outside of what makes sense here; the message says the bound.",
)
WRONG_SIZE = Rule(
    "check/wrong-size",
    "A text, a list or a map is too short or too long",
    "The bound keeps artifacts readable and servers alive; the message names it.",
)
REPEATED_ITEM = Rule(
    "check/repeated-item", "A list says the same thing twice", "Each item may be said once. Remove the repetition."
)
INLINE_SECRET = Rule(
    "check/inline-secret",
    "A secret is not a reference",
    "Secrets stay in sealed SOPS files, and sources only name them: `{secret: slack/webhook}` is the key `webhook` of "
    "`secrets/slack.sops.yaml`. If a real secret was written here, it is in git's history from the first commit on: "
    "change it where it is issued.",
)
BAD_SHAPE = Rule(
    "check/bad-shape",
    "A text has the wrong shape",
    "The text must match a pattern; the message shows it.",
)
NEITHER_ALERT_NOR_RECORD = Rule(
    "check/neither-alert-nor-record",
    "A rule is not clearly an alert or a recording",
    "A rule has either `alert` or `record`, and only an alert may have `for`, `keep_firing_for` and `annotations`.",
)

_KINDS = {
    "object": "a map",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_LONGEST = 60


class Fault(NamedTuple):
    """One thing wrong with a document: where, by keys, and in words; a `sealed` one must not show what stands there."""

    rule: Rule
    message: str
    keys: Keys
    on: Literal["key", "value"] = "value"
    hint: str = ""
    sealed: bool = False


def word(error: "ValidationError") -> Iterator[Fault]:
    """The faults that one validation error speaks of."""
    keys: Keys = tuple(error.absolute_path)
    schema = cast("Map", error.schema if isinstance(error.schema, dict) else {})
    if schema.get("x-varve-secret") or schema.get("format") == "secret-name":
        yield from _secret(error, keys)
        return
    match error.validator:
        case "additionalProperties":
            yield from _unknown(error, schema, keys)
        case "required":
            yield from _missing(error, keys)
        case "type":
            yield _wrong_kind(error, keys)
        case "enum" | "const":
            yield _no_choice(error, keys)
        case "format":
            yield _no_format(error, keys)
        case "oneOf":
            hint = "give a rule one of `alert` and `record`, and `for` only to an alert"
            yield Fault(NEITHER_ALERT_NOR_RECORD, "this rule is not clearly an alert or a recording", keys, hint=hint)
        case _:
            yield _bounded(error, keys)


def _secret(error: "ValidationError", keys: Keys) -> Iterator[Fault]:
    if error.validator == "format":
        fault = FORMATS["secret-name"]
        yield Fault(
            fault.rule,
            f"`{dotted(keys)}` does not name a secret",
            keys,
            hint=fault.fault(str(error.instance)) or "",
            sealed=True,
        )
    else:
        keys = keys[:-1] if keys and keys[-1] == "secret" else keys
        hint = "seal it in a SOPS file, and write `{secret: file/key}`"
        yield Fault(INLINE_SECRET, f"`{dotted(keys)}` must be a reference to a secret", keys, hint=hint, sealed=True)


def _unknown(error: "ValidationError", schema: Map, keys: Keys) -> Iterator[Fault]:
    known = list(cast("Map", schema.get("properties", {})))
    for key in cast("Map", error.instance):
        if key not in known and not (key.startswith("$") and "patternProperties" in schema):
            meant = nearest(key, known)
            hint = f"did you mean `{meant}`?" if meant else _choices(known)
            where = f" in `{dotted(keys)}`" if keys else ""
            yield Fault(UNKNOWN_KEY, f"`{key}` is not known{where}", (*keys, key), "key", hint)


def _choices(known: list[str]) -> str:
    return f"known here: {', '.join(sorted(known))}" if known else "nothing may be said here"


def _missing(error: "ValidationError", keys: Keys) -> Iterator[Fault]:
    for key in cast("list[str]", error.validator_value):
        if key not in cast("Map", error.instance):
            where = dotted((*keys, key))
            yield Fault(MISSING_KEY, f"`{where}` is not said", keys, "key", f"say `{where}`")


def _wrong_kind(error: "ValidationError", keys: Keys) -> Fault:
    wanted = cast("str | list[str]", error.validator_value)
    names = " or ".join(_KINDS[each] for each in ([wanted] if isinstance(wanted, str) else wanted))
    return Fault(
        WRONG_KIND,
        f"{_show(error.instance)} is {_kind(error.instance)}, where {names} is needed",
        keys,
        hint=f"write {names}",
    )


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case None:
            return "null"
        case dict():
            return "a map"
        case list():
            return "a list"
        case str():
            return "a text"
    return "a number"


def _show(value: object) -> str:
    """A value in a message: short scalars as they are, anything else by where it stands."""
    match value:
        case dict() | list():
            return "this"
        case None:
            return "`null`"
        case bool():
            return f"`{str(value).lower()}`"
    text = str(value)
    return f"`{text}`" if len(text) <= _LONGEST and "\n" not in text else f"`{text[: _LONGEST - 1].splitlines()[0]}…`"


def _no_choice(error: "ValidationError", keys: Keys) -> Fault:
    value = error.validator_value
    choices = [str(each) for each in cast("list[object]", value)] if error.validator == "enum" else [str(value)]
    meant = nearest(str(error.instance), choices)
    hint = f"did you mean `{meant}`?" if meant else f"write one of {', '.join(choices)}"
    return Fault(NOT_A_CHOICE, f"{_show(error.instance)} is not one of {', '.join(choices)}", keys, hint=hint)


def _no_format(error: "ValidationError", keys: Keys) -> Fault:
    name = cast("str", error.validator_value)
    format_ = FORMATS[name]
    text = cast("str", error.instance)
    reason = format_.fault(text) or ""
    on: Literal["key", "value"] = "key" if "propertyNames" in error.absolute_schema_path else "value"
    where = (*keys, text) if on == "key" else keys
    if name == "http-url":
        message = f"`{dotted(keys)}` is no URL that can be used"
        return Fault(format_.rule, message, where, on, reason, sealed="password" in reason)
    advice, why = (reason, "") if _is_advice(reason) else ("", f": {reason}")
    return Fault(format_.rule, f"{_show(text)} {format_.denial}{why}", where, on, advice)


def _is_advice(reason: str) -> bool:
    """Whether a format's reason tells what to do, and so is the hint."""
    return reason.startswith(("write ", "use ", "begin "))


def _bounded(error: "ValidationError", keys: Keys) -> Fault:
    bound, value = error.validator_value, error.instance
    match error.validator:
        case "minimum" | "exclusiveMinimum":
            than = "at least" if error.validator == "minimum" else "more than"
            return Fault(OUT_OF_RANGE, f"{_show(value)} is too small", keys, hint=f"write {than} {bound}")
        case "maximum" | "exclusiveMaximum":
            than = "at most" if error.validator == "maximum" else "less than"
            return Fault(OUT_OF_RANGE, f"{_show(value)} is too large", keys, hint=f"write {than} {bound}")
        case "minLength" | "minItems" | "minProperties":
            return Fault(WRONG_SIZE, f"`{dotted(keys)}` is too short", keys, hint=f"say at least {bound}")
        case "maxLength" | "maxItems" | "maxProperties":
            return Fault(WRONG_SIZE, f"`{dotted(keys)}` is too long", keys, hint=f"say at most {bound}")
        case "uniqueItems":
            return Fault(
                REPEATED_ITEM, f"`{dotted(keys)}` says the same thing twice", keys, hint="remove the repetition"
            )
    return Fault(
        BAD_SHAPE,
        f"{_show(value)} has not the shape that `{dotted(keys)}` needs",
        keys,
        hint=f"it must match `{bound}`",
    )
