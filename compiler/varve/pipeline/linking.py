"""Links an environment: joins what its tenants contribute, and proves the result."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple, cast

from varve.check.secrets import leak
from varve.emit.function import functions_with_texts
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
    """The result of linking an environment: the blob ids of its artifacts by path, and how much was proven.

    `proven` covers the kept artifacts of tenants too. `artifacts` are those that were linked now.
    """

    made: Mapping[str, str]
    proven: Proven
    artifacts: tuple[Artifact, ...] = ()


class _Access(NamedTuple):
    """The artifacts that were made now, the record of the paths that linking reads, and a report."""

    fresh: dict[str, Artifact]
    paths_read: dict[str, None]
    report: Report


def link_environment(
    opened: Opened, ground: Ground, outcomes: Sequence[Outcome], paths_read: dict[str, None], report: Report
) -> Linked | None:
    """The shared artifacts of an environment and the main files of its strict tenants, proven; None where that failed.

    `outcomes` are those of its units. Their contributions are proven before linking, so that nothing malformed is
    linked; then the linked artifacts are proven. The paths of the artifacts that linking reads are recorded in
    `paths_read`.
    """
    diagnostics, environment = Report(), ground.environment
    made = {artifact.path: artifact for outcome in outcomes for artifact in outcome.artifacts}
    linking = _linking(opened, ground, outcomes, _Access(made, paths_read, diagnostics))
    members_proven = isolation.prove_members(linking, {each.unit.tenant: each.proof for each in outcomes if each.proof})
    linked = () if diagnostics.broken else tuple(_link(linking))
    leak.check_linked(environment, opened.kit.engine.templates, linked, diagnostics)
    made |= {artifact.path: artifact for artifact in linked}
    linked_proven = Proven() if diagnostics.broken else isolation.prove(linking, tuple(each.path for each in linked))
    report.extend(diagnostics)
    algorithm = opened.reading.snapshot.algorithm
    ids = {each.path: identify(each.data, algorithm) for each in linked}
    return None if diagnostics.broken else Linked(ids, isolation.total((members_proven, linked_proven)), linked)


def artifacts_read(opened: Opened, ground: Ground, outcomes: Sequence[Outcome]) -> frozenset[str]:
    """The paths of the artifacts that linking these units reads."""
    made = {artifact.path: artifact for outcome in outcomes for artifact in outcome.artifacts}
    paths = dict[str, None]()
    linking = _linking(opened, ground, outcomes, _Access(made, paths, Report()))
    # Templates neither see nor influence which artifacts are read, so rendering is skipped.
    deque(_link(linking._replace(render=lambda *_: {})), maxlen=0)
    return frozenset(paths)


def relinking(
    opened: Opened, ground: Ground, outcomes: Sequence[Outcome], fresh: Mapping[str, Artifact], report: Report
) -> Linking:
    """The input for linking these units again, with some `fresh` artifacts, the other existing ones, and no proof."""
    return _linking(opened, ground, outcomes, _Access(dict(fresh), {}, report))


def _linking(opened: Opened, ground: Ground, outcomes: Sequence[Outcome], access: _Access) -> Linking:
    return Linking(
        ground.environment,
        tuple(member(opened, outcome) for outcome in outcomes),
        lambda template, context, locale: _rendered(opened, template, context, locale, access.report),
        _reader(opened, access),
        ground.frame,
        access.report,
        partial(source_of, opened),
        partial(_read_bytes, opened, access),
    )


def _link(linking: Linking) -> Iterator[Artifact]:
    from varve.link.link import LINKS

    wanted = cast("Map", linking.environment.platform["targets"])
    return chain.from_iterable(each.link(linking) for name, each in LINKS.items() if name in wanted)


def _rendered(opened: Opened, template: str, context: Mapping[str, Value], locale: str | None, report: Report) -> Map:
    """The output of a platform template for a context; with a locale, the template can use its texts."""
    texts = functions_with_texts(opened.kit.messages, locale) if locale else {}
    value = opened.kit.engine.render(template, {**context, **texts}, {}, report)
    return checked(value, MAINS.get(template, ANY_MAP), template, report)


def _read_bytes(opened: Opened, access: _Access, path: str) -> bytes:
    """The bytes of an artifact that was made now, or that exists."""
    access.paths_read[path] = None
    return access.fresh[path].data if path in access.fresh else opened.reading.snapshot.source(path).data


def _reader(opened: Opened, access: _Access) -> Callable[[str], Value]:
    """A function that reads artifacts, and caches only those read more than once: all would take too much memory."""
    remembered = cache(partial(_read, opened, access))

    def read(path: str) -> Value:
        access.paths_read[path] = None
        return remembered(path) if path.endswith("/alertmanager.yaml") else _read(opened, access, path)

    return read


def _read(opened: Opened, access: _Access, path: str) -> Value:
    return read_artifact(opened, access.fresh, path, access.report)
