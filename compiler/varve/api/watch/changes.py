"""Which diagnostics are new, and which are fixed, from one look at the files to the next."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeAlias

from varve.api.findings import Findings
from varve.check.trust.owner import Owners, owners
from varve.model.diagnostic import Diagnostic, Severity
from varve.model.source import Keys

_Key: TypeAlias = tuple[str, str, str, Keys]
"""What identifies a diagnostic while lines move: its code, message, file and keys."""


class _Reported(NamedTuple):
    """A diagnostic, and the errors that were reported together with it most recently."""

    diagnostic: Diagnostic
    errors_then: frozenset[_Key]


Known: TypeAlias = Mapping[_Key, _Reported]
"""The diagnostics that were reported and are not known to be fixed."""


class News(NamedTuple):
    """The diagnostics that are new, those that are fixed, and those that are known from then on."""

    new: Findings
    mended: tuple[Diagnostic, ...]
    known: Known


def news(known: Known, findings: Findings) -> News:
    """What is new after a look at the files, and what is fixed.

    An error may hide other diagnostics. If one is missing while there is a new error of the same tenant or of the
    platform, it may not be fixed, so it stays known until that error is gone.
    """
    current = {_key(each): each for each in findings.diagnostics}
    errors = {key: each for key, each in current.items() if each.rule.severity is Severity.ERROR}
    gone = {key: each for key, each in known.items() if key not in current}
    reach = {each.errors_then: _reach(errors, each.errors_then) for each in gone.values()}
    hidden = {key: each for key, each in gone.items() if _may_hide(reach[each.errors_then], each.diagnostic)}
    errors_then = frozenset(errors)
    return News(
        Findings(tuple(each for each in findings.situated if _key(each.diagnostic) not in known)),
        tuple(each.diagnostic for key, each in gone.items() if key not in hidden),
        hidden | {key: _Reported(each, errors_then) for key, each in current.items()},
    )


def _key(diagnostic: Diagnostic) -> _Key:
    return (
        diagnostic.rule.code,
        diagnostic.message,
        _file(diagnostic),
        diagnostic.place.keys if diagnostic.place else (),
    )


def _file(diagnostic: Diagnostic) -> str:
    return diagnostic.place.file if diagnostic.place else ""


def _reach(errors: Mapping[_Key, Diagnostic], errors_then: Collection[_Key]) -> Owners:
    """The owners whose diagnostics may be hidden by new errors; an error without a place may hide any."""
    return owners(_file(each) for key, each in errors.items() if key not in errors_then)


def _may_hide(reach: Owners, diagnostic: Diagnostic) -> bool:
    own = owners([_file(diagnostic)]).tenants.keys()
    return bool(reach.platform or (reach.tenants and not own) or reach.tenants.keys() & own)
