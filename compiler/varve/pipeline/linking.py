"""An environment put together: what its tenants bring is linked, and all of it proven."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import NamedTuple, cast

from varve.check import leak
from varve.emit import alertmanager
from varve.emit.function import speaking
from varve.emit.prometheus.field import MAINS
from varve.emit.shape import ANY_MAP, checked
from varve.link import isolation
from varve.link.link import LINKS
from varve.link.linking import Linking
from varve.model.artifact import Artifact, Proven
from varve.model.diagnostic import Report
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.pipeline.opening import Opened, source_of
from varve.pipeline.outcome import Outcome, member, read_artifact


class Linked(NamedTuple):
    """What an environment was linked to, and how much was proven of it."""

    artifacts: tuple[Artifact, ...]
    proven: Proven


def link_environment(
    opened: Opened, environment: Environment, outcomes: list[Outcome], report: Report
) -> Linked | None:
    """The shared artifacts of an environment and the main files of its strict tenants, proven; None where that failed.

    What tenants bring is proven before it is linked, so that nothing of another shape is; then what came of it is.
    """
    said = Report()
    own = [outcome for outcome in outcomes if outcome.unit.environment == environment.name]
    made = {artifact.path: artifact.data for outcome in own for artifact in outcome.artifacts or ()}
    asked = cast("Map", environment.platform["targets"])
    linking = Linking(
        environment,
        tuple(member(opened, outcome) for outcome in own),
        lambda template, context, locale: _rendered(opened, template, context, locale, said),
        _reader(opened, made, said),
        alertmanager.frame(environment) if "alertmanager" in asked else {},
        said,
        partial(source_of, opened),
    )
    proven = {path: proof for outcome in own for path, proof in outcome.proofs.items()}
    proofs = isolation.prove_members(linking, proven)
    targets = [] if said.broken else [each for name, each in LINKS.items() if name in asked]
    linked = tuple(artifact for each in targets for artifact in each.link(linking))
    leak.check_linked(environment, opened.kit.engine.templates, linked, said)
    made |= {artifact.path: artifact.data for artifact in linked}
    found = Proven() if said.broken else isolation.prove(linking, proofs, tuple(each.path for each in linked))
    report.extend(said)
    return None if said.broken else Linked(linked, found)


def _rendered(opened: Opened, template: str, context: Mapping[str, Value], locale: str | None, report: Report) -> Map:
    """What a template of the platform makes of a context; with a locale it may say texts."""
    spoken = speaking(opened.kit.messages, locale) if locale else {}
    value = opened.kit.engine.render(template, {**context, **spoken}, {}, report)
    return checked(value, MAINS.get(template, ANY_MAP), template, report)


def _reader(opened: Opened, fresh: Mapping[str, bytes], report: Report) -> Callable[[str], Value]:
    """Reads artifacts, and remembers those that are looked at more than once; all of them would be too much to hold."""
    remembered = cache(lambda path: read_artifact(opened, fresh, path, report))
    return lambda path: (
        remembered(path) if path.endswith("/alertmanager.yaml") else read_artifact(opened, fresh, path, report)
    )
