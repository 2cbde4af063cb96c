"""Expressions in CEL's own library: compiled with types, evaluated, and without operations that make data grow."""

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
"""The type of a variable: a text, a map from texts to anything, or a list of such maps."""

Activation: TypeAlias = Any
"""The variables of one question, converted for the library; expressions of the same variables can share it."""

MOST_VALUES: Final = 50_000
MOST_TEXT: Final = 1 << 20
LONGEST_TEXT: Final = 100_000
"""The limits for the data of one question: values, characters in all its texts, and characters in one of them.

The library never frees a text that it passes to one of varve's functions, and a question may make 10,000 calls.
"""

_Variables: TypeAlias = tuple[tuple[str, Kind], ...]

_CACHE_SIZE: Final = 256  # expressions of the same variables
_LEAST_BYTES: Final = 2  # bytes that a value takes as JSON, including a separator
_LARGEST: Final = 1 << 63  # integers are less than this, and not less than its negative
_NAMES: Final = re.compile(r"[a-z]\w*(?:\.[a-z]\w*)*", re.ASCII)
_LONGEST_SHOWN: Final = 300  # characters of an expression's value in a message

# Adding a text or a list to itself doubles it, so nested expressions could make it 2^100 times as long. `map` and
# `filter` are implemented by adding, and copy their list for each member. No policy needs `bytes`.
_EXCLUDED: Final = ("_+_", "bytes", *INSTEAD)
_CONFIG: Final = """
stdlib:
  exclude_macros: [{}]
  exclude_functions: [{}]
"""
# Patterns for errors only, so they are compiled on first use.
_ERROR: Final = r"ERROR: <input>:(-?[0-9]+):(-?[0-9]+): (.*)"
_NAME: Final = r"(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]*+\Z"
_STATUS: Final = r"(?s)\A(?:[A-Z_]+: )?(?P<what>.*?)(?: \[[A-Z_]+\])?\Z"
_MESSAGES: Final = (
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
    """An expression that compiles: its text, and the library's compiled form.

    If it only selects a value, `names` is the path to that, beginning with the variable.
    """

    text: str
    compiled: Any
    names: tuple[str, ...] = ()


def compiled(text: str, variables: Mapping[str, Kind], *, condition: bool = True) -> Expression | Fault:
    """`text` compiled as an expression over `variables`, or its fault; a `condition` must be true or false."""
    if refused := syntax.refusal(text) or _bad_pattern(text):
        return refused
    try:
        made = _environment(tuple(variables.items())).compile(_with_own_functions(text))
    except RuntimeError as error:
        return _compile_fault(text, str(error))
    returns = made.return_type().name()
    if condition and returns not in ("BOOL", "DYN"):
        return Fault(f"it returns `{returns.lower()}` but must be true or false")
    return Expression(text, made, tuple(text.split(".")) if _NAMES.fullmatch(text) else ())


def activation(variables: Mapping[str, Kind], data: Mapping[str, Value]) -> Activation:
    """The variables with their values, for evaluation.

    `excess` must have returned None for every value, and every variable that an expression uses must have one.
    """
    return _environment(tuple(variables.items())).library.Activation(data)


def excess(value: Value) -> Fault | None:
    """Why a value is too large for one question, or None."""
    size = canonical.size(value)
    if size is not None and size < _LEAST_BYTES * MOST_VALUES:
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
    """Whether a condition holds, or why it cannot be evaluated."""
    value = _value(expression, activation)
    if isinstance(value, bool | Fault):
        return value
    return Fault("its result is neither true nor false")


def text(expression: Expression, activation: Activation) -> str | Fault:
    """The value of an expression as a text for people, on one line and cut to a maximum length, or its fault."""
    value = _value(expression, activation)
    return value if isinstance(value, Fault) else _shown(value)


def texts(
    expressions: Sequence[Expression], variables: Mapping[str, Kind], activation: Activation
) -> list[str] | Fault:
    """The values of several expressions of the same variables, each as by `text`, or the first fault."""
    listed = _as_list(tuple(each.text for each in expressions), tuple(variables.items()))
    values = _value(listed, activation) if listed else None
    if isinstance(values, list):
        return [*map(_shown, values)]
    found = [text(each, activation) for each in expressions]
    return next((each for each in found if isinstance(each, Fault)), [*map(str, found)])


def named(expression: Expression, data: Map) -> str | None:
    """The value of an expression that only selects a value in `data`, as by `text`, without the library.

    None for all other expressions, for a missing value, and for one that the library might convert.
    """
    found: Value = data if expression.names else None
    for name in expression.names:
        found = found.get(name) if isinstance(found, dict) else None
    return None if found is None or not _converts_exactly(found) else _shown(found)


@lru_cache(maxsize=_CACHE_SIZE)
def _as_list(texts: tuple[str, ...], variables: _Variables) -> Expression | None:
    """One expression for the list of the values of several; None if that nests too deeply to compile."""
    whole = "[" + ", ".join(f"{each}\n" for each in texts) + "]"
    try:
        return Expression(whole, _environment(variables).compile(whole))
    except RuntimeError:
        return None


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever the library has
    shown = " ".join(_written(value).split())
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def _written(value: Any) -> str:  # noqa: ANN401 - whatever the library has
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case dict():
            # The library returns the keys of a map in no particular order.
            return ", ".join(sorted(map(_written, value)))
        case list():
            return ", ".join(map(_written, value))
        case bytes() | bytearray():
            return value.decode(errors="replace")
        case _:
            return str(value)


def _converts_exactly(value: Value) -> bool:
    """Whether the library's value is certainly equal to this value."""
    kind = value.__class__
    if kind is str:
        # The library may not accept unprintable characters in a text.
        return value.isprintable()  # type: ignore[union-attr]
    if kind is dict:
        return all(map(str.isprintable, value)) and all(map(_converts_exactly, value.values()))  # type: ignore[union-attr,arg-type]
    if kind is list:
        return all(map(_converts_exactly, value))  # type: ignore[arg-type]
    if kind is int:
        return -_LARGEST <= value < _LARGEST  # type: ignore[operator]
    return kind is float or kind is bool or value is None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the library has
    """A value of the library as plain data, without converting its nulls.

    A bug of the library: each null that it converts drops a reference to `None`, and Python ends when none is left.
    """
    kind = value.type().name()
    if kind == "NULL":
        return None
    if not kind.startswith(("LIST", "MAP")) or "null" not in str(value):
        return value.plain_value()
    members = value.value()
    return {key: _plain(members[key]) for key in members} if isinstance(members, dict) else [*map(_plain, members)]


def _value(expression: Expression, activation: Activation) -> Any:  # noqa: ANN401 - whatever the library has
    try:
        result = expression.compiled.eval(activation)
        # An error is returned as a value, which would be taken for a text.
        if result.type().name() == "ERROR":
            return Fault(_message(result.value()))
        return _plain(result)
    except (RuntimeError, ValueError, OverflowError) as error:
        return Fault(_message(str(error)))


def _with_own_functions(text: str) -> str:
    """An expression with calls of varve's functions instead of CEL's; their names are as long, so offsets stay."""
    words = syntax.tokens(text)
    for at in syntax.called(words, tuple(INSTEAD)):
        name, start = words[at].text, words[at].start
        text = text[:start] + INSTEAD[name] + text[start + len(name) :]
    return text


def _literal_value(text: str) -> str | None:
    """The value of a text literal, or None if it does not compile."""
    literal = compiled(text, {}, condition=False)
    value = None if isinstance(literal, Fault) else _value(literal, activation({}, {}))
    return value if isinstance(value, str) else None


def _bad_pattern(text: str) -> Fault | None:
    """The fault of a pattern that is a literal, but not a valid regular expression."""
    words = syntax.tokens(text)
    for at in syntax.called(words, ("matches",)):
        pattern = words[at + 2 : at + 4]
        if [each.kind for each in pattern] == ["text", "sign"] and pattern[1].text == ")":
            value = _literal_value(pattern[0].text)
            if value is not None and (refused := bad_pattern(value)):
                return Fault(f"this is not a valid regular expression: {refused}", pattern[0].start)
    return None


def _compile_fault(text: str, error: str) -> Fault:
    """The compiler's error as a fault, with its line and column, which count from 1, as an offset."""
    found = re.search(_ERROR, error)
    if found is None or int(found[1]) < 1:
        return Fault(_message(found[3] if found else error))
    before = text.split("\n")[: int(found[1]) - 1]
    offset = min(sum(len(line) + 1 for line in before) + int(found[2]) - 1, len(text))
    # The column is that of the character after the name: the parenthesis of a call, or the dot of a member.
    name_before = re.search(_NAME, text[:offset]) if text[offset : offset + 1] in ("(", ".") else None
    return Fault(_message(found[3]), name_before.start() if name_before else offset)


def _message(what: str) -> str:
    """A message of the library, reworded if it is a known one."""
    found = re.match(_STATUS, what)
    what = (found["what"] if found else what).strip().rstrip(".")
    for name, library_name in INSTEAD.items():
        what = what.replace(library_name, name)
    for pattern, replacement in _MESSAGES:
        if matched := re.fullmatch(pattern, what):
            return matched.expand(replacement)
    return what[:1].lower() + what[1:]


def _config(functions: Sequence[str]) -> str:
    entries = (f'{{name: "{name}"}}' for name in functions)
    return _CONFIG.format(", ".join(ABSENT), ", ".join(entries))


class _Environment(NamedTuple):
    """The library's environment, and its compile function with a cache."""

    library: Any
    compile: Callable[[str], Any]


@cache
def _environment(variables: _Variables) -> _Environment:
    """The environment for these variables, without operations that are too expensive or make data grow."""
    from cel_expr_python import cel  # type: ignore[import-untyped]

    map_ = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    kinds: dict[Kind, Any] = {"string": cel.Type.STRING, "map": map_, "maps": cel.Type.List(map_)}
    declared = []
    for name, function in FUNCTIONS.items():
        takes, returns = [cel.Type.STRING] * function.takes, getattr(cel.Type, function.returns)
        ways = {"function": False, "member": True} if name in INSTEAD else {"function": False}
        overloads = [
            cel.Overload(f"{function.name}_{way}", returns, takes, is_member=is_member, impl=function.call)
            for way, is_member in ways.items()
        ]
        declared.append(cel.FunctionDecl(function.name, overloads))
    library = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_config(_EXCLUDED)),
        variables={name: kinds[kind] for name, kind in variables},
        functions=declared,
    )
    return _Environment(library, lru_cache(maxsize=_CACHE_SIZE)(library.compile))
