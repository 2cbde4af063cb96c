"""Which templates cause a line: each that was used is tried with an empty text."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import CodeType

from varve.emit.once import Once
from varve.emit.template.code import Codes
from varve.emit.template.engine import Engine
from varve.inquire.blame.trial import Trial, fate
from varve.model.diagnostic import Report
from varve.pipeline.opening import Opened


@dataclass(frozen=True, slots=True)
class UsedTemplates:
    """A cache of compiled templates, of this run and earlier ones, that records which templates are used."""

    earlier: Codes | None = None
    known: dict[tuple[str, str], CodeType] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)

    def recall(self, template: str, key: str) -> CodeType | None:
        """The cached code of a template under a key, or None."""
        self.paths[template] = None
        found = self.known.get((template, key))
        return found or (self.earlier.recall(template, key) if self.earlier else None)

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Cache the code of a template."""
        self.known[template, key] = code


def watched(opened: Opened, used: UsedTemplates) -> Opened:
    """The same repository, with `used` recording the templates that are used."""
    return _with(opened, replace(opened.kit.engine, codes=used, sandboxes={}))


def try_templates(trial: Trial, used: UsedTemplates) -> Iterator[str]:
    """The templates without which the line would differ or be missing."""
    engine = trial.opened.kit.engine
    for path in list(used.paths):
        empty = Engine({**engine.templates, path: ""}, codes=used)
        # Templates that include it may fail: the output that is then missing is what is looked for.
        data = trial.remake(_with(trial.opened, empty), Report())
        if data is not None and fate(trial, data).fate != "stays":
            yield path


def _with(opened: Opened, engine: Engine) -> Opened:
    return opened._replace(kit=opened.kit._replace(engine=engine, once=Once()))
