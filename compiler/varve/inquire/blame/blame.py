"""What causes a line of an artifact: words of sources, defaults of packs, and templates."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from varve.check.shape.kind import strategy
from varve.inquire.blame import remake
from varve.inquire.blame.default import Default, try_defaults
from varve.inquire.blame.search import Touch, strength, try_document, try_words
from varve.inquire.blame.subject import Subject
from varve.inquire.blame.template import try_templates
from varve.inquire.blame.trial import Trial, fate, split
from varve.inquire.blame.word import Spot, Word, words
from varve.language import lines
from varve.model.diagnostic import Report
from varve.model.layer import Layer
from varve.model.source import Document, Map
from varve.model.unit import Environment, Resolved, Unit
from varve.pipeline.environment import resolve_environment
from varve.pipeline.opening import Opened
from varve.pipeline.unit import resolve_unit
from varve.resolve.merge import Strategy


class Way(NamedTuple):
    """The tenant's artifact from which a line of a shared artifact comes, and the number of the line in it, from 1.

    `line` is None if the tenant's artifact expresses it in other words. `shared` is whether other tenants' artifacts
    would bring the same line.
    """

    path: str
    line: int | None
    shared: bool


class Blame(NamedTuple):
    """The words that cause a line, the most specific first, and the defaults and templates that do.

    `unit` owns the line; it has no tenant if the line is the platform's own. `layers` are the layers of the words'
    files, by path.
    """

    unit: Unit
    touches: tuple[Touch, ...] = ()
    defaults: tuple[Default, ...] = ()
    templates: tuple[str, ...] = ()
    way: Way | None = None
    layers: Mapping[str, Layer] = {}


def blame(subject: Subject, at: int, report: Report) -> Blame:
    """What causes the line `at` (from 0) of an artifact.

    If the line comes from a broken tenant, that is reported, and no word is tried.
    """
    trial = Trial(subject.opened, subject.remake, split(subject.made(Report()) or b""), at)
    if subject.own:
        return _blame_in_unit(subject, trial, subject.unit)
    way = _way(subject, trial)
    if way is None:
        return _blame(subject, trial, subject.unit, ())
    unit = Unit(way.path.split("/")[3], subject.unit.environment)
    if not remake.is_sound(subject.opened, unit, report):
        return Blame(unit, way=way)
    if way.line is not None:
        own = remake.quickest(subject.opened, unit, way.path, subject.target)
        existing = subject.opened.reading.snapshot.source(way.path).data
        there = Trial(subject.opened, own, split(existing), way.line - 1)
        if own(subject.opened, Report()) == existing:
            return _blame_in_unit(subject, there, unit)._replace(way=way)
    both = remake.of_both(subject.opened, unit, subject.path, subject.target)
    return _blame_in_unit(subject, trial._replace(remake=both), unit)._replace(way=way)


def _blame_in_unit(subject: Subject, trial: Trial, unit: Unit) -> Blame:
    resolved = resolve_unit(subject.opened, unit, Report())
    return _blame(subject, trial, unit, _unit_words(resolved) if resolved else (), resolved)


def _unit_words(resolved: Resolved) -> Sequence[Word]:
    return words(resolved.stack, resolved.value, strategy("unit"))


def _blame(subject: Subject, trial: Trial, unit: Unit, own: Sequence[Word], resolved: Resolved | None = None) -> Blame:
    environment = resolve_environment(subject.opened, unit.environment, Report())
    every = [*own, *(_platform_words(environment) if environment else ()), *_parents(subject.opened, environment)]
    copied = _copied(resolved, subject.path) if resolved else ()
    found = [*chain.from_iterable(try_document(trial, each) for each in copied), *try_words(trial, every)]
    stacks = [each.stack for each in (environment, resolved) if each]
    layers = {layer.file: layer for stack in stacks for layer in stack.layers}
    layers |= {each.path: Layer("as it is", 0, "tenant", each.path, each.value or {}) for each in copied}
    templates = tuple(try_templates(trial, subject.used))
    defaults = tuple(try_defaults(trial, templates))
    return Blame(unit, tuple(sorted(found, key=strength)), defaults, templates, layers=layers)


def _platform_words(environment: Environment) -> Sequence[Word]:
    value: Map = {"platform": environment.platform}
    return words(environment.stack, value, Strategy(inside={"platform": strategy("platform")}))


def _parents(opened: Opened, environment: Environment | None) -> list[Word]:
    """The `extends` of each file of the environment, as a word."""
    files = dict.fromkeys(layer.file for layer in environment.stack.layers) if environment else {}
    parents = ((file, (opened.reading.document(file).value or {}).get("extends")) for file in files)
    return [Word(("extends",), parent, (Spot(file, ("extends",)),)) for file, parent in parents if parent]


def _copied(resolved: Resolved, path: str) -> list[Document]:
    """The tenant's own rule file or dashboard that was copied to an artifact, if the artifact is such a copy."""
    *_, folder, raw, file = path.split("/")
    copies = {"rules": resolved.vendor, "dashboards": resolved.dashboards}.get(folder, {}) if raw == "raw" else {}
    return [document for name, document in copies.items() if name == file.rpartition(".")[0]]


def _way(subject: Subject, trial: Trial) -> Way | None:
    """The tenant's artifact from which a line comes; None if the line exists without any tenant's artifact."""
    name, target = subject.unit.environment, subject.target
    own = [Unit(tenant, name) for tenant in subject.opened.tenants]
    paths = list(chain.from_iterable(remake.linked_paths(subject.opened, unit) for unit in own))

    def touches(left_out: Sequence[str]) -> bool:
        made = remake.of_environment(name, subject.path, target, frozenset(left_out))(subject.opened, Report())
        return made is not None and fate(trial, made).fate != "stays"

    if not paths or not touches(paths):
        return None
    path, shared = _decisive_path(touches, paths, ())
    there = lines.place(trial.lines, trial.at or 0, split(subject.opened.reading.snapshot.source(path).data))
    return Way(path, None if there is None else there + 1, shared)


def _decisive_path(
    touches: Callable[[Sequence[str]], bool], paths: Sequence[str], others: Sequence[str]
) -> tuple[str, bool]:
    """One of the paths without which the line differs, and whether it differs only if others are left out too."""
    if len(paths) == 1:
        return paths[0], bool(others)
    half = len(paths) // 2
    for some in (paths[:half], paths[half:]):
        if touches((*some, *others)):
            return _decisive_path(touches, some, others)
    return _decisive_path(touches, paths[:half], (*others, *paths[half:]))
