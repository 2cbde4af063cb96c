"""What is new among diagnostics, and what is mended, from one look at the files to the next."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeAlias

from varve.api.findings import Findings
from varve.check.trust.owner import Owners, owners
from varve.model.diagnostic import Diagnostic, Severity
from varve.model.source import Keys

_Key: TypeAlias = tuple[str, str, str, Keys]
"""What makes two diagnostics the same wherever they stand by now: code, message, file and keys."""


class _Heard(NamedTuple):
    """A diagnostic, and the errors that were said when it was said last."""

    diagnostic: Diagnostic
    beside: frozenset[_Key]


Known: TypeAlias = Mapping[_Key, _Heard]
"""What was said and is not known to be mended."""


class News(NamedTuple):
    """What nobody has heard yet, what need not be mended any more, and all that is known from then on."""

    new: Findings
    mended: tuple[Diagnostic, ...]
    known: Known


def news(known: Known, findings: Findings) -> News:
    """What is new after a look at the files, and what is mended.

    An error may keep others from being looked for: of what is not said any more beside a new error of the same tenant,
    or of the platform, nobody knows whether it is mended, so it stays known until that error is gone.
    """
    said = {_key(each): each for each in findings.diagnostics}
    errors = {key: each for key, each in said.items() if each.rule.severity is Severity.ERROR}
    gone = {key: each for key, each in known.items() if key not in said}
    reach = {each.beside: _reach(errors, each.beside) for each in gone.values()}
    hidden = {key: each for key, each in gone.items() if _hides(reach[each.beside], each.diagnostic)}
    beside = frozenset(errors)
    return News(
        Findings(tuple(each for each in findings.situated if _key(each.diagnostic) not in known)),
        tuple(each.diagnostic for key, each in gone.items() if key not in hidden),
        hidden | {key: _Heard(each, beside) for key, each in said.items()},
    )


def _key(said: Diagnostic) -> _Key:
    return said.rule.code, said.message, _file(said), said.place.keys if said.place else ()


def _file(said: Diagnostic) -> str:
    return said.place.file if said.place else ""


def _reach(errors: Mapping[_Key, Diagnostic], beside: Collection[_Key]) -> Owners:
    """Whose diagnostics may be hidden by the errors that are new; one without a place is everybody's."""
    return owners(_file(each) for key, each in errors.items() if key not in beside)


def _hides(reach: Owners, said: Diagnostic) -> bool:
    own = owners([_file(said)]).tenants.keys()
    return bool(reach.platform or (reach.tenants and not own) or reach.tenants.keys() & own)
