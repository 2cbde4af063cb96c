"""Plain data that a program hands over: written down as JSON, and read like any file, so the same things are said."""

import json
from typing import NamedTuple

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map, Source
from varve.read.parse import parse


class Given(NamedTuple):
    """Data that was handed over: the file that it would be, and what it holds, or None where that was reported."""

    source: Source
    value: Map | None


def given(data: object, file: str, report: Report) -> Given:
    """A map of maps, lists and scalars, as a file named `file`; `TypeError` or `ValueError` where JSON has no such."""
    written = source(file, json.dumps(data, indent=1).encode())
    return Given(written, parse(written, report))


def source(file: str, data: bytes) -> Source:
    """A file that was never on a disk."""
    return Source(file, identify(data), data)


def folder(*sources: Source) -> Snapshot:
    """A snapshot of nothing but these files."""
    entries = {each.path: Entry(each.id, "100644") for each in sources}
    return Snapshot(entries, {each.id: each.data for each in sources})
