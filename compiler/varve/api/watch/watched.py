"""What came of one look of a watch, and how it is said."""

from dataclasses import dataclass
from typing import Final

from varve.api.compile.built import Built
from varve.api.compile.checked import Checked
from varve.api.findings import NONE, Findings, Summed, count
from varve.model.diagnostic import Diagnostic
from varve.model.unit import Unit
from varve.render import text
from varve.render.escape import escape
from varve.world.disk.transaction import LOCKED

_NAMED: Final = 3
"""How many units are named; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Watched(Summed):
    """What came of one look at the files: the `result` of a build or a check, and what it brought.

    `compiled` are the units that had to be compiled. `new` is what was not said before, `mended` what was and need not
    be any more, and `findings` all that holds now. The `first` look has no change behind it.
    """

    findings: Findings
    result: Built | Checked
    compiled: tuple[Unit, ...] = ()
    new: Findings = NONE
    mended: tuple[Diagnostic, ...] = ()
    first: bool = False

    @property
    def summary(self) -> str:
        """What came of it, in one line without an end; empty where nothing could be looked at for the first time."""
        if self.first:
            return self.result.summary
        standing = len(self.findings.situated)
        verb = "stands" if standing == 1 else "stand"
        said = _who(self.compiled), _what(self.result), f"{text.count(self.findings.situated)} {verb}"
        return "; ".join(each for each in (said if standing else said[:2]) if each)

    @property
    def waits(self) -> bool:
        """Whether another varve is writing: when it is done, more is told."""
        return any(each.rule is LOCKED for each in self.diagnostics)

    @property
    def relieved(self) -> tuple[str, ...]:
        """What need not be mended any more, a line each."""
        return tuple(map(_mended, self.mended))

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What is new, what is mended, and the summary, as the command prints them."""
        lines = (*self.relieved, *([self.summary] if self.summary else []))
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


def _mended(said: Diagnostic) -> str:
    where = f" ({escape(said.place.file)})" if said.place else ""
    return f"fixed: {said.rule.severity.value}[{escape(said.rule.code)}]: {escape(said.message)}{where}"
