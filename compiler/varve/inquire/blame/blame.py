"""Who is to blame for a line of an artifact: words of sources, defaults of packs, and templates."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from varve.check.shape.kind import strategy
from varve.inquire.blame import remake
from varve.inquire.blame.asking import Asking
from varve.inquire.blame.default import Default, try_defaults
from varve.inquire.blame.search import Touch, strength, try_document, try_words
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
    """The artifact of a tenant by which a line got into one that tenants share, and which line it is there, from 1.

    None where it stands there in other words. The line is `shared` where others would bring it too.
    """

    path: str
    line: int | None
    shared: bool


class Blame(NamedTuple):
    """The words that are to blame for a line, those first that have most to do with it, defaults, and templates.

    `unit` is whose line it is: of no tenant, where it is the platform's own. `layers` are those of the files that say
    the words.
    """

    unit: Unit
    touches: tuple[Touch, ...] = ()
    defaults: tuple[Default, ...] = ()
    templates: tuple[str, ...] = ()
    way: Way | None = None
    layers: Mapping[str, Layer] = {}


def blame(asking: Asking, at: int, report: Report) -> Blame:
    """Who is to blame for the line `at` (from 0) of an artifact.

    Where a tenant brings it that is broken, that is reported, and no word can be tried.
    """
    trial = Trial(asking.opened, asking.remake, split(asking.made(Report()) or b""), at)
    if asking.own:
        return _of_unit(asking, trial, asking.unit)
    way = _way(asking, trial)
    if way is None:
        return _answered(asking, trial, asking.unit, ())
    unit = Unit(way.path.split("/")[3], asking.unit.environment)
    if not remake.is_sound(asking.opened, unit, report):
        return Blame(unit, way=way)
    if way.line is not None:
        own = remake.quickest(asking.opened, unit, way.path, asking.target)
        standing = asking.opened.reading.snapshot.source(way.path).data
        there = Trial(asking.opened, own, split(standing), way.line - 1)
        if own(asking.opened, Report()) == standing:
            return _of_unit(asking, there, unit)._replace(way=way)
    both = remake.of_both(asking.opened, unit, asking.path, asking.target)
    return _of_unit(asking, trial._replace(remake=both), unit)._replace(way=way)


def _of_unit(asking: Asking, trial: Trial, unit: Unit) -> Blame:
    resolved = resolve_unit(asking.opened, unit, Report())
    return _answered(asking, trial, unit, _said(resolved) if resolved else (), resolved)


def _said(resolved: Resolved) -> Sequence[Word]:
    return words(resolved.stack, resolved.value, strategy("unit"))


def _answered(asking: Asking, trial: Trial, unit: Unit, own: Sequence[Word], resolved: Resolved | None = None) -> Blame:
    environment = resolve_environment(asking.opened, unit.environment, Report())
    every = [*own, *(_of_platform(environment) if environment else ()), *_parents(asking.opened, environment)]
    taken = _taken(resolved, asking.path) if resolved else ()
    found = [*chain.from_iterable(try_document(trial, each) for each in taken), *try_words(trial, every)]
    stacks = [each.stack for each in (environment, resolved) if each]
    layers = {layer.file: layer for stack in stacks for layer in stack.layers}
    layers |= {each.path: Layer("as it is", 0, "tenant", each.path, each.value or {}) for each in taken}
    templates = tuple(try_templates(trial, asking.asked))
    defaults = tuple(try_defaults(trial, templates))
    return Blame(unit, tuple(sorted(found, key=strength)), defaults, templates, layers=layers)


def _of_platform(environment: Environment) -> Sequence[Word]:
    value: Map = {"platform": environment.platform}
    return words(environment.stack, value, Strategy(inside={"platform": strategy("platform")}))


def _parents(opened: Opened, environment: Environment | None) -> list[Word]:
    """Which file another one says that it extends."""
    files = dict.fromkeys(layer.file for layer in environment.stack.layers) if environment else {}
    said = ((file, (opened.reading.document(file).value or {}).get("extends")) for file in files)
    return [Word(("extends",), parent, (Spot(file, ("extends",)),)) for file, parent in said if parent]


def _taken(resolved: Resolved, path: str) -> list[Document]:
    """The tenant's own file that an artifact is, which is taken as it is, if it is one."""
    *_, folder, raw, file = path.split("/")
    taken = {"rules": resolved.vendor, "dashboards": resolved.dashboards}.get(folder, {}) if raw == "raw" else {}
    return [document for name, document in taken.items() if name == file.rpartition(".")[0]]


def _way(asking: Asking, trial: Trial) -> Way | None:
    """The tenant's artifact that brings a line; None where it is there without any."""
    name, target = asking.unit.environment, asking.target
    own = [Unit(tenant, name) for tenant in asking.opened.tenants]
    paths = list(chain.from_iterable(remake.brought(asking.opened, unit) for unit in own))

    def touches(left_out: Sequence[str]) -> bool:
        made = remake.of_environment(name, asking.path, target, frozenset(left_out))(asking.opened, Report())
        return made is not None and fate(trial, made).fate != "stays"

    if not paths or not touches(paths):
        return None
    path, shared = _bringing(touches, paths, ())
    there = lines.place(trial.said, trial.at or 0, split(asking.opened.reading.snapshot.source(path).data))
    return Way(path, None if there is None else there + 1, shared)


def _bringing(
    touches: Callable[[Sequence[str]], bool], paths: Sequence[str], others: Sequence[str]
) -> tuple[str, bool]:
    """One of the paths without which the line is not what it is, and whether others, too, would have to be left out."""
    if len(paths) == 1:
        return paths[0], bool(others)
    half = len(paths) // 2
    for some in (paths[:half], paths[half:]):
        if touches((*some, *others)):
            return _bringing(touches, some, others)
    return _bringing(touches, paths[:half], (*others, *paths[half:]))
