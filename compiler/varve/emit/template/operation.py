"""The filters, tests and outputs of a running template: they count work, refuse misuse, and bind values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import missing

from varve.emit.template import captured, given, tree
from varve.emit.template.captured import Captured
from varve.emit.template.filter import FILTERS as PURE_FILTERS
from varve.emit.template.filter import TEMPLATE_FAILED, keep_within, text
from varve.emit.template.filter import TESTS as PURE_TESTS
from varve.emit.template.given import SCALARS, show
from varve.emit.template.run import PlainSite, Refusal, Run, Site
from varve.emit.template.tree import FORBIDDEN
from varve.language.name import nearest
from varve.model.diagnostic import Rule

UNDEFINED_VARIABLE = Rule(
    "emit/undefined-variable",
    "Template uses a missing value",
    "This name has no value: it is misspelt, or it is optional and this tenant does not set it. An artifact with a "
    "gap would be worse than none, so a missing value never becomes empty text. Give it a default, or test it with "
    "`is defined`.",
)

RUN: Final = "the run"
"""The name of the run among a rendering's variables; it has a blank, so no template can refer to it."""

GIVE: Final = "give it a default, or test it with `is defined`"


def capture(pieces: Iterable[str]) -> Captured:
    """The text that a macro or a block wrote."""
    written = "".join(pieces)
    keep_within(len(written))
    return Captured(written)


def run_of(context: Context) -> Run:
    """The run of a rendering template."""
    run: Run = context.parent[RUN]
    return run


def weight(value: object) -> int:
    """How much work it is to handle a value."""
    if isinstance(value, str):
        return str.__len__(value) >> 6
    return len(value) if isinstance(value, dict | list | tuple | range) else 0


def refuse_unusable(values: Iterable[object]) -> None:
    """Refuse captured text, and undefined values, before these values are inspected."""
    for value in values:
        if isinstance(value, Captured):
            captured.refuse()
        if isinstance(value, Undefined):
            str(value)  # raises the error about it


def advice(value: Undefined, others: Iterable[str]) -> str:
    """The hint for a missing value: a similar key of the map in which it was looked up, or one of the `others`."""
    name, looked_up_in = value._undefined_name, value._undefined_obj  # noqa: SLF001 - Jinja2 has no other way
    known = looked_up_in if isinstance(looked_up_in, dict) else others if looked_up_in is missing else ()
    meant = nearest(str(name), (each for each in known if isinstance(each, str) and each.isidentifier()))
    return f"did you mean `{meant}`?" if meant else GIVE


def guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with counting, refusal of captured text, and an error that names it."""

    @pass_context
    def call(context: Context, *values: Any, **keywords: Any) -> Any:  # noqa: ANN401
        run = run_of(context)
        run.spend(1 + sum(map(weight, values)))
        refuse_unusable((*values, *keywords.values()))
        try:
            result = function(*values, **keywords)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise Refusal(TEMPLATE_FAILED, f"the filter `{name}` cannot be applied to {show(values[0])}") from error
        run.spend(weight(result))
        return result

    return call


def tested(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The test with refusal of captured text, and an error that names it."""

    def call(*values: Any) -> Any:  # noqa: ANN401
        refuse_unusable(values)
        try:
            return function(*values)
        except (TypeError, ArithmeticError) as error:
            raise Refusal(TEMPLATE_FAILED, f"the test `{name}` cannot be applied to {show(values[0])}") from error

    return call


@pass_context
def _bind(context: Context, value: Any, site: PlainSite) -> str:  # noqa: ANN401
    run: Run = context.parent[RUN]
    kind = value.__class__
    if kind is str:
        run.work_left -= 1 + (len(value) >> 6)
    elif kind is Captured:
        run.spend(1 + (str.__len__(value) >> 6))
        return value  # type: ignore[no-any-return]
    else:
        run.work_left -= 1
    if run.work_left < 0:
        run.spend(0)
    if kind is not str and kind not in SCALARS and isinstance(value, Undefined):
        return _undefined(value, Site._make(site), context)
    return run.place(value, site)


def _undefined(value: Undefined, site: Site, context: Context) -> str:
    if isinstance(value, StrictUndefined) and site.expression:
        raise Refusal(UNDEFINED_VARIABLE, f"`{site.expression}` is not given", advice(value, context.parent))
    return str(value)


@pass_context
def _join(context: Context, values: list[Any], constants: tuple[bool, ...], site: PlainSite) -> str:
    run = run_of(context)
    run.spend(sum(map(weight, values)))
    if any(isinstance(each, Captured) for each in values):
        pairs = zip(values, constants, strict=True)
        return capture(given.text(each) if constant else _bind(context, each, site) for each, constant in pairs)
    refuse_unusable(values)
    keep_within(sum(len(each) for each in values if isinstance(each, str)))
    return "".join(map(text, values))


@pass_context
def _each(context: Context, values: Any, weight: int) -> Any:  # noqa: ANN401
    refuse_unusable((values,))
    if isinstance(values, str) or not hasattr(values, "__len__"):
        raise Refusal(TEMPLATE_FAILED, f"{show(values)} is neither a list nor a map to loop over", "loop over a list")
    run_of(context).spend(len(values) * weight)
    return values


@pass_context
def _spend(context: Context, weight: int) -> None:
    run_of(context).spend(weight)


def _default(value: Any, instead: Any = "", boolean: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
    if isinstance(value, Captured):
        captured.refuse()
    return instead if isinstance(value, Undefined) or (boolean and not value) else value


def _indent(value: Any, width: int = 4, first: bool = False) -> Captured:  # noqa: ANN401, FBT001, FBT002
    if isinstance(value, Captured):
        return captured.indent(value, width, first=first)
    raise Refusal(FORBIDDEN, f"{show(value)} is a value, and values cannot be indented", "write it without `indent`")


def _trim(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, Captured):
        return captured.trim(value)
    if isinstance(value, str):
        return value.strip()
    raise Refusal(TEMPLATE_FAILED, f"the filter `trim` cannot be applied to {show(value)}")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: guarded(name, function) for name, function in PURE_FILTERS.items()},
    "d": _default,
    "default": _default,
    "indent": _indent,
    "trim": _trim,
    tree.BIND: _bind,
    tree.CONSTANT: pass_context(lambda _, value: value),
    tree.EACH: _each,
    tree.JOIN: _join,
    tree.SPEND: _spend,
}
"""All filters: those that templates may use, and those that `tree` inserts."""

TESTS: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: tested(name, function) for name, function in PURE_TESTS.items()},
    "defined": lambda value: not isinstance(value, Undefined),
    "undefined": lambda value: isinstance(value, Undefined),
}
"""The tests that templates may use."""
