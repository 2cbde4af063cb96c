"""To explain: the history of a value, or of all values of a unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, asking_git, open_unit, open_view
from varve.api.question.written import written
from varve.check.shape.kind import strategy
from varve.check.source import soundness
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit
from varve.render import history as saying
from varve.render.history import Line
from varve.resolve.history import Voice, history
from varve.resolve.merge import Strategy, look, says
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


class Answered(NamedTuple):
    """What a stack gives, and how its paths merge; `packs` are those whose parameters have defaults."""

    stack: Stack
    strategy: Strategy
    value: Map
    packs: Mapping[str, Pack]


@dataclass(frozen=True, slots=True)
class Explained(Result):
    """What the layers say of a path, in `lines`, the strongest first; of a map, the last word on each value in it.

    Of a map that is also the word by which something is not in it any more.

    `answered` is None, and there are no lines, where the unit could not be looked into.
    """

    findings: Findings
    keys: Keys = ()
    lines: tuple[Line, ...] = ()
    answered: Answered | None = None

    @property
    def value(self) -> Value:
        """What came of it: the plain value at the path, None also where there is none."""
        return look(self.answered.value, self.keys) if self.answered else None

    @property
    def history(self) -> str:
        """The table that `varve explain` prints; empty where nothing could be looked into."""
        if self.answered is None:
            return ""
        if self.lines:
            return saying.text(self.answered.value, self.keys, self.lines)
        return saying.nobody(self.answered.value, self.keys, self.answered.stack, self.answered.packs)

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The history, and what was found on the way, as `varve explain` prints it."""
        return self.history + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """The value and its history as one JSON document; empty where nothing could be looked into."""
        return saying.json(self.answered.value, self.keys, self.lines) if self.answered else ""


def explain(repository: Repository, unit: Unit, keys: Keys, view: View) -> Explained:
    """The history of what stands at `keys` of a unit; below `platform`, of its environment's own settings."""
    report = Report()
    opening = open_view(repository, view, report)
    return _explained(opening, unit, keys, report) if opening else Explained(gather(report), keys)


def _explained(opening: Opening, unit: Unit, keys: Keys, report: Report) -> Explained:
    with asking_git(report):
        answered = _answered(opening, unit, keys, report)
        lines = tuple(_lines(opening, answered, keys, report)) if answered else ()
        return Explained(gather(report, opening.snapshot), keys, lines, answered)
    return Explained(gather(report, opening.snapshot), keys)


def _answered(opening: Opening, unit: Unit, keys: Keys, report: Report) -> Answered | None:
    """A unit, or where it is the platform's own settings that are asked for, its environment."""
    opened = open_unit(opening, unit, report)
    if opened is None:
        return None
    if keys[:1] == ("platform",):
        environment = pipeline.resolve_environment(opened, unit.environment, report)
        of_platform = Strategy(inside={"platform": strategy("platform")})
        platform: Map = {"platform": environment.platform} if environment else {}
        return Answered(environment.stack, of_platform, platform, opened.kit.packs) if environment else None
    stack = pipeline.stack_unit(opened, unit, report)
    # A file that is not sound may hold a secret where a reference belongs, and nothing of it is shown.
    if stack is None or not soundness.layers(stack, opened.reading, opened.judged):
        return None
    return Answered(stack, strategy("unit"), pipeline.merge_unit(opened, unit, stack, report), opened.kit.packs)


def _lines(opening: Opening, answered: Answered, keys: Keys, report: Report) -> Iterator[Line]:
    """The history of a scalar or a list; for a map, what was last said of each value in it, or taken out of it."""
    value = look(answered.value, keys)
    if isinstance(value, dict) and value:
        found = [(leaf, voice) for leaf in _leaves(value, keys) for voice in _voices(answered, leaf)[:1]]
        gone = ((path, voice) for path in _missing(answered, value, keys) for voice in _voices(answered, path)[:1])
        found += [(path, voice) for path, voice in gone if voice.verdict in ("deletes", "replaces", "removes")]
    else:
        found = [(keys, voice) for voice in _voices(answered, keys)]
    return written(opening, found, report)


def _voices(answered: Answered, keys: Keys) -> tuple[Voice, ...]:
    """Who speaks of a path, or of the map around it that is one value: such a map overrides another as a whole."""
    strategy = answered.strategy
    for depth, key in enumerate(keys, 1):
        strategy = strategy.at(key)
        if strategy.atom:
            voices = history(answered.stack, keys[:depth], strategy)
            # Where nobody has said it, nothing was replaced.
            said = any(says(each.value, keys[depth:]) for each in voices)
            return tuple(_inside(each, keys[depth:]) for each in voices) if said else ()
    return history(answered.stack, keys, strategy)


def _inside(voice: Voice, keys: Keys) -> Voice:
    """What a layer says at `keys` of a map that is one value; it replaces what other maps said there."""
    if says(voice.value, keys):
        place = voice.place._replace(keys=(*voice.place.keys, *keys))
        return voice._replace(value=look(voice.value, keys), place=place)
    return voice._replace(verdict="replaces") if voice.verdict == "says" else voice


def _leaves(value: Value, at: Keys) -> Iterator[Keys]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*at, key))
    else:
        yield at


def _missing(answered: Answered, value: Map, keys: Keys) -> dict[Keys, None]:
    """The paths inside of a map at which a layer says something, and that are not in it."""
    strategy = answered.strategy
    for key in keys:
        strategy = strategy.at(key)
    said = (look(layer.value, keys) for layer in answered.stack.layers)
    return dict.fromkeys(path for each in said for path in _beside(each, value, keys, strategy))


def _beside(said: Value, value: Value, at: Keys, strategy: Strategy) -> Iterator[Keys]:
    if not isinstance(said, dict) or not isinstance(value, dict) or strategy.atom:
        return
    for key, each in said.items():
        if key in value:
            yield from _beside(each, value[key], (*at, key), strategy.at(key))
        elif not key.startswith("$"):
            yield (*at, key)
