"""One rendering of a template: the values bound, the work left, and the complaints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template.field import Field
from varve.emit.template.given import CLOSE, OPEN, Given, GoTemplate, Message, is_private, number, show
from varve.model.diagnostic import Rule
from varve.model.source import Value

LARGEST: Final = 1 << 20
"""The most characters that a rendered text, and any text that a template builds on the way, may have."""

WORK: Final = 1_000_000
"""The most work that one rendering may do: a loop step, a call, an item, and 64 characters cost one each."""

DEEPEST: Final = 64

_FEW: Final = 4096
_PLACEHOLDERS: Final = tuple(f"{OPEN}{number}{CLOSE}" for number in range(_FEW))

TOO_MUCH = Rule(
    "emit/template-does-too-much",
    "Template does too much work",
    "Rendering is limited: a million steps (loop iterations, calls, items and characters handled), ranges of 10,000, "
    "texts of 1 MiB, and no endless recursion of macros. A template that reaches one of these limits loops over the "
    "wrong thing, or was written to keep the compiler busy. Loop over the data that the artifact shows.",
)

PRIVATE_CHARACTER = Rule(
    "emit/private-character",
    "Text contains a reserved character",
    "U+E000 and U+E001 mark the places of values while a template is rendered. They have no meaning or glyph of "
    "their own, so a text that contains one was damaged, or was written to be mistaken for such a mark. Remove the "
    "character.",
)

NO_PLAIN_VALUE = Rule(
    "emit/no-plain-value",
    "Template writes something that is not data",
    "What `{{ … }}` writes must be plain data: text, a number, true, false, null, a list or a map. Macros, functions "
    "and loops are not data, and captured text is not allowed inside a list or a map that the template builds. Call "
    "the macro, or write the text where it belongs.",
)


class Site(NamedTuple):
    """One `{{ … }}` of a template: its place, its expression if that has a name, and whether that is a `join`."""

    file: str
    line: int
    expression: str
    joins: bool


PlainSite: TypeAlias = tuple[str, int, str, bool]
"""The fields of a site, as they are embedded in a template's code: only code with plain values can be stored."""


class Complaint(NamedTuple):
    """Something that cannot be bound, at a site; by the fault of the template, or of the value."""

    rule: Rule
    message: str
    site: Site
    hint: str = ""
    is_value_at_fault: bool = False


Proofs: TypeAlias = dict[tuple[Field, str], str | None]
"""The faults, or None, of texts that were already parsed in the language of a field."""


class Refusal(Exception):  # noqa: N818
    """Ends a rendering from within; `sandbox.skeleton` and the engine catch it, so no caller of the engine sees one."""

    def __init__(self, rule: Rule, message: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.rule, self.message, self.hint, self.line = rule, message, hint, line
        self.file = ""


@dataclass(slots=True)
class Run:
    """The state of one rendering: the value and the site of each placeholder, by its number.

    `proofs` caches what was checked, in this rendering and, if an engine provides it, in earlier ones. `at` is the
    number of the placeholder whose value was inserted last.
    """

    values: list[Given] = field(default_factory=list)
    sites: list[PlainSite] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    work_left: int = WORK
    proofs: Proofs = field(default_factory=dict)
    at: int = 0

    def spend(self, work: int) -> None:
        """Count work; raise a `Refusal` if there was too much of it."""
        self.work_left -= work
        if self.work_left < 0:
            message = f"the template does more than {WORK:,} steps of work"
            raise Refusal(TOO_MUCH, message, "loop only over what the artifact shows")

    def place(self, value: Given, site: PlainSite) -> str:
        """Store `value`, and return the placeholder that stands for it in the text."""
        index = len(self.values)
        self.values.append(value)
        self.sites.append(site)
        return _PLACEHOLDERS[index] if index < _FEW else f"{OPEN}{index}{CLOSE}"

    def site(self, index: int) -> Site:
        """Where the value of placeholder `index` was bound."""
        return Site._make(self.sites[index])

    def refuse(self, rule: Rule, message: str, index: int, hint: str = "") -> None:
        """Report that the template binds the value of placeholder `index` wrongly."""
        self.complaints.append(Complaint(rule, message, self.site(index), hint))

    def misfit(self, rule: Rule, message: str, index: int, hint: str = "") -> None:
        """Report that the value of placeholder `index` does not fit where it is bound."""
        self.complaints.append(Complaint(rule, message, self.site(index), hint, is_value_at_fault=True))

    def name(self, index: int) -> str:
        """The value of placeholder `index` for a message, with its expression if that has a name."""
        expression = self.site(index).expression
        value_text = show(self.values[index])
        return f"{value_text} from `{expression}`" if expression else value_text

    def _expression(self, index: int) -> str:
        expression = self.site(index).expression
        return f"`{expression}`" if expression else "what is written here"

    def plain(self, value: Given, index: int) -> Value:
        """A copy of the value of placeholder `index`, or of a part of it, as plain data."""
        return self._copy(value, index, DEEPEST)

    def _copy(self, value: Given, index: int, depth: int) -> Value:
        kind = value.__class__
        if kind is str:
            return value if value.isascii() else self.text(value, index)  # type: ignore[union-attr,arg-type,return-value]
        if kind is bool or value is None or number(value):
            return value  # type: ignore[return-value]
        if kind is dict or kind is list or kind is tuple:
            if not depth:
                raise Refusal(TOO_MUCH, f"a value is nested more than {DEEPEST} deep", "flatten it")
            self.spend(1 + len(value))  # type: ignore[arg-type]
            if kind is dict:
                return self._copy_map(value, index, depth)  # type: ignore[arg-type]
            return [self._copy(each, index, depth - 1) for each in value]  # type: ignore[union-attr]
        self._no_plain_value(value, index)
        return None

    def _copy_map(self, value: Mapping[str, Given], index: int, depth: int) -> Value:
        if not all(key.__class__ is str for key in value):
            self.refuse(NO_PLAIN_VALUE, "a key of the map is not text", index)
            return None
        return {self.text(key, index): self._copy(each, index, depth - 1) for key, each in value.items()}

    def text(self, value: str, index: int) -> str:
        """`value`; a private character in it is reported."""
        if is_private(value):
            message = f"{self._expression(index)} contains a private character, U+E000 or U+E001"
            self.misfit(PRIVATE_CHARACTER, message, index, "remove the character from the value")
        return value

    def _no_plain_value(self, value: Given, index: int) -> None:
        match value:
            case GoTemplate() | Message():
                message = f"{show(value)} is written in a language but this field has none"
                hint = "write it into a field of its language"
            case _:
                message = f"{self._expression(index)} is not plain data"
                hint = "write text, a number, a list or a map"
        self.refuse(NO_PLAIN_VALUE, message, index, hint)
