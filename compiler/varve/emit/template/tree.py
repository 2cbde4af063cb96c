"""Checks what a template may contain on its syntax tree, and rewrites the tree so that values are bound, not pasted."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple, NoReturn

from jinja2 import nodes

from varve.emit.template import given
from varve.emit.template.filter import FILTERS, TESTS
from varve.emit.template.given import CLOSE, OPEN, is_private
from varve.emit.template.run import PRIVATE_CHARACTER, Refusal, Site
from varve.model.diagnostic import Rule

FORBIDDEN = Rule(
    "emit/template-forbids",
    "Template feature is not available",
    "Templates hold text, values, conditions, loops, macros, includes and a short list of filters, tests and "
    "methods, all of them pure and bounded, so that an artifact depends on nothing but the sources. Everything else "
    "is refused by name. The list is in docs/templates.md.",
)

NOT_FOUND = Rule(
    "emit/template-not-found",
    "Included template does not exist",
    "`include`, `import` and `from` take the literal path of a file below `templates/`: a computed name could not be "
    "checked before it is used. The file does not exist, is elsewhere, or is not named in full.",
)

TOO_NESTED = Rule(
    "emit/template-too-nested",
    "Template is too large or too deeply nested",
    "A template may have at most 256 KiB, and its blocks and expressions may be nested at most 100 deep. Split it "
    "into several templates or macros.",
)

BIND: Final = "bind a value"
CONSTANT: Final = "write a constant"
EACH: Final = "count the iterations"
JOIN: Final = "join with ~"
SPEND: Final = "count the work"
"""Filters of varve's own; the blanks in their names keep templates from calling them."""

OWN_FILTERS: Final = ("default", "d", "indent", "trim")
OWN_TESTS: Final = ("defined", "undefined")
_MAPPABLE: Final = frozenset(FILTERS) - {"map", "selectattr", "rejectattr"}

_DEEPEST: Final = 100
_FUNCTION_OF_MESSAGES: Final = "text"

_ALLOWED: Final = frozenset(
    {
        *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.NSRef, nodes.Getattr),
        *(nodes.Getitem, nodes.Slice, nodes.Call, nodes.Keyword, nodes.Filter, nodes.Test, nodes.CondExpr, nodes.List),
        *(nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Concat, nodes.Compare, nodes.Operand, nodes.And, nodes.Or),
        *(nodes.Not, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
        *(nodes.If, nodes.For, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.Assign, nodes.AssignBlock),
        *(nodes.Import, nodes.FromImport, nodes.Include, nodes.With),
    }
)


class Origin(NamedTuple):
    """The file whose tree is being rewritten, and for traced rendering all files so far."""

    file: str
    files: list[str] | None


