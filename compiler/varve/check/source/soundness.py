"""Whether a file can be used: it can be parsed, fits its schema, and refers only to what exists."""

import posixpath
from collections.abc import Callable, Collection, Mapping
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
    """The settings in a `varve.yaml`, or None after reporting why it cannot be used."""
    if document is None or document.value is None:
        return None
    if not schema.check("settings", document.value, in_document(document), report):
        return None
    parsed = repository.settings(document.value)
    return parsed if layer.check(document, parsed, report) else None


def pack(document: Document, report: Report) -> bool:
    """Whether a `pack.yaml` is valid."""
    fits_schema = schema.check("pack", document.value, in_document(document), report)
    return fits_schema and parameter.check_schema(document, report)


def layers(stack: Stack, reading: Reading, judged: Judged) -> bool:
    """Whether every file of a stack is valid; all are checked, so that all mistakes are reported at once."""
    valid = True
    for each in stack.layers:
        valid &= judge(each.file, reading, judged, partial(_is_valid, each, reading.document(each.file).value, reading))
    return valid


def _is_valid(each: Layer, value: Map | None, reading: Reading, report: Report) -> bool:
    if value is None:
        return False
    diagnostics = Report()
    if _has_shape(each, value, each.into, diagnostics):
        return each.owner == "tenant" or layer.check_locks(each.file, value, report)
    stem = posixpath.basename(each.file).partition(".")[0]
    fits = bool(each.into) and _has_shape(each, value, (*each.into, stem), Report())
    if not (fits and layer.report_shared(each, reading.find(repository.SETTINGS), report)):
        report.extend(diagnostics)
    return False


def _has_shape(each: Layer, value: Map, into: Keys, report: Report) -> bool:
    return schema.check("tenant" if each.owner == "tenant" else "layer", wrap(value, into), in_layer(each), report)


Judge: TypeAlias = Callable[[Mapping[str, Document], Reading, Judged], bool]
"""Whether every file is valid that a tenant has and that is included as it is."""

_Check: TypeAlias = Callable[[str, Document, Report, Collection[str]], bool]
"""Whether one of these files, with that name, is valid; the names of all of them are given too."""


def vendors(documents: Mapping[str, Document], reading: Reading, judged: Judged) -> bool:
    """Whether every rule file of a vendor is valid; all are checked."""
    return _are_valid(documents, vendor.check, reading, judged)


def dashboards(documents: Mapping[str, Document], reading: Reading, judged: Judged) -> bool:
    """Whether every dashboard of the tenant's own is valid; all are checked."""
    return _are_valid(documents, classic.check, reading, judged)


def _are_valid(documents: Mapping[str, Document], check: _Check, reading: Reading, judged: Judged) -> bool:
    valid = True
    for name, document in documents.items():
        valid &= judge(document.path, reading, judged, partial(_is_usable, check, name, documents))
    return valid


def _is_usable(check: _Check, name: str, documents: Mapping[str, Document], report: Report) -> bool:
    return documents[name].value is not None and check(name, documents[name], report, documents)
