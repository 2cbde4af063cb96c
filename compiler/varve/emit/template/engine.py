"""Templates in, plain data out: values are bound to the structure of a template and never pasted into its text."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from varve.emit.template import bind, given
from varve.emit.template.bind import Plan
from varve.emit.template.code import Codes
from varve.emit.template.field import FieldTree
from varve.emit.template.given import CLOSE, OPEN, Function, Given
from varve.emit.template.run import Complaint, Proofs, Refusal, Run, Site
from varve.emit.template.skeleton import Flaw, parse
from varve.language.message import Catalogue
from varve.language.same import Same
from varve.model.diagnostic import Note, Place, Report, Span
from varve.model.source import Value

if TYPE_CHECKING:
    from varve.emit.template.sandbox import Sandbox

_TRACE: Final = re.compile(f"{OPEN}@([0-9]+):([0-9]+){CLOSE}")
_KEPT: Final = 256
_REMEMBERED: Final = 4096


class _Line(NamedTuple):
    """From an offset of a rendered text on: the template and the line that write it."""

    offset: int
    file: str
    line: int


class _Rendered(NamedTuple):
    """What a template gave, and what it was made from, which must live as long as a key that says who it is."""

    value: Value
    fields: FieldTree
    context: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class Engine:
    """Renders the templates of one snapshot, by path below `templates/`; it reads nothing else.

    What it has compiled, parsed and proven already is kept in the other mappings, so that tenants which take the same
    branches of a template share one parse, and what was rendered a short while ago, so that a service which says the
    same in several environments is rendered once. `codes` may know what templates were compiled to by earlier runs.
    """

    templates: Mapping[str, str]
    sandboxes: "dict[bool, Sandbox]" = field(default_factory=dict)
    plans: dict[tuple[str, int], Plan] = field(default_factory=dict)
    proofs: Proofs = field(default_factory=dict)
    rendered: dict[tuple[str, int, str], _Rendered] = field(default_factory=dict)
    codes: Codes | None = None

    def render(
        self, path: str, context: Mapping[str, Given], fields: FieldTree, report: Report, place: Place | None = None
    ) -> Value:
        """What the template at `path` makes of `context`: a map or a list, or None where something was reported.

        Mistakes stand at the template's line. Where the value is at fault, a note leads to `place`, from where the
        template was asked for. Nobody may change what is given back: who asks for the same again is given the same.
        """
        key = (path, id(fields or None), _key(Same(context)))
        found = self.rendered.pop(key, None)
        if found is None:
            value = self.render_anew(path, context, fields, report, place)
            if value is None:
                return None
            found = _Rendered(value, fields, context)
            if len(self.rendered) >= _KEPT:
                del self.rendered[next(iter(self.rendered))]
        self.rendered[key] = found  # as the youngest: the first is the one that nobody asked for longest
        return found.value

    def render_anew(
        self, path: str, context: Mapping[str, Given], fields: FieldTree, report: Report, place: Place | None = None
    ) -> Value:
        """The same for those who know that nobody asks for it again: to tell whether anybody did takes its time."""
        variables = _copied(Same(context))
        run = Run(proofs=self.proofs)
        text = self._skeleton(path, variables, run)
        if isinstance(text, Complaint):
            self._say(text, report, place)
            return None
        made = self._plan(text, fields)
        value = self._bind(made, run)
        if not made.flaws and not run.complaints:
            return value
        if made.flaws:
            self._say_flaws(made.flaws, path, variables, text, report)
        for complaint in run.complaints:
            self._say(complaint, report, place)
        return None

    def _skeleton(self, path: str, variables: Mapping[str, Any], run: Run, *, traced: bool = False) -> str | Complaint:
        from varve.emit.template import sandbox

        if traced not in self.sandboxes:
            self.sandboxes[traced] = sandbox.Sandbox(self.templates, self.codes, traced=traced)
        return sandbox.skeleton(self.sandboxes[traced], path, variables, run)

    def _plan(self, text: str, fields: FieldTree) -> Plan:
        known = fields or None
        key = (text, id(known))
        made = self.plans.get(key)
        if made is None:
            _forget(self.plans, _REMEMBERED)
            _forget(self.proofs, _REMEMBERED << 4)
            made = self.plans[key] = bind.plan(parse(text), known)
        return made

    def _bind(self, made: Plan, run: Run) -> Value:
        try:
            return made.bind(run)
        except Refusal as refusal:
            run.complaints.append(Complaint(refusal.rule, refusal.message, run.site(run.at), refusal.hint))
            return None

    def _say(self, complaint: Complaint, report: Report, place: Place | None) -> None:
        notes = (Note("the template is used here", place),) if complaint.foreign and place else ()
        report.say(complaint.rule, complaint.message, self._place(complaint.site), *notes, hint=complaint.hint)

    def _say_flaws(
        self, flaws: tuple[Flaw, ...], path: str, variables: Mapping[str, Any], text: str, report: Report
    ) -> None:
        """Say what is wrong with the text whatever the values are, at the lines of the templates that write it."""
        lines = self._trace(path, variables, text)
        for flaw in flaws:
            at = lines[max(0, bisect_right(lines, flaw.offset, key=lambda each: each.offset) - 1)]
            line = at.line + text.count("\n", at.offset, flaw.offset)
            report.say(flaw.rule, flaw.message, self._place(Site(at.file, line, "", joins=False)), hint=flaw.hint)

    def _trace(self, path: str, variables: Mapping[str, Any], text: str) -> list[_Line]:
        """Where each piece of `text` is written: found by rendering once more, with the lines in the text."""
        traced = self._skeleton(path, variables, Run(), traced=True)
        files = self.sandboxes[True].files or [path]
        lines, plain = [_Line(0, path, 1)], ""
        pieces = _TRACE.split(traced) if isinstance(traced, str) else []
        for at, piece in enumerate(pieces[::3]):
            if at:
                lines.append(_Line(len(plain), files[int(pieces[3 * at - 2])], int(pieces[3 * at - 1])))
            plain += piece
        return lines if plain == text else lines[:1]

    def _place(self, site: Site) -> Place:
        """The expression of a site where its line names it, otherwise the whole line."""
        lines = self.templates.get(site.file, "").split("\n")
        text = lines[site.line - 1] if 0 < site.line <= len(lines) else ""
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        if site.expression and text.count(site.expression) == 1:
            start = text.index(site.expression)
            end = start + len(site.expression)
        return Place(site.file, span=Span(site.line, start + 1, max(start, end) + 1))


def _forget(memory: dict[Any, Any], most: int) -> None:
    """Begin anew where too much was remembered."""
    if len(memory) >= most:
        memory.clear()


# The same context is given to several templates, one after the other.


@lru_cache(maxsize=64)
def _key(context: Same[Mapping[str, Given]]) -> str:
    """A text that differs wherever what a template is given differs."""
    return repr({name: _identity(value) for name, value in context.value.items()})


@lru_cache(maxsize=32)
def _copied(context: Same[Mapping[str, Given]]) -> Mapping[str, Given]:
    """What templates see, of which they can change nothing."""
    return {name: given.copy(value) for name, value in context.value.items()}


def _identity(value: Given) -> Given:
    """What tells a value from another; for a catalogue and a function, who they are."""
    kind = value.__class__
    if kind is Catalogue:
        return id(value.texts)  # type: ignore[union-attr]
    return id(value.call) if kind is Function else value  # type: ignore[union-attr]
