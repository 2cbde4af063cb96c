"""An environment put together: what its tenants bring is linked, and all of it proven."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple, cast

from varve.check.secrets import leak
from varve.emit.function import speaking
from varve.emit.prometheus.field import MAINS
from varve.emit.shape import ANY_MAP, checked
from varve.language.blob import identify
from varve.link import isolation
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


class _Desk(NamedTuple):
    """The artifacts that were made now, the paths of those that were looked into, and what is said of them."""

    fresh: dict[str, Artifact]
    asked: dict[str, None]
    report: Report


def link_environment(
    opened: Opened, ground: Ground, own: Sequence[Outcome], asked: dict[str, None], report: Report
) -> Linked | None:
    """The shared artifacts of an environment and the main files of its strict tenants, proven; None where that failed.

    `own` are its units. What tenants bring is proven before it is linked, so that nothing of another shape is; then
    what came of it is. The paths of the artifacts that were looked into are recorded in `asked`.
    """
    said, environment = Report(), ground.environment
    made = {artifact.path: artifact for outcome in own for artifact in outcome.artifacts}
    linking = _linking(opened, ground, own, _Desk(made, asked, said))
    kept = isolation.prove_members(linking, {each.unit.tenant: each.confined for each in own if each.confined})
    linked = () if said.broken else tuple(_linked(linking))
    leak.check_linked(environment, opened.kit.engine.templates, linked, said)
    made |= {artifact.path: artifact for artifact in linked}
    found = Proven() if said.broken else isolation.prove(linking, tuple(each.path for each in linked))
    report.extend(said)
    algorithm = opened.reading.snapshot.algorithm
    ids = {each.path: identify(each.data, algorithm) for each in linked}
    return None if said.broken else Linked(ids, isolation.summed((kept, found)), linked)


def looked_into(opened: Opened, ground: Ground, own: Sequence[Outcome]) -> frozenset[str]:
    """The paths of the artifacts that are looked into where these units are linked, whatever is made of them."""
    made = {artifact.path: artifact for outcome in own for artifact in outcome.artifacts}
    asked = dict[str, None]()
    linking = _linking(opened, ground, own, _Desk(made, asked, Report()))
    # No template can see what is looked into, or decide it.
    deque(_linked(linking._replace(render=lambda *_: {})), maxlen=0)
    return frozenset(asked)


def relinking(
    opened: Opened, ground: Ground, own: Sequence[Outcome], fresh: Mapping[str, Artifact], report: Report
) -> Linking:
    """What these units are linked from, where some artifacts are `fresh`, all others stand, and nobody proves it."""
    return _linking(opened, ground, own, _Desk(dict(fresh), {}, report))


def _linking(opened: Opened, ground: Ground, own: Sequence[Outcome], desk: _Desk) -> Linking:
    return Linking(
        ground.environment,
        tuple(member(opened, outcome) for outcome in own),
        lambda template, context, locale: _rendered(opened, template, context, locale, desk.report),
        _reader(opened, desk),
        ground.frame,
        desk.report,
        partial(source_of, opened),
        partial(_data, opened, desk),
    )


def _linked(linking: Linking) -> Iterator[Artifact]:
    from varve.link.link import LINKS

    wanted = cast("Map", linking.environment.platform["targets"])
    return chain.from_iterable(each.link(linking) for name, each in LINKS.items() if name in wanted)


def _rendered(opened: Opened, template: str, context: Mapping[str, Value], locale: str | None, report: Report) -> Map:
    """What a template of the platform makes of a context; with a locale it may say texts."""
    spoken = speaking(opened.kit.messages, locale) if locale else {}
    value = opened.kit.engine.render(template, {**context, **spoken}, {}, report)
    return checked(value, MAINS.get(template, ANY_MAP), template, report)


def _data(opened: Opened, desk: _Desk, path: str) -> bytes:
    """The bytes of an artifact that is made or stands."""
    desk.asked[path] = None
    return desk.fresh[path].data if path in desk.fresh else opened.reading.snapshot.source(path).data


def _reader(opened: Opened, desk: _Desk) -> Callable[[str], Value]:
    """Reads artifacts, and remembers those that are looked at more than once; all of them would be too much to hold."""
    remembered = cache(partial(_read, opened, desk))

    def read(path: str) -> Value:
        desk.asked[path] = None
        return remembered(path) if path.endswith("/alertmanager.yaml") else _read(opened, desk, path)

    return read


def _read(opened: Opened, desk: _Desk, path: str) -> Value:
    return read_artifact(opened, desk.fresh, path, desk.report)
