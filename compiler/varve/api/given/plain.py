"""A program's own plain data, written as JSON and then read like any file, so that it is judged in the same way."""

import json
from typing import NamedTuple

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map, Source
from varve.read.parse import parse


class Given(NamedTuple):
    """Data of a program: the file that it would be, and its content, or None if that is broken, which is reported."""

    source: Source
    value: Map | None


def given(data: object, file: str, report: Report) -> Given:
    """A dict of plain data, as a file named `file`; raises `TypeError` or `ValueError` if JSON cannot represent it."""
    written = source(file, json.dumps(data, indent=1).encode())
    return Given(written, parse(written, report))


def source(file: str, data: bytes) -> Source:
    """A file that exists only in memory."""
    return Source(file, identify(data), data)


def folder(*sources: Source) -> Snapshot:
    """A snapshot that contains only these files."""
    entries = {each.path: Entry(each.id, "100644") for each in sources}
    return Snapshot(entries, {each.id: each.data for each in sources})
