"""Which templates are to blame for a line: each that was asked is tried with nothing in it."""

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
class Asked:
    """What templates were compiled to, here or by earlier runs; it knows which of them were asked for."""

    earlier: Codes | None = None
    known: dict[tuple[str, str], CodeType] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code that was learnt of a template under the same key, if it is still known."""
        self.paths[template] = None
        found = self.known.get((template, key))
        return found or (self.earlier.recall(template, key) if self.earlier else None)

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Remember what a template was compiled to."""
        self.known[template, key] = code


def watched(opened: Opened, asked: Asked) -> Opened:
    """The same repository, with templates of which it is known when they are asked for."""
    return _with(opened, replace(opened.kit.engine, codes=asked, sandboxes={}))


def try_templates(trial: Trial, asked: Asked) -> Iterator[str]:
    """The templates without which the line would be another, or would not be there."""
    engine = trial.opened.kit.engine
    for path in list(asked.paths):
        empty = Engine({**engine.templates, path: ""}, codes=asked)
        # Whoever includes it, or asks for what it makes, may fail: what they do not make is what is looked for.
        data = trial.remake(_with(trial.opened, empty), Report())
        if data is not None and fate(trial, data).fate != "stays":
            yield path


def _with(opened: Opened, engine: Engine) -> Opened:
    return replace(opened, kit=opened.kit._replace(engine=engine, once=Once()))
