"""The template engine: values are bound to the structure of a template, never pasted into its text."""

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
from varve.language.cache_key import IdentityKey
from varve.language.message import Catalogue
from varve.model.diagnostic import Note, Place, Report, Span
from varve.model.source import Value

if TYPE_CHECKING:
    from varve.emit.template.sandbox import Sandbox

_TRACE: Final = re.compile(f"{OPEN}@([0-9]+):([0-9]+){CLOSE}")
_MOST_RENDERED: Final = 256
_MOST_CACHED: Final = 4096


class _Line(NamedTuple):
    """The template and the line that wrote the rendered text from an offset on."""

    offset: int
    file: str
    line: int


class _Rendered(NamedTuple):
    """The output of a template, with the objects whose ids are in its cache key and must not be reused."""

    value: Value
    fields: FieldTree
    context: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class Engine:
    """Renders the templates of one snapshot, by path below `templates/`; it reads nothing else.

    The mutable fields are caches: compiled templates (`sandboxes`), parsed structures (`plans`), checked texts
    (`proofs`) and recent outputs (`rendered`). Tenants that take the same branches of a template share one parse, and a
    service that is the same in several environments is rendered once. `codes` may have code that earlier runs compiled.
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
        """The output of the template at `path` for `context`: a map or a list, or None if something was reported.

        Mistakes are reported at the template's line; if a value is at fault, a note leads to `place`, which uses the
        template. The result must not be changed, because a later call with the same arguments returns the same object.
        """
        key = (path, id(fields or None), _key(IdentityKey(context)))
        found = self.rendered.pop(key, None)
        if found is None:
            value = self.render_anew(path, context, fields, report, place)
            if value is None:
                return None
            found = _Rendered(value, fields, context)
            if len(self.rendered) >= _MOST_RENDERED:
                del self.rendered[next(iter(self.rendered))]
        self.rendered[key] = found  # moved to the end: the first entry is the one unused for longest
        return found.value

    def render_anew(
        self, path: str, context: Mapping[str, Given], fields: FieldTree, report: Report, place: Place | None = None
    ) -> Value:
        """As `render`, without its cache, for output that is not needed again: computing the cache key takes time."""
        variables = _copied(IdentityKey(context))
        run = Run(proofs=self.proofs)
        text = self._skeleton(path, variables, run)
        if isinstance(text, Complaint):
            self._report(text, report, place)
            return None
        plan = self._plan(text, fields)
        value = self._bind(plan, run)
        if not plan.flaws and not run.complaints:
            return value
        if plan.flaws:
            self._report_flaws(plan.flaws, path, variables, text, report)
        for complaint in run.complaints:
            self._report(complaint, report, place)
        return None

    def _skeleton(self, path: str, variables: Mapping[str, Any], run: Run, *, traced: bool = False) -> str | Complaint:
        from varve.emit.template import sandbox

        if traced not in self.sandboxes:
            self.sandboxes[traced] = sandbox.Sandbox(self.templates, self.codes, traced=traced)
        return sandbox.skeleton(self.sandboxes[traced], path, variables, run)

    def _plan(self, text: str, fields: FieldTree) -> Plan:
        fields_or_none = fields or None
        key = (text, id(fields_or_none))
        plan = self.plans.get(key)
        if plan is None:
            _clear_when_full(self.plans, _MOST_CACHED)
            _clear_when_full(self.proofs, _MOST_CACHED << 4)
            plan = self.plans[key] = bind.plan(parse(text), fields_or_none)
        return plan

    def _bind(self, plan: Plan, run: Run) -> Value:
        try:
            return plan.bind(run)
        except Refusal as refusal:
            run.complaints.append(Complaint(refusal.rule, refusal.message, run.site(run.at), refusal.hint))
            return None

    def _report(self, complaint: Complaint, report: Report, place: Place | None) -> None:
        notes = (Note("the template is used here", place),) if complaint.is_value_at_fault and place else ()
        report.add(complaint.rule, complaint.message, self._place(complaint.site), *notes, hint=complaint.hint)

    def _report_flaws(
        self, flaws: tuple[Flaw, ...], path: str, variables: Mapping[str, Any], text: str, report: Report
    ) -> None:
        """Report what is wrong with the text whatever the values are, at the template lines that wrote it."""
        lines = self._trace(path, variables, text)
        for flaw in flaws:
            at = lines[max(0, bisect_right(lines, flaw.offset, key=lambda each: each.offset) - 1)]
            line = at.line + text.count("\n", at.offset, flaw.offset)
            report.add(flaw.rule, flaw.message, self._place(Site(at.file, line, "", joins=False)), hint=flaw.hint)

    def _trace(self, path: str, variables: Mapping[str, Any], text: str) -> list[_Line]:
        """The template lines that wrote each piece of `text`, found by rendering again with line marks in the text."""
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
        """The place of a site's expression if its line contains it exactly once, otherwise the whole line."""
        lines = self.templates.get(site.file, "").split("\n")
        text = lines[site.line - 1] if 0 < site.line <= len(lines) else ""
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        if site.expression and text.count(site.expression) == 1:
            start = text.index(site.expression)
            end = start + len(site.expression)
        return Place(site.file, span=Span(site.line, start + 1, max(start, end) + 1))


def _clear_when_full(cache: dict[Any, Any], most: int) -> None:
    """Empty a cache that has become too large."""
    if len(cache) >= most:
        cache.clear()


# Cached, because several templates get the same context, one after the other.


@lru_cache(maxsize=64)
def _key(context: IdentityKey[Mapping[str, Given]]) -> str:
    """A text that differs for contexts that differ."""
    return repr({name: _identity(value) for name, value in context.value.items()})


@lru_cache(maxsize=32)
def _copied(context: IdentityKey[Mapping[str, Given]]) -> Mapping[str, Given]:
    """A copy for the templates, so that they cannot change the original."""
    return {name: given.copy(value) for name, value in context.value.items()}


def _identity(value: Given) -> Given:
    """A value's part of the cache key: its content, or the id of a catalogue or a function."""
    kind = value.__class__
    if kind is Catalogue:
        return id(value.texts)  # type: ignore[union-attr]
    return id(value.call) if kind is Function else value  # type: ignore[union-attr]
