"""Explaining: the history of a value, or of all values of a unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, open_unit, open_view, reporting_git_errors
from varve.api.question.written import written
from varve.check.shape.kind import strategy
from varve.check.shape.path import is_known
from varve.check.source import soundness
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit
from varve.render import history as rendering
from varve.render.history import Line
from varve.resolve.history import Contribution, history
from varve.resolve.merge import Strategy, is_set, value_at
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


class Answered(NamedTuple):
    """A stack, the strategy by which its paths merge, and the result; `packs` give defaults for their parameters."""

    stack: Stack
    strategy: Strategy
    value: Map
    packs: Mapping[str, Pack]


@dataclass(frozen=True, slots=True)
class Explained(Result):
    """What the layers say at a path, in `lines`, the strongest first.

    For a map, there is one line for each value in it, and for each value that is not in it any more, with the layer
    that decided that. `answered` is None, and there are no lines, if the unit is broken or does not exist, or if no
    schema knows the path.
    """

    findings: Findings
    keys: Keys = ()
    lines: tuple[Line, ...] = ()
    answered: Answered | None = None

    @property
    def value(self) -> Value:
        """The plain value at the path; None also if there is none."""
        return value_at(self.answered.value, self.keys) if self.answered else None

    @property
    def history(self) -> str:
        """The table that `varve explain` prints; empty if there is no answer."""
        if self.answered is None:
            return ""
        if self.lines:
            return rendering.text(self.answered.value, self.keys, self.lines)
        return rendering.unset(self.answered.value, self.keys, self.answered.stack, self.answered.packs)

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The history and the findings, as `varve explain` prints them."""
        return self.history + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """The value and its history as one JSON document; empty if there is no answer."""
        return rendering.json(self.answered.value, self.keys, self.lines) if self.answered else ""


def explain(repository: Repository, unit: Unit, keys: Keys, view: View) -> Explained:
    """The history of the value at `keys` of a unit; below `platform`, of its environment's own settings."""
    report = Report()
    opening = open_view(repository, view, report)
    return _explained(opening, unit, keys, report) if opening else Explained(gather(report), keys)


def _explained(opening: Opening, unit: Unit, keys: Keys, report: Report) -> Explained:
    with reporting_git_errors(report):
        answered = _answered(opening, unit, keys, report)
        lines = tuple(_lines(opening, answered, keys, report)) if answered else ()
        if answered and not lines and not is_known(keys, answered.packs, report):
            answered = None
        return Explained(gather(report, opening.snapshot), keys, lines, answered)
    return Explained(gather(report, opening.snapshot), keys)


def _answered(opening: Opening, unit: Unit, keys: Keys, report: Report) -> Answered | None:
    """The resolved unit; if `keys` begin with `platform`, its environment's settings."""
    opened = open_unit(opening, unit, report)
    if opened is None:
        return None
    if keys[:1] == ("platform",):
        environment = pipeline.resolve_environment(opened, unit.environment, report)
        of_platform = Strategy(inside={"platform": strategy("platform")})
        platform: Map = {"platform": environment.platform} if environment else {}
        return Answered(environment.stack, of_platform, platform, opened.kit.packs) if environment else None
    stack = pipeline.stack_unit(opened, unit, report)
    # A broken file may hold a secret where a reference belongs, so nothing of it is shown.
    if stack is None or not soundness.layers(stack, opened.reading, opened.judged):
        return None
    return Answered(stack, strategy("unit"), pipeline.merge_unit(opened, unit, stack, report), opened.kit.packs)


def _lines(opening: Opening, answered: Answered, keys: Keys, report: Report) -> Iterator[Line]:
    """The history of a scalar or a list; for a map, the last word on each value in it, or removed from it."""
    value = value_at(answered.value, keys)
    if isinstance(value, dict) and value:
        found = [
            (leaf, contribution) for leaf in _leaves(value, keys) for contribution in _contributions(answered, leaf)[:1]
        ]
        gone = (
            (path, contribution)
            for path in _missing(answered, value, keys)
            for contribution in _contributions(answered, path)[:1]
        )
        found += [
            (path, contribution)
            for path, contribution in gone
            if contribution.verdict in ("deletes", "replaces", "removes")
        ]
    else:
        found = [(keys, contribution) for contribution in _contributions(answered, keys)]
    return written(opening, found, report)


def _contributions(answered: Answered, keys: Keys) -> tuple[Contribution, ...]:
    """What layers set at a path, or at a map around it that is replaced as a whole."""
    strategy = answered.strategy
    for depth, key in enumerate(keys, 1):
        strategy = strategy.at(key)
        if strategy.atom:
            contributions = history(answered.stack, keys[:depth], strategy)
            # If no layer has set anything at the path, nothing was replaced there.
            is_any_set = any(is_set(each.value, keys[depth:]) for each in contributions)
            return tuple(_inside(each, keys[depth:]) for each in contributions) if is_any_set else ()
    return history(answered.stack, keys, strategy)


def _inside(contribution: Contribution, keys: Keys) -> Contribution:
    """What a layer sets at `keys` of a map that is replaced as a whole; if nothing, it replaces what others set."""
    if is_set(contribution.value, keys):
        place = contribution.place._replace(keys=(*contribution.place.keys, *keys))
        return contribution._replace(value=value_at(contribution.value, keys), place=place)
    return contribution._replace(verdict="replaces") if contribution.verdict == "sets" else contribution


def _leaves(value: Value, at: Keys) -> Iterator[Keys]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*at, key))
    else:
        yield at


def _missing(answered: Answered, value: Map, keys: Keys) -> dict[Keys, None]:
    """The paths inside a map at which a layer sets something that is not in the result."""
    strategy = answered.strategy
    for key in keys:
        strategy = strategy.at(key)
    layers = (value_at(layer.value, keys) for layer in answered.stack.layers)
    return dict.fromkeys(path for each in layers for path in _missing_inside(each, value, keys, strategy))


def _missing_inside(layer: Value, value: Value, at: Keys, strategy: Strategy) -> Iterator[Keys]:
    if not isinstance(layer, dict) or not isinstance(value, dict) or strategy.atom:
        return
    for key, each in layer.items():
        if key in value:
            yield from _missing_inside(each, value[key], (*at, key), strategy.at(key))
        elif not key.startswith("$"):
            yield (*at, key)
