"""Formats of what Prometheus and Alertmanager evaluate: PromQL, templates in texts of alerts, and matchers."""

from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language import gotemplate, matcher, promql
from varve.language.fault import Fault
from varve.model.diagnostic import Rule

BAD_PROMQL = Rule(
    "check/bad-promql",
    "Not valid PromQL",
    "The expression was parsed as PromQL and is not valid. One invalid expression would keep Prometheus from loading "
    "the whole file.",
)
BAD_SELECTOR = Rule(
    "check/bad-selector",
    "Not a single PromQL selector",
    'The counters of an objective are single selectors, such as `http_requests_total{job="checkout"}`: varve itself '
    "takes their rates over every window it needs. Each must name its metric: one without a name would also match "
    "the recordings made from it.",
)
BAD_GO_TEMPLATE = Rule(
    "check/bad-go-template",
    "Template is invalid or not allowed",
    "In the texts of alerts Prometheus fills in `{{ $labels.instance }}` and `{{ $value }}`, through functions such "
    "as `humanize`. Functions that query are refused, because they could read series of other tenants.",
)
BAD_MATCHERS = Rule(
    "check/bad-matchers",
    "Not a valid alert selector",
    'Alerts are selected with the matchers of Alertmanager: `service="ledger"`, `!=`, `=~` and `!~` with a regular '
    "expression that matches the whole value, and commas between several. Alertmanager has an old and a new grammar, "
    "and the text must mean the same in both: with double quotes around every value, it does.",
)


def _promql(text: str) -> str | None:
    query = promql.read(text)
    if isinstance(query, Fault):
        return query.message
    kind = query.result_type
    return None if kind in ("vector", "scalar") else f"it returns a {kind} but a vector or a scalar is needed"


def _selector(text: str) -> str | None:
    query = promql.read(text)
    if isinstance(query, Fault):
        return query.message
    if not query.is_selector:
        return "write one selector, without functions, ranges and operators"
    return None if _names_metric(text) else "write the name of the metric before the braces"


def _names_metric(text: str) -> bool:
    """Whether a valid selector contains the name of its metric: before its braces, or quoted inside them."""
    tokens = [each for each in promql.lex(text) if isinstance(each, promql.Token) and each.kind not in promql.BLANK]
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    quoted = (each for before, each, after in triples if before.text in "{," and after.text in ",}")
    return tokens[0].text != "{" or any(each.kind is promql.Kind.STRING for each in quoted)


def _go_template(text: str) -> str | None:
    fault = gotemplate.fault(text)
    return fault.message if fault else None


def _matchers(text: str) -> str | None:
    matchers = matcher.read(text)
    if isinstance(matchers, Fault):
        return matchers.message
    return None if matchers else "it is empty"


FORMATS: Final[Mapping[str, Format]] = {
    "promql": Format(BAD_PROMQL, "is not PromQL that is allowed here", _promql, "correct the expression"),
    "promql-selector": Format(BAD_SELECTOR, "is not a single PromQL selector", _selector, "correct the selector"),
    "go-template": Format(
        BAD_GO_TEMPLATE, "is not a template that Prometheus may run", _go_template, "correct it, or write the text out"
    ),
    "matchers": Format(
        BAD_MATCHERS,
        "is not a valid alert selector",
        _matchers,
        'write it like `service="ledger"`, with commas between several',
    ),
}
