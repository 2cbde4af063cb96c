"""Can a file be used: it could be read, has the shape of its kind, and names nothing that is not there."""

import posixpath
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from varve.check.dashboard import classic
from varve.check.shape import parameter, schema
from varve.check.shape.locate import in_document, in_layer
from varve.check.source import layer, vendor
from varve.check.source.judged import Judged, judge
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.settings import Settings
from varve.model.source import Document, Keys, Map
from varve.read import repository
from varve.read.reading import Reading
from varve.resolve.stack import wrap


def settings(document: Document | None, report: Report) -> Settings | None:
    """The settings that a sound `varve.yaml` says; None where it is not, which is reported."""
    if document is None or document.value is None:
        return None
    if not schema.check("settings", document.value, in_document(document), report):
        return None
    said = repository.settings(document.value)
    return said if layer.check(document, said, report) else None


def pack(document: Document, report: Report) -> bool:
    """Whether a `pack.yaml` is sound."""
    sound = schema.check("pack", document.value, in_document(document), report)
    return sound and parameter.check_schema(document, report)


def layers(stack: Stack, desk: Reading, judged: Judged) -> bool:
    """Whether every file of a stack is sound; all are looked at, so that everything wrong is said at once."""
    sound = True
    for each in stack.layers:
        sound &= judge(each.file, desk, judged, partial(_is_layer, each, desk.document(each.file).value, desk))
    return sound


def _is_layer(each: Layer, value: Map | None, desk: Reading, report: Report) -> bool:
    if value is None:
        return False
    said = Report()
    if _has_shape(each, value, each.into, said):
        return each.owner == "tenant" or layer.check_locks(each.file, value, report)
    stem = posixpath.basename(each.file).partition(".")[0]
    fits = bool(each.into) and _has_shape(each, value, (*each.into, stem), Report())
    if not (fits and layer.say_shared(each, desk.find(repository.SETTINGS), report)):
        report.extend(said)
    return False


def _has_shape(each: Layer, value: Map, into: Keys, report: Report) -> bool:
    return schema.check("tenant" if each.owner == "tenant" else "layer", wrap(value, into), in_layer(each), report)


Judge: TypeAlias = Callable[[Mapping[str, Document], Reading, Judged], bool]
"""Whether every file is sound that a tenant has and that is taken as it is."""


def vendors(found: Mapping[str, Document], desk: Reading, judged: Judged) -> bool:
    """Whether every rule file of a vendor is sound; all are looked at."""
    return _all(found, vendor.check, desk, judged)


def dashboards(found: Mapping[str, Document], desk: Reading, judged: Judged) -> bool:
    """Whether every dashboard of a tenant's own is sound; all are looked at."""
    return _all(found, classic.check, desk, judged)


def _all(
    found: Mapping[str, Document], check: Callable[[str, Document, Report], bool], desk: Reading, judged: Judged
) -> bool:
    sound = True
    for name, document in found.items():
        sound &= judge(document.path, desk, judged, partial(_is_taken, check, name, document))
    return sound


def _is_taken(check: Callable[[str, Document, Report], bool], name: str, document: Document, report: Report) -> bool:
    return document.value is not None and check(name, document, report)