def check(tree: nodes.Template, paths: Collection[str]) -> None:
    """Raise a `Refusal` at the first thing in `tree` that is not allowed; `paths` are the paths of all templates."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise Refusal(TOO_NESTED, "the template is nested too deeply", "split it into macros", node.lineno)
        _check(node, paths)
        hidden = node.node if isinstance(node, nodes.Call) and _is_text(node.node) else None
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes() if child is not hidden)


def _check(node: nodes.Node, paths: Collection[str]) -> None:
    if type(node) not in _ALLOWED:
        _forbid(node, f"`{type(node).__name__.lower()}`")
    match node:
        case nodes.Include() | nodes.Import() | nodes.FromImport():
            _check_name(node, paths)
        case nodes.Name(name=name):
            _check_variable(node, name)
        case nodes.Getattr(attr=name) if name.startswith("_"):
            _forbid(node, f"`.{name}`")
        case nodes.For(recursive=True):
            _forbid(node, "a recursive loop", "use a macro")
        case nodes.Const(value=str(value)) if is_private(value):
            raise Refusal(PRIVATE_CHARACTER, "a text contains a private character", "remove it", node.lineno)
        case nodes.Filter(name=name):
            _check_filter(node, name)
        case nodes.Test(name=name):
            _check_test(node, name)
        case nodes.Call():
            _check_call(node)


def _check_name(node: nodes.Include | nodes.Import | nodes.FromImport, paths: Collection[str]) -> None:
    match node.template:
        case nodes.Const(value=str(name)):
            if name not in paths:
                hint = "name it in full, such as `templates/prometheus/labels.yaml.j2`"
                raise Refusal(NOT_FOUND, f"there is no template `{name}`", hint, node.lineno)
        case _:
            raise Refusal(NOT_FOUND, "the name of a template is computed", "write the path out", node.lineno)
    if isinstance(node, nodes.Include) and node.ignore_missing:
        _forbid(node, "`ignore missing`")


def _check_variable(node: nodes.Node, name: str) -> None:
    if name == _FUNCTION_OF_MESSAGES:
        _forbid(node, f"`{name}` as a name", "it is the function that provides the pack's messages")
    if name == "self" or name.startswith("_"):
        _forbid(node, f"`{name}`")


def _check_filter(node: nodes.Filter, name: str) -> None:
    if name not in FILTERS and name not in OWN_FILTERS:
        _forbid(node, f"the filter `{name}`")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        _forbid(node, "`*` and `**` in a call")
    if name == "map":
        _check_literal(node, node.args[:1], _MAPPABLE)


def _check_test(node: nodes.Test, name: str) -> None:
    if name not in TESTS and name not in OWN_TESTS:
        _forbid(node, f"the test `{name}`")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        _forbid(node, "`*` and `**` in a call")


def _check_literal(node: nodes.Filter, arguments: list[nodes.Expr], names: Collection[str]) -> None:
    for argument in arguments:
        if not isinstance(argument, nodes.Const) or argument.value not in names:
            _forbid(node, f"`{node.name}` with anything but the name of a filter, written out")


def _check_call(node: nodes.Call) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        _forbid(node, "`*` and `**` in a call")
    if any(each.key.startswith("_") for each in node.kwargs):
        _forbid(node, "an argument that begins with `_`")
    if _is_text(node.node) and not (len(node.args) == 1 and _is_literal(node.args[0])):
        _forbid(node, "`text` with anything but one text, written out", 'give values by name: text("…", job=job)')


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == _FUNCTION_OF_MESSAGES


def _is_literal(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _forbid(node: nodes.Node, what: str, hint: str = "see docs/templates.md for what there is") -> NoReturn:
    raise Refusal(FORBIDDEN, f"a template may not use {what}", hint, node.lineno)


def rewrite(tree: nodes.Template, origin: Origin) -> None:
    """Make every `{{ … }}` of `tree` write a placeholder, and every loop, macro and template count its work."""
    _rewrite(tree, origin)
    if tree.environment is not None:
        tree.set_environment(tree.environment)


def _rewrite(node: nodes.Node, origin: Origin) -> Any:  # noqa: ANN401 - a node for a node, of whatever class
    if isinstance(node, nodes.Output):
        node.nodes = [_output(child, origin) for child in node.nodes]
        return node
    _rewrite_fields(node, origin)
    match node:
        case nodes.Concat():
            return _joined(node, origin)
        case nodes.For():
            values: Any = node.iter
            node.iter = _filter(EACH, values, nodes.Const(_weight(node)))
        case nodes.Template() | nodes.Macro() | nodes.CallBlock():
            count = _filter(SPEND, nodes.Const(_weight(node)))
            node.body.insert(0, nodes.ExprStmt(count, lineno=node.lineno))
        case nodes.Import() | nodes.FromImport():
            # Without it, macros would be rendered once for all renderings, without a run.
            node.with_context = True
    return node


def _rewrite_fields(node: nodes.Node, origin: Origin) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            setattr(node, name, _rewrite(value, origin))
        elif isinstance(value, list):
            rewritten = [_rewrite(each, origin) if isinstance(each, nodes.Node) else each for each in value]
            setattr(node, name, rewritten)


def _output(node: nodes.Expr, origin: Origin) -> nodes.Expr:
    """A piece of output: text and constants become text, and anything else is bound."""
    match node:
        case nodes.TemplateData():
            return _data(node.data, node.lineno, origin)
        case nodes.Const():
            return _data(given.text(node.value), node.lineno, origin)
        case nodes.CondExpr() if (constant := _constant(node)) is not None:
            _rewrite(constant.test, origin)
            return _filter(CONSTANT, constant)
    site = _site(node, origin)
    return _filter(BIND, _rewrite(node, origin), site)


def _data(text: str, line: int, origin: Origin) -> nodes.TemplateData:
    if origin.files is not None:
        text = f"{OPEN}@{len(origin.files) - 1}:{line}{CLOSE}{text}"
    return nodes.TemplateData(text, lineno=line)


def _constant(node: nodes.CondExpr) -> nodes.CondExpr | None:
    """The conditional with its branches as texts, empty for a missing one, if they are constants; otherwise None."""
    branches = [_branch(node.expr1), _branch(node.expr2)]
    if None in branches:
        return None
    return nodes.CondExpr(node.test, *branches, lineno=node.lineno)


def _branch(node: nodes.Expr | None) -> nodes.Expr | None:
    match node:
        case None:
            return nodes.Const("")
        case nodes.Const():
            return nodes.Const(given.text(node.value), lineno=node.lineno)
        case nodes.CondExpr():
            return _constant(node)
    return None


def _joined(node: nodes.Concat, origin: Origin) -> nodes.Filter:
    """The filter for a `~`: its operands, which of them are constants, and the site for values beside captured text."""
    constants = nodes.Const(tuple(isinstance(each, nodes.Const) for each in node.nodes))
    return _filter(JOIN, nodes.List(node.nodes, lineno=node.lineno), constants, _site(node, origin))


def _site(node: nodes.Expr, origin: Origin) -> nodes.Const:
    joins = isinstance(node, nodes.Filter) and node.name == "join"
    # The code contains its sites, so that a later run needs nothing but the code.
    return nodes.Const(tuple(Site(origin.file, node.lineno, expression(node), joins)))


def _filter(name: str, value: nodes.Expr, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)


def _weight(node: nodes.Template | nodes.Macro | nodes.CallBlock | nodes.For) -> int:
    return 1 + sum(len(each.data) for each in node.find_all(nodes.TemplateData)) // 64


def expression(node: nodes.Node | None) -> str:
    """The dotted name of what an expression reads, if it has one: `pack.latency` for `{{ pack.latency | abs }}`."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            before = expression(node.node)
            return f"{before}.{node.attr}" if before else ""
        case nodes.Getitem(arg=nodes.Const(value=key)):
            before = expression(node.node)
            return f"{before}[{key!r}]" if before else ""
        case nodes.Filter() | nodes.Call():
            return expression(node.node)
    return ""
