"""Expressions by CEL's own library: compiled with types, asked, and without anything by which data could grow."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from varve.language import canonical
from varve.language.cel import syntax
from varve.language.cel.function import FUNCTIONS, INSTEAD, bad_pattern
from varve.language.cel.syntax import ABSENT
from varve.language.fault import Fault
from varve.model.source import Map, Value

Kind: TypeAlias = Literal["string", "map", "maps"]
"""Of what kind a variable is: a text, a map from texts to anything, or a list of such maps."""

Activation: TypeAlias = Any
"""The variables of one question; all expressions of the same variables may share it, and then it is converted once."""

MOST_VALUES: Final = 50_000
MOST_TEXT: Final = 1 << 20
LONGEST_TEXT: Final = 100_000
"""How much data one question may be about: values, characters in all its texts, and in one of them.

The library never frees a text that it hands to a function of ours, and a question may be 10,000 calls.
"""

_Variables: TypeAlias = tuple[tuple[str, Kind], ...]

_REMEMBERED: Final = 256  # expressions of the same variables
_LEAST: Final = 2  # bytes that a value takes as JSON, with what parts it from the next
_LARGEST: Final = 1 << 63  # whole numbers lie below it, and not below its opposite
_NAMES: Final = re.compile(r"[a-z]\w*(?:\.[a-z]\w*)*", re.ASCII)
_LONGEST_SAID: Final = 300  # of what an expression says in a message

# Adding texts or lists doubles them, and some lines below each other make 2^100. `map` and `filter` are made of it, and
# copy their list for each member. `bytes` serves nobody.
_EXCLUDED: Final = ("_+_", "bytes", *INSTEAD)
_CONFIG: Final = """
stdlib:
  exclude_macros: [{}]
  exclude_functions: [{}]
