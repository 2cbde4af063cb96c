"""The sandbox of templates: they see plain data, do bounded work, and write placeholders instead of values."""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from hashlib import sha256
from itertools import islice
from types import BuiltinMethodType, MethodType
from typing import Any, Final

from jinja2 import (
    BytecodeCache,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.bccache import Bucket, bc_magic
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from varve.emit.template import captured, failure, given, operation, tree
from varve.emit.template.captured import Captured
from varve.emit.template.code import Codes
from varve.emit.template.filter import TEMPLATE_FAILED, keep_within
from varve.emit.template.given import Function, Given, Message, is_private, show
from varve.emit.template.run import LARGEST, PRIVATE_CHARACTER, TOO_MUCH, Complaint, Refusal, Run, Site
from varve.emit.template.tree import FORBIDDEN, NOT_FOUND, TOO_NESTED, Origin
from varve.language.message import Catalogue
from varve.model.diagnostic import Rule

SYNTAX = Rule(
    "emit/template-syntax",
    "Template syntax error",
    "Templates are Jinja2: `{{ value }}`, `{% statement %}`, `{# comment #}`. Put text that must keep its own `{{ … "
    "}}`, such as a Go template in an annotation, between `{% raw %}` and `{% endraw %}`. The line shown is where "
    "the parser stopped.",
)

_NAME: Final = re.compile(r"templates(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
_LARGEST_SOURCE: Final = 1 << 18
_LONGEST_RANGE: Final = 10_000
_LARGEST_NUMBER: Final = 1 << 64
_CALL: Final = 8  # a call takes as much time as this many items
_ABSENT: Final = object()
_OPEN_BLOCK: Final = "Jinja was looking for the following tags"
_BATCH: Final = 1 << 10

METHODS: Final[Mapping[type, frozenset[str]]] = {
    dict: frozenset({"get", "items", "keys", "values"}),
    str: frozenset({"endswith", "lower", "removeprefix", "removesuffix", "split", "startswith", "strip", "upper"}),
    LoopContext: frozenset(
        {"cycle", "first", "index", "index0", "last", "length", "nextitem", "previtem", "revindex", "revindex0"}
    ),
}
_OF_MAPS: Final = METHODS[dict]


def _range(*arguments: int) -> range:
    numbers = range(*arguments)
    if len(numbers) > _LONGEST_RANGE:
        raise Refusal(TOO_MUCH, f"a range has more than {_LONGEST_RANGE:,} numbers", "loop over data")
    return numbers


class _EarlierCode(BytecodeCache):
    """Gives Jinja2 the code that it compiled in an earlier run; Jinja2 requires a subclass.

    Which templates a template may refer to depends on which exist, so their names are part of the key of its code.
    """

    def __init__(self, codes: Codes, templates: Mapping[str, str]) -> None:
        self._codes = codes
        self._all_templates = "\0".join((bc_magic.hex(), *templates))

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - no template is a file
        return name

    def get_source_checksum(self, source: str) -> str:
        return sha256(f"{self._all_templates}\0\0{source}".encode("utf-8", "surrogateescape")).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.recall(bucket.key, bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._codes.learn(bucket.key, bucket.checksum, bucket.code)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without everything that is not on a list; a subclass, because that is how Jinja2 is customised.

    `files` is None, or for traced rendering the list of files to which the numbers in line marks refer.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    concat = staticmethod(operation.capture)

    def __init__(self, templates: Mapping[str, str], codes: Codes | None = None, *, traced: bool = False) -> None:
        super().__init__(
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
            auto_reload=False,
            cache_size=-1,
            optimized=False,  # folding constants takes longer than it saves
            bytecode_cache=_EarlierCode(codes, templates) if codes and not traced else None,
        )
        self.templates = templates
        self.files: list[str] | None = [] if traced else None
        self.globals = {"namespace": Namespace, "range": _range}
        self.filters = dict(operation.FILTERS)
        self.tests = dict(operation.TESTS)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that a template knows, as one plain map; Jinja2 would look them up in a chain of two."""
        return {**self.globals, **(d or {})}

    def _source(self, name: str) -> str:
        text = self.templates.get(name)
        if text is None or not _NAME.fullmatch(name):
            raise Refusal(NOT_FOUND, f"there is no template `{name}`", "name a file below `templates/` in full")
        if len(text) > _LARGEST_SOURCE:
            message = f"the template `{name}` has more than {_LARGEST_SOURCE:,} characters"
            raise Refusal(TOO_NESTED, message, "split it")
        if is_private(text):
            raise Refusal(PRIVATE_CHARACTER, f"the template `{name}` contains a private character", "remove it")
        return text

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            return super()._parse(source, name, filename)
        except RecursionError:
            raise Refusal(TOO_NESTED, f"the template `{name}` is nested too deeply", "split it into macros") from None

    def _generate(self, source: nodes.Template, name: str | None, *arguments: Any, **keywords: Any) -> str:  # noqa: ANN401
        file = name or ""
        try:
            tree.check(source, self.templates)
        except Refusal as refusal:
            refusal.file = file
            raise
        if self.files is not None:
            self.files.append(file)
        tree.rewrite(source, Origin(file, self.files))
        return super()._generate(source, name, *arguments, **keywords)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
        """The meaning of `obj.attribute`: a permitted method, an entry of a map, or a name that a template exports."""
        kind = type(obj)
        if kind is dict and attribute not in _OF_MAPS:  # the usual case
            return obj[attribute] if attribute in obj else self._missing(obj, attribute)
        if attribute in METHODS.get(kind, ()):
            return getattr(obj, attribute)
        if kind in (TemplateModule, Namespace) and not attribute.startswith("_"):
            value = getattr(obj, attribute, _ABSENT)
            return self._missing(obj, attribute) if value is _ABSENT else value
        return _no_attribute(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401
        """The meaning of `obj[argument]`: an entry or an item, never an attribute."""
        if type(obj) not in (dict, list, tuple, str):
            return _no_attribute(obj, str(argument))
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self._missing(obj, str(argument) if type(argument) in (str, int) else show(argument).strip("`"))

    def _missing(self, obj: Any, name: str) -> Undefined:  # noqa: ANN401
        return self.undefined(f"`{name}` is not given", obj, name)

    def call(self, context: Context, obj: Any, /, *arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401
        """Call a macro, a function or a permitted method, and count the work."""
        run = operation.run_of(context)
        run.spend(_CALL + sum(map(operation.weight, arguments)))
        if isinstance(obj, Macro):
            return context.call(obj, *arguments, **keywords)
        operation.refuse_unusable(arguments)
        if isinstance(obj, Catalogue):
            return Message(obj.text(*arguments), _named_arguments(keywords))
        if isinstance(obj, Function):
            return _result(obj, arguments, _named_arguments(keywords))
        if type(obj) in (BuiltinMethodType, MethodType) or obj in (_range, Namespace):
            result = _method_result(context, obj, arguments, keywords)
            run.spend(operation.weight(result) + operation.weight(getattr(obj, "__self__", None)))
            return result
        if isinstance(obj, Undefined):
            obj()
        raise Refusal(FORBIDDEN, "what is called here is neither a macro nor a function", "see docs/templates.md")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Arithmetic on numbers of usual size, and `+` of two texts or two lists."""
        if type(left) in (int, float) and type(right) in (int, float):
            if abs(left) < _LARGEST_NUMBER and abs(right) < _LARGEST_NUMBER:
                return self.binop_table[operator](left, right)
        elif operator == "+" and type(left) is type(right) and type(left) in (str, list):
            keep_within(len(left) + len(right))
            operation.run_of(context).spend(operation.weight(left) + operation.weight(right))
            return left + right
        operation.refuse_unusable((left, right))
        raise Refusal(
            TEMPLATE_FAILED, f"`{operator}` cannot be applied to {show(left)} and {show(right)}", "use numbers"
        )


def _named_arguments(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The named arguments, without those that Jinja2 adds itself."""
    arguments = {key: value for key, value in keywords.items() if not key.startswith("_")}
    operation.refuse_unusable(arguments.values())
    return arguments


def _result(function: Function, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Given:
    try:
        return given.copy(function.call(*arguments, **keywords))
    except ValueError as error:
        raise Refusal(TEMPLATE_FAILED, f"the function fails: {error}") from error
    except (TypeError, ArithmeticError) as error:
        raise Refusal(TEMPLATE_FAILED, failure.mismatch("the function", (*arguments, *keywords.values()))) from error


def _method_result(context: Context, method: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:  # noqa: ANN401
    try:
        return context.call(method, *arguments, **keywords)
    except (TypeError, ValueError, ArithmeticError) as error:
        name = method.__name__.lstrip("_").lower()
        values = (*arguments, *_named_arguments(keywords).values())
        raise Refusal(TEMPLATE_FAILED, failure.mismatch(f"`{name}`", values)) from error


def skeleton(sandbox: Sandbox, path: str, variables: Mapping[str, Any], run: Run) -> str | Complaint:
    """The text that the template at `path` writes, with placeholders for values, or why there is none."""
    try:
        template = sandbox.get_template(path)
        context = template.new_context({**variables, operation.RUN: run})
        return _collect(template.root_render_func(context), traced=sandbox.files is not None)
    except (Refusal, TemplateError, RecursionError, SyntaxError) as error:
        return _complaint(error, path, variables)
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        return Complaint(TEMPLATE_FAILED, f"the expression fails: {failure.words(error)}", _site(error, path))


def _complaint(error: Exception, path: str, variables: Mapping[str, Any]) -> Complaint:
    site = _site(error, path)
    match error:
        case Refusal():
            return Complaint(error.rule, error.message, site, error.hint)
        case TemplateSyntaxError():
            site = Site(error.name or path, error.lineno, "", joins=False)
            return Complaint(SYNTAX, _syntax(error.message or ""), site, _syntax_hint(error.message or ""))
        case UndefinedError():
            hint = _undefined_hint(error, variables)
            return Complaint(operation.UNDEFINED_VARIABLE, _undefined(error.message or ""), site, hint)
        case RecursionError():
            return Complaint(TOO_MUCH, "the template calls itself too often", site, "give the recursion an end")
        case SyntaxError():  # from Python, about the code that Jinja2 generated
            return Complaint(TOO_NESTED, "the template is nested too deeply", site, "split it into macros")
        case _:
            return Complaint(TEMPLATE_FAILED, f"the expression fails: {error}", site)


def _collect(pieces: Iterable[str], *, traced: bool) -> str:
    remaining, collected = iter(pieces), ""
    while batch := list(islice(remaining, _BATCH)):
        collected += "".join(batch)
        if len(collected) > LARGEST and not traced:
            message = f"the template writes more than {LARGEST:,} characters"
            raise Refusal(TOO_MUCH, message, "write several artifacts")
    return collected


def _site(error: Exception, path: str) -> Site:
    """The innermost template line in the traceback of `error`."""
    if isinstance(error, Refusal) and error.file:
        return Site(error.file, error.line or 1, "", joins=False)
    found, trace = Site(path, 1, "", joins=False), error.__traceback__
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found = Site(template.name or path, template.get_corresponding_lineno(trace.tb_lineno), "", joins=False)
        trace = trace.tb_next
    return found


def _syntax(message: str) -> str:
    return f"the template cannot be parsed: {message[:1].lower()}{message[1:].rstrip('.')}"


def _syntax_hint(message: str) -> str:
    if _OPEN_BLOCK in message:
        return "end each block with its own tag, such as `{% for %}` with `{% endfor %}`"
    return "put text with its own `{{` in a `raw` block"


def _undefined(message: str) -> str:
    found = re.fullmatch(r"'([^']+)' is undefined", message)
    return f"`{found[1]}` is not given" if found else message


def _undefined_hint(error: UndefinedError, variables: Mapping[str, Any]) -> str:
    """The hint for a missing value, which is known only to the innermost frame of the error: its own method."""
    value, trace = None, error.__traceback__
    while trace is not None:
        value, trace = trace.tb_frame.f_locals.get("self"), trace.tb_next
    return operation.advice(value, variables) if isinstance(value, Undefined) else operation.GIVE


def _no_attribute(obj: object, attribute: str) -> Any:  # noqa: ANN401
    if isinstance(obj, Captured):
        captured.refuse()
    if isinstance(obj, Undefined):
        return getattr(obj, attribute)
    raise Refusal(FORBIDDEN, f"{show(obj)} has no `{attribute}` that a template may use", "see docs/templates.md")
