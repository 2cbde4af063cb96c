"""Scoping queries to their tenant: sources are rewritten, and queries of templates must need no rewriting."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from varve.emit.kit import Task
from varve.emit.template.given import show
from varve.language import promql
from varve.language.fault import Fault
from varve.language.grafana import interpolation
from varve.language.promql import representative
from varve.language.promql.reading import LONGEST
from varve.model.diagnostic import Place, Report, Rule

FOREIGN_SERIES = Rule(
    "emit/foreign-series",
    "Query cannot be confined to its tenant",
    'Tenants share servers, so varve puts `tenant="…"` into every selector of a tenant, its vendors or dashboards. '
    "It refuses what it cannot confine to one tenant: a selector that matches another tenant or a pattern of "
    "tenants, anything that writes the label `tenant`, and `info`, which reads everybody's info metrics unless its "
    "second argument matches the tenant. Leave the label out: varve adds it.",
)
UNSCOPED_TEMPLATE = Rule(
    "emit/unscoped-template",
    "Template query reads the series of all tenants",
    'Every selector in the rules and the dashboards of a template must match `tenant="{{ tenant.id }}"`: tenants share '
    "servers, and a selector without it reads everybody's series. No tenant can fix this: change the template.",
)

_LABEL: Final = f'"{promql.LABEL}"'
_OWN: Final = '"own"'
_OTHER: Final = '"x"'
_NUMBER: Final = "1"
_SEPARATOR: Final = "\0"
_MARK: Final = "\ue000"
_MEANINGFUL: Final = frozenset({_LABEL, _OWN, _OTHER})  # strings that mean something in a normalised query


def scoped(expr: str, tenant: str) -> str:
    """The expression scoped to `tenant`; unchanged if that is impossible, which is reported elsewhere."""
    result = scoped_or_fault(expr, tenant)
    return expr if isinstance(result, Fault) else result


@lru_cache(maxsize=4096)
def scoped_or_fault(expr: str, tenant: str) -> str | Fault:
    """The expression scoped to `tenant`, or why that is impossible.

    Where the matcher belongs does not depend on the content of strings and numbers, so expressions that differ only in
    these are parsed once.
    """
    quoted = f'"{tenant}"'
    if quoted in expr or quoted in _MEANINGFUL or not representative.is_simple(expr):
        return promql.scope(expr, tenant)
    pieces: list[str] = []

    def stand_in(piece: str) -> str:
        pieces.append(piece)
        return _LABEL if piece == _LABEL else _stand_in(piece)

    normalised = promql.scope(representative.substituted(expr, stand_in), _OWN[1:-1])
    if isinstance(normalised, Fault):
        return promql.scope(expr, tenant)
    original = iter(pieces)
    restored = representative.substituted(normalised, lambda piece: quoted if piece == _OWN else next(original))
    return restored if len(restored) <= LONGEST else promql.scope(expr, tenant)


def _stand_in(piece: str) -> str:
    return _OTHER if piece[0] == '"' else _NUMBER


def report_foreign(wrong: Fault, place: Place, report: Report) -> None:
    """Report a query that cannot be scoped to its tenant."""
    names_label = promql.LABEL in wrong.message
    hint = f"leave `{promql.LABEL}` out of the query, varve adds it" if names_label else "rewrite the query"
    report.add(FOREIGN_SERIES, wrong.message, place, hint=hint)


def check_scoped(task: Task, template: str, queries: Iterable[str]) -> None:
    """Report a template whose queries, with or without Grafana's variables, are not scoped to the unit's tenant.

    Nothing is reported if the unit already has errors, which may be the cause.
    """
    tenant = task.unit.unit.tenant
    joined = _SEPARATOR.join(queries)
    if task.report.broken or _are_scoped(joined, tenant):
        return
    wrong = next(query for query in joined.split(_SEPARATOR) if query and not _is_unchanged(query, tenant))
    message = f"{show(wrong)}, a query of the template, has a selector without `{promql.LABEL}`"
    hint = f'write `{promql.LABEL}="{{{{ tenant.id }}}}"` into every selector'
    task.report.add(UNSCOPED_TEMPLATE, message, Place(template), hint=hint)


@lru_cache(maxsize=1024)
def _are_scoped(queries: str, tenant: str) -> bool:
    """Whether many queries, joined by separators, are scoped; checked together, because nearly always they are."""
    quoted = f'"{tenant}"'
    if (
        quoted not in _MEANINGFUL
        and _LABEL not in queries
        and all(map(representative.is_simple, queries.split(_SEPARATOR)))
    ):
        marked = queries.replace(f"={quoted}", f"={_MARK}")
        if _are_unchanged(representative.substituted(marked, _stand_in).replace(_MARK, _OWN), _OWN[1:-1]):
            return True
    return _are_unchanged(queries, tenant)


def _are_unchanged(queries: str, tenant: str) -> bool:
    return all(_is_unchanged(query, tenant) for query in queries.split(_SEPARATOR) if query)


@lru_cache(maxsize=4096)
def _is_unchanged(query: str, tenant: str) -> bool:
    result = interpolation.scope(query, tenant)
    return isinstance(result, interpolation.Scoped) and result.text == query
