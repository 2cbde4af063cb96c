"""The result of one look of a watch, and its text."""

from dataclasses import dataclass
from typing import Final

from varve.api.compile.built import Built
from varve.api.compile.checked import Checked
from varve.api.findings import NO_FINDINGS, Findings, Summarised, count
from varve.model.diagnostic import Diagnostic
from varve.model.unit import Unit
from varve.render import text
from varve.render.escape import escape
from varve.world.disk.transaction import LOCKED

_NAMED: Final = 3
"""Up to this many units are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Watched(Summarised):
    """The result of one look at the files: the `result` of a build or a check, and what is new about it.

    `compiled` are the units that were compiled and not recalled. `new` are the findings that were not reported before,
    `mended` are earlier diagnostics that are fixed, and `findings` are all current ones. `first` marks the look at the
    start, before any change.
    """

    findings: Findings
    result: Built | Checked
    compiled: tuple[Unit, ...] = ()
    new: Findings = NO_FINDINGS
    mended: tuple[Diagnostic, ...] = ()
    first: bool = False

    @property
    def summary(self) -> str:
        """The result in one line without a newline; empty if the first look failed."""
        if self.first:
            return self.result.summary
        standing = len(self.findings.situated)
        verb = "remains" if standing == 1 else "remain"
        parts = _who(self.compiled), _what(self.result), f"{text.count(self.findings.situated)} {verb}"
        return "; ".join(each for each in (parts if standing else parts[:2]) if each)

    @property
    def is_locked(self) -> bool:
        """Whether another varve is writing; a further result follows when it is done."""
        return any(each.rule is LOCKED for each in self.diagnostics)

    @property
    def fixed(self) -> tuple[str, ...]:
        """The fixed diagnostics, one line each."""
        return tuple(map(_fixed_line, self.mended))

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What is new, what is fixed, and the summary, as the command prints them."""
        lines = (*self.fixed, *([self.summary] if self.summary else []))
        return self.new.text(colour=colour, width=width) + "".join(f"{each}\n" for each in lines)


def _who(units: tuple[Unit, ...]) -> str:
    if not units:
        return ""
    named = ", ".join(f"{unit.tenant}/{unit.environment}" for unit in units)
    return f"compiled {named if len(units) <= _NAMED else count(units, 'unit')}"


def _what(result: Built | Checked) -> str:
    match result:
        case Built(done=False):
            return "nothing was written"
        case Built(written=(), deleted=()):
            return "nothing to write"
        case Built():
            return f"{len(result.written)} written, {len(result.deleted)} deleted"
    return "" if result.broken else "build/ matches the sources"


def _fixed_line(diagnostic: Diagnostic) -> str:
    where = f" ({escape(diagnostic.place.file)})" if diagnostic.place else ""
    return (
        f"fixed: {diagnostic.rule.severity.value}[{escape(diagnostic.rule.code)}]: {escape(diagnostic.message)}{where}"
    )
