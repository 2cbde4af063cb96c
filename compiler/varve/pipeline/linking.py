"""An environment put together: what its tenants bring is linked, and all of it proven."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple, cast

from varve.check import leak
from varve.emit.function import speaking
from varve.emit.prometheus.field import MAINS
from varve.emit.shape import ANY_MAP, checked
from varve.language.blob import identify
from varve.link import isolation
from varve.link.link import LINKS
from varve.link.linking import Linking
from varve.model.artifact import Artifact, Proven
from varve.model.diagnostic import Report
from varve.model.source import Map, Value
from varve.pipeline.environment import Ground
from varve.pipeline.opening import Opened, source_of
from varve.pipeline.outcome import Outcome, member, read_artifact


class Linked(NamedTuple):
    """What an environment was linked to, and how much was proven of that, and of what tenants keep.

    `made` are the blob ids of the artifacts by path; those that were linked now are in `artifacts`.
    """

    made: Mapping[str, str]
    proven: Proven
    artifacts: tuple[Artifact, ...] = ()


def link_environment(
    opened: Opened, ground: Ground, own: Sequence[Outcome], asked: dict[str, None], report: Report
) -> Linked | None:
    """The shared artifacts of an environment and the main files of its strict tenants, proven; None where that failed.

    `own` are its units. What tenants bring is proven before it is linked, so that nothing of another shape is; then
    what came of it is. The paths of the artifacts that were looked into are recorded in `asked`.
    """
    said, environment = Report(), ground.environment
    made = {artifact.path: artifact.data for outcome in own for artifact in outcome.artifacts}
    linking = Linking(
        environment,
        tuple(member(opened, outcome) for outcome in own),
        lambda template, context, locale: _rendered(opened, template, context, locale, said),
        _reader(opened, made, asked, said),
        ground.frame,
        said,
        partial(source_of, opened),
        partial(_data, opened, made, asked),
    )
    kept = isolation.prove_members(linking, {each.unit.tenant: each.confined for each in own if each.confined})
    wanted = cast("Map", environment.platform["targets"])
    targets = [] if said.broken else [each for name, each in LINKS.items() if name in wanted]
    linked = tuple(artifact for each in targets for artifact in each.link(linking))
    leak.check_linked(environment, opened.kit.engine.templates, linked, said)
    made |= {artifact.path: artifact.data for artifact in linked}
    found = Proven() if said.broken else isolation.prove(linking, tuple(each.path for each in linked))
    report.extend(said)
    algorithm = opened.reading.snapshot.algorithm
    ids = {each.path: identify(each.data, algorithm) for each in linked}
    return None if said.broken else Linked(ids, isolation.summed((kept, found)), linked)


def _rendered(opened: Opened, template: str, context: Mapping[str, Value], locale: str | None, report: Report) -> Map:
    """What a template of the platform makes of a context; with a locale it may say texts."""
    spoken = speaking(opened.kit.messages, locale) if locale else {}
    value = opened.kit.engine.render(template, {**context, **spoken}, {}, report)
    return checked(value, MAINS.get(template, ANY_MAP), template, report)


def _data(opened: Opened, fresh: Mapping[str, bytes], asked: dict[str, None], path: str) -> bytes:
    """The bytes of an artifact that is made or stands."""
    asked[path] = None
    return fresh[path] if path in fresh else opened.reading.snapshot.source(path).data


def _reader(
    opened: Opened, fresh: Mapping[str, bytes], asked: dict[str, None], report: Report
) -> Callable[[str], Value]:
    """Reads artifacts, and remembers those that are looked at more than once; all of them would be too much to hold."""
    remembered = cache(lambda path: read_artifact(opened, fresh, path, report))

    def read(path: str) -> Value:
        asked[path] = None
        return remembered(path) if path.endswith("/alertmanager.yaml") else read_artifact(opened, fresh, path, report)

    return read
