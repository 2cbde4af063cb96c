"""Renders assessments: as text for a terminal, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Final, NamedTuple

from varve.language.name import dotted
from varve.model.assessment import Assessed, Assessment, Check, Exemption, Finding, Standing, Verdict
from varve.model.diagnostic import Place
from varve.render.document import document
from varve.render.escape import escape
from varve.render.width import width as columns

DEFINITION: Final = (
    "A control is supported where each of its checks that has anything to look at has passed; not where one of them "
    "failed, was waived or could not be judged. Where none has anything to look at, the control is not applicable and "
    "does not count. The score is how many of the applicable controls are supported. It says nothing of controls "
    "without a check, and never that a framework is met: that is for an auditor to judge."
)
"""How the score is defined."""

NOBODY: Final = "no tenant is held to any of these frameworks: `tenant.compliance` sets which ones a tenant is held to"
"""The text for an assessment without any standing."""

VERDICTS: Final[Mapping[Verdict, str]] = {
    "failed": "something is not as the check requires, and no waiver that counts on the day excuses it",
    "not judged": "something was not checked, so there is no result; it does not count as passed",
    "waived": "something is not as the check requires, and a waiver excuses it",
    "passed": "everything that the check covers was checked, and is as required",
    "not applicable": "there is nothing that the check covers",
}
"""What each verdict means."""

_COLOURS: Final[Mapping[str, str]] = {
    "failed": "1;31",
    "not judged": "1;33",
    "waived": "1;36",
    "passed": "1;32",
    "not applicable": "34",
    "strong": "1",
}
_ACTIONABLE: Final[frozenset[Verdict]] = frozenset({"failed", "not judged", "waived"})
_SHOWN: Final = 10
_NARROWEST: Final = 40
_COLUMN: Final = max(map(len, VERDICTS))


class _Layout(NamedTuple):
    """How lines are laid out: in colours or without, and in how many columns."""

    colour: bool
    width: int

    def paint(self, escaped: str, style: str) -> str:
        """Text that is already escaped, in its colour."""
        return f"\x1b[{_COLOURS[style]}m{escaped}\x1b[0m" if self.colour and style else escaped

    def verdict(self, verdict: Verdict, word: str) -> str:
        """A verdict as the first column of a line."""
        return self.paint(word, verdict) + " " * (_COLUMN - len(word))

    def lines(self, head: str, wording: str, style: str = "", indent: int = 0) -> Iterator[str]:
        """`wording`, escaped and wrapped at blanks, after `head`, which is not escaped; further lines are indented."""
        room, line, used = self.width - indent, "", 0
        for word in escape(wording).split(" "):
            if line and used + 1 + columns(word) > room:
                yield f"{head}{self.paint(line, style)}"
                head, line, used = " " * indent, "", 0
            line = f"{line} {word}" if line else word
            used = columns(line)
        yield f"{head}{self.paint(line, style)}"


def text(assessment: Assessment, *, colour: bool = False, width: int = 100) -> str:
    """Each standing with its score, its controls and what is wrong, in lines of about `width` columns.

    The definition of the score follows, and the commit, compiler and day of the assessment.
    """
    layout = _Layout(colour, max(_NARROWEST, width))
    standings = [_standing(layout, each) for each in assessment.standings] or [layout.lines("", NOBODY)]
    parts = [*standings, _footer(layout, assessment)]
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts)


def _standing(layout: _Layout, standing: Standing) -> Iterator[str]:
    yield from layout.lines("", f"{standing.tenant}: {standing.title}", "strong")
    yield from layout.lines("", score(standing))
    yield ""
    numbers = max((columns(escape(each.id)) for each in standing.controls), default=0)
    for control in standing.controls:
        number = escape(control.id)
        head = (
            f"{layout.verdict(control.verdict, shown(control.verdict))}  {number}{' ' * (numbers - columns(number))}  "
        )
        yield from layout.lines(head, control.title, indent=_COLUMN + numbers + 4)
        if blamed := _blamed(standing, control):
            yield from layout.lines(" " * (_COLUMN + 2), ", ".join(blamed), indent=_COLUMN + 2)
    for check in standing.checks:
        if check.failures or check.exceptions or check.unjudged:
            yield ""
            yield from _check(layout, check)
    if standing.unchecked:
        yield ""
        named = ", ".join(each.id for each in standing.unchecked)
        yield from layout.lines("", f"no check covers {named}")
    yield ""
    yield from layout.lines("", standing.limits)


def _blamed(standing: Standing, control: Assessed) -> list[str]:
    """The checks because of which a control is not supported, if somebody can change that."""
    deciding = {each.id for each in standing.checks if each.verdict == control.verdict in _ACTIONABLE}
    return [each for each in control.checks if each in deciding]


def score(standing: Standing) -> str:
    """The score in words, with how many controls it covers."""
    some = f"{standing.supported} of {standing.applicable} applicable controls are supported by checks"
    none = "no control is applicable"
    covered = f"{standing.covered} of {standing.known} controls have a check"
    return f"{some if standing.applicable else none}; {covered}"


def _check(layout: _Layout, check: Check) -> Iterator[str]:
    head = f"{layout.verdict(check.verdict, check.verdict)}  "
    titled = f"{check.id}: {check.title}" if check.title else check.id
    yield from layout.lines(head, f"{titled} ({looked(check)})", indent=_COLUMN + 2)
    excused = {each.finding for each in check.exceptions}
    findings = [_finding(each) for each in check.failures if each not in excused]
    findings += [_exemption(each) for each in check.exceptions]
    findings += check.unjudged
    if findings[_SHOWN:]:
        findings = [*findings[:_SHOWN], f"and {len(findings) - _SHOWN} more"]
    for each in findings:
        yield from layout.lines("  ", each, indent=4)
    if check.failures and check.remediation:
        yield from layout.lines("  help: ", check.remediation, indent=8)


def looked(check: Check) -> str:
    """How many subjects were looked at, of how many there are."""
    return f"{check.sample} of {check.population} looked at" if check.population else "nothing looked at"


def _finding(finding: Finding) -> str:
    there = f" in {finding.environment}" if finding.environment else ""
    at = where(finding.place)
    return f"{finding.subject}{there}{f', {at}' if at else ''}"


def _exemption(exemption: Exemption) -> str:
    word = "a waiver that is not valid on that day" if exemption.expired else "waived"
    days = f"from {exemption.granted.isoformat()} until {exemption.until.isoformat()}"
    return f"{_finding(exemption.finding)}: {word}, {days}, {exemption.owner}: {exemption.reason}"


def _footer(layout: _Layout, assessment: Assessment) -> Iterator[str]:
    yield from layout.lines("", DEFINITION)
    yield ""
    for name, value in about(assessment):
        yield from layout.lines(f"{name:<9} ", value, indent=10)


def about(assessment: Assessment) -> Sequence[tuple[str, str]]:
    """The commit, compiler, day and changes of an assessment, each with its name."""
    days = f", from {assessment.since} until {assessment.until}" if assessment.since and assessment.until else ""
    changes = f"{assessment.looked} of {assessment.whole} commits looked at{days}"
    return (
        ("commit", assessment.commit or "not committed"),
        ("compiler", assessment.compiler),
        ("day", assessment.day.isoformat()),
        ("changes", changes if assessment.whole else "none looked at"),
    )


def where(place: Place | None) -> str:
    """A place as people write it: the file, with the line or the path in it; empty for None."""
    if place is None:
        return ""
    if place.span:
        return f"{place.file}:{place.span.line}:{place.span.column}"
    return f"{place.file}: {dotted(place.keys)}" if place.keys else place.file


def shown(verdict: Verdict) -> str:
    """The verdict of a control in words: one that its checks passed is `supported`."""
    return "supported" if verdict == "passed" else verdict


def json(assessment: Assessment) -> str:
    """The assessment as one JSON document, in ASCII, with the definition of the score."""
    plain = _plain(assessment)
    return document({"definition": DEFINITION, **plain} if isinstance(plain, dict) else plain)


def _plain(value: object) -> object:
    match value:
        case Place():
            span = value.span
            line = {"line": span.line, "column": span.column} if span else {"line": None, "column": None}
            return {"file": value.file, "path": dotted(value.keys), **line}
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
