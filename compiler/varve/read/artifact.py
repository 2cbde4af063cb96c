"""Reads built artifacts: nearly always JSON as varve writes it, or YAML."""

from varve.language import canonical
from varve.model.diagnostic import Report
from varve.model.source import Map, Source
from varve.read.parse import parse


def read(source: Source, report: Report) -> Map | None:
    """The content of an artifact, or None if it cannot be parsed, which is reported as for a source."""
    value = canonical.read_json(source.data) if source.path.endswith(".json") else None
    return value if isinstance(value, dict) else parse(source, report)
