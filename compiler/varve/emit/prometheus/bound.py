"""Bounds of buckets and quantiles that queries match as whole numbers, which Prometheus does not store since 3.0."""

from typing import Final

from varve.emit.kit import Task
from varve.emit.pack import queries
from varve.emit.prometheus.gate import expressions
from varve.language import literal, regex
from varve.language.promql.bound import Bound, whole_bounds
from varve.language.version import Version
from varve.model.diagnostic import Place, Rule, Severity
from varve.resolve import vendor
from varve.resolve.history import origin
from varve.resolve.platform import prometheus_version

WHOLE_BOUND = Rule(
    "emit/whole-bound",
    "Matcher of a bound that Prometheus stores otherwise",
    "Since version 3.0 Prometheus stores whole numbers in the label `le` of histograms and `quantile` of summaries "
    'with a decimal point or an exponent, however the target writes them: `le="1"` becomes `le="1.0"`. A matcher of '
    "the old text finds nothing that such a server scraped: an alert stays silent, and to an objective no event is "
    'good. Match the new text, or while older servers still run, both: `le=~"1|1\\\\.0"`.',
    Severity.WARNING,
)

_SINCE: Final = Version(3, 0)


def check(task: Task) -> None:
    """Warn of whole bounds in the unit's expressions, its packs' parameters and its vendors' rules."""
    if prometheus_version(task.environment) < _SINCE:
        return
    for keys, expr in (*expressions(task.unit.value), *queries(task)):
        if bounds := whole_bounds(expr):
            _report(task, bounds, origin(task.unit.stack, keys)[0])
    for place, expr in vendor.expressions(task.unit):
        _report(task, whole_bounds(expr), place)


def _report(task: Task, bounds: tuple[Bound, ...], place: Place) -> None:
    for label, written, stored in bounds:
        message = (
            f'`{label}="{written}"` finds nothing that is scraped: Prometheus stores `{label}="{stored}"` since 3.0'
        )
        both = literal.write(f"{regex.quote(written)}|{regex.quote(stored)}")
        hint = f'write `{label}="{stored}"`, or while older servers still run, `{label}=~{both}`'
        task.report.add(WHOLE_BOUND, message, place, hint=hint)