"""
# Nobody waits for these to be compiled before something is wrong.
_ERROR: Final = r"ERROR: <input>:(-?[0-9]+):(-?[0-9]+): (.*)"
_NAME: Final = r"(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]*+\Z"
_STATUS: Final = r"(?s)\A(?:[A-Z_]+: )?(?P<what>.*?)(?: \[[A-Z_]+\])?\Z"
_SAID: Final = (
    (r"undeclared reference to '_\+_'.*", "there is no `+` in policies"),
    (r"undeclared reference to '(True|False)'.*", r"there is no `\1`: write `true` or `false`"),
    (r"undeclared reference to '(None|nil|NULL)'.*", r"there is no `\1`: write `null`"),
    (
        r"undeclared reference to '(host|lower|older|scheme|seconds)'.*",
        r"`\1` is a function, not a method: write `\1(…)`",
    ),
    (r"undeclared reference to '([^']*)'.*", r"there is no `\1` here"),
    (r"found no matching overload for '_?([^']*?)_?' applied to '(.*)'.*", r"`\1` cannot be applied to `\2`"),
    (r"No matching overloads found : (.*)", r"no function takes `\1`"),
    (r"Syntax error: .*'<EOF>'.*", "it ends too early"),
    (r"Syntax error: [^']*'= ?'.*", "`=` is not allowed here: use `==` to compare"),
    (r"Syntax error: [^']*'(and|AND)'.*", r"`\1` is not allowed here: write `&&`"),
    (r"Syntax error: [^']*'(or|OR)'.*", r"`\1` is not allowed here: write `||`"),
    (r"Syntax error: [^']*'(.*?)'(?: expecting .*)?", r"`\1` is not allowed here"),
    (r'Key not found in map : "?(.*?)"?', r"there is no `\1`"),
    (r".*[Ii]teration budget exceeded.*", "it takes too many steps"),
    (r".*recursion (?:limit|depth).*", "it is nested too deeply"),
)


class Expression(NamedTuple):
    """An expression that compiles: its text, and what the library made of it.

    One that does nothing but name a value has the `names` that lead there, the variable's first.
    """

    text: str
    compiled: Any
    names: tuple[str, ...] = ()


def compiled(text: str, variables: Mapping[str, Kind], *, condition: bool = True) -> Expression | Fault:
    """`text` as an expression over `variables`, or why it is none; a `condition` must be true or false."""
    if refused := syntax.refusal(text) or _bad_pattern(text):
        return refused
    try:
        made = _environment(tuple(variables.items())).compile(_renamed(text))
    except RuntimeError as error:
        return _misread(text, str(error))
    gives = made.return_type().name()
    if condition and gives not in ("BOOL", "DYN"):
        return Fault(f"it returns `{gives.lower()}` but must be true or false")
    return Expression(text, made, tuple(text.split(".")) if _NAMES.fullmatch(text) else ())


def activation(variables: Mapping[str, Kind], data: Mapping[str, Value]) -> Activation:
    """The variables with their values, in none of which `excess` must have found anything.

    Each that is asked for must be there.
    """
    return _environment(tuple(variables.items())).library.Activation(data)


def excess(value: Value) -> Fault | None:
    """Why a value is too much for one question, or None."""
    size = canonical.size(value)
    if size is not None and size < _LEAST * MOST_VALUES:
        return None
    values = text = 0
    waiting = [value]
    while waiting:
        each = waiting.pop()
        values += 1
        if isinstance(each, str):
            text += len(each)
            if len(each) > LONGEST_TEXT:
                return Fault(f"a text in it has more than {LONGEST_TEXT} characters")
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            text += sum(map(len, each))
        if values + len(waiting) > MOST_VALUES:
            return Fault(f"it has more than {MOST_VALUES} values")
        if text > MOST_TEXT:
            return Fault(f"it has more than {MOST_TEXT} characters of text")
    return None


def is_true(expression: Expression, activation: Activation) -> bool | Fault:
    """Whether a condition holds."""
    value = _value(expression, activation)
    if isinstance(value, bool | Fault):
        return value
    return Fault("its result is neither true nor false")


def text(expression: Expression, activation: Activation) -> str | Fault:
    """What an expression comes to, as people read it: on one line, and not too long."""
    value = _value(expression, activation)
    return value if isinstance(value, Fault) else _shown(value)


def texts(
    expressions: Sequence[Expression], variables: Mapping[str, Kind], activation: Activation
) -> list[str] | Fault:
    """What several expressions of the same variables come to, each as `text`; the first fault where one has none."""
    listed = _listed(tuple(each.text for each in expressions), tuple(variables.items()))
    values = _value(listed, activation) if listed else None
    if isinstance(values, list):
        return [*map(_shown, values)]
    found = [text(each, activation) for each in expressions]
    return next((each for each in found if isinstance(each, Fault)), [*map(str, found)])


def named(expression: Expression, data: Map) -> str | None:
    """What an expression that only names a value in `data` comes to, as `text` says it.

    None for every other one, and where only the library knows: of what is not there, or is not the same to it.
    """
    found: Value = data if expression.names else None
    for name in expression.names:
        found = found.get(name) if isinstance(found, dict) else None
    return None if found is None or not _is_sure(found) else _shown(found)


@lru_cache(maxsize=_REMEMBERED)
def _listed(texts: tuple[str, ...], variables: _Variables) -> Expression | None:
    """Expressions that compile as one for the list of what they come to; None where that nests too deeply."""
    whole = "[" + ", ".join(f"{each}\n" for each in texts) + "]"
    try:
        return Expression(whole, _environment(variables).compile(whole))
    except RuntimeError:
        return None


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever the library has
    said = " ".join(_written(value).split())
    return said if len(said) <= _LONGEST_SAID else said[: _LONGEST_SAID - 1] + "…"


def _written(value: Any) -> str:  # noqa: ANN401 - whatever the library has
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case dict():
            # The library has no order of its own for the keys of a map.
            return ", ".join(sorted(map(_written, value)))
        case list():
            return ", ".join(map(_written, value))
        case bytes() | bytearray():
            return value.decode(errors="replace")
        case _:
            return str(value)


def _is_sure(value: Value) -> bool:
    """Whether what the library has of a value is that value, without asking it."""
    kind = value.__class__
    if kind is str:
        # What cannot be printed may be no text to the library.
        return value.isprintable()  # type: ignore[union-attr]
    if kind is dict:
        return all(map(str.isprintable, value)) and all(map(_is_sure, value.values()))  # type: ignore[union-attr,arg-type]
    if kind is list:
        return all(map(_is_sure, value))  # type: ignore[arg-type]
    if kind is int:
        return -_LARGEST <= value < _LARGEST  # type: ignore[operator]
    return kind is float or kind is bool or value is None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the library has
    """What the library has as plain data, without asking it for `None`.

    With each null that it hands out it takes a reference to `None` from Python, which ends where the last one is gone.
    """
    kind = value.type().name()
    if kind == "NULL":
        return None
    if not kind.startswith(("LIST", "MAP")) or "null" not in str(value):
        return value.plain_value()
    held = value.value()
    return {key: _plain(held[key]) for key in held} if isinstance(held, dict) else [*map(_plain, held)]


def _value(expression: Expression, activation: Activation) -> Any:  # noqa: ANN401 - whatever the library has
    try:
        result = expression.compiled.eval(activation)
        # An error comes back as a value, whose text is as true as any other.
        if result.type().name() == "ERROR":
            return Fault(_said(result.value()))
        return _plain(result)
    except (RuntimeError, ValueError, OverflowError) as error:
        return Fault(_said(str(error)))


def _renamed(text: str) -> str:
    """An expression that calls the functions that are there instead of CEL's own; their names are as long."""
    words = syntax.tokens(text)
    for at in syntax.called(words, tuple(INSTEAD)):
        name, start = words[at].text, words[at].start
        text = text[:start] + INSTEAD[name] + text[start + len(name) :]
    return text


def _written_out(text: str) -> str | None:
    """What a text means that is written out."""
    made = compiled(text, {}, condition=False)
    value = None if isinstance(made, Fault) else _value(made, activation({}, {}))
    return value if isinstance(value, str) else None


def _bad_pattern(text: str) -> Fault | None:
    """A pattern that is no regular expression, where it is written out."""
    words = syntax.tokens(text)
    for at in syntax.called(words, ("matches",)):
        pattern = words[at + 2 : at + 4]
        if [each.kind for each in pattern] == ["text", "sign"] and pattern[1].text == ")":
            value = _written_out(pattern[0].text)
            if value is not None and (refused := bad_pattern(value)):
                return Fault(f"this is not a valid regular expression: {refused}", pattern[0].start)
    return None


def _misread(text: str, said: str) -> Fault:
    """What the compiler says, with its line and column as an offset; it counts lines and columns from 1."""
    found = re.search(_ERROR, said)
    if found is None or int(found[1]) < 1:
        return Fault(_said(found[3] if found else said))
    before = text.split("\n")[: int(found[1]) - 1]
    offset = min(sum(len(line) + 1 for line in before) + int(found[2]) - 1, len(text))
    # It points at what stands after the name: the parenthesis of a call, the dot of a member.
    named = re.search(_NAME, text[:offset]) if text[offset : offset + 1] in ("(", ".") else None
    return Fault(_said(found[3]), named.start() if named else offset)


def _said(what: str) -> str:
    """What the library says, in words of ours where these are known."""
    found = re.match(_STATUS, what)
    what = (found["what"] if found else what).strip().rstrip(".")
    for name, own in INSTEAD.items():
        what = what.replace(own, name)
    for known, ours in _SAID:
        if said := re.fullmatch(known, what):
            return said.expand(ours)
    return what[:1].lower() + what[1:]


def _config(functions: Sequence[str]) -> str:
    named = (f'{{name: "{name}"}}' for name in functions)
    return _CONFIG.format(", ".join(ABSENT), ", ".join(named))


class _Environment(NamedTuple):
    """The library's own, and what compiles and remembers it."""

    library: Any
    compile: Callable[[str], Any]


@cache
def _environment(variables: _Variables) -> _Environment:
    """What compiles expressions; what takes too much, or grows, is not there."""
    from cel_expr_python import cel  # type: ignore[import-untyped]

    map_ = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    kinds: dict[Kind, Any] = {"string": cel.Type.STRING, "map": map_, "maps": cel.Type.List(map_)}
    declared = []
    for name, own in FUNCTIONS.items():
        takes, gives = [cel.Type.STRING] * own.takes, getattr(cel.Type, own.gives)
        ways = {"function": False, "member": True} if name in INSTEAD else {"function": False}
        overloads = [
            cel.Overload(f"{own.name}_{way}", gives, takes, is_member=is_member, impl=own.call)
            for way, is_member in ways.items()
        ]
        declared.append(cel.FunctionDecl(own.name, overloads))
    library = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_config(_EXCLUDED)),
        variables={name: kinds[kind] for name, kind in variables},
        functions=declared,
    )
    return _Environment(library, lru_cache(maxsize=_REMEMBERED)(library.compile))
