"""Renders diagnostics as workflow commands, which GitHub Actions turns into annotations of the pull request."""

from collections.abc import Iterable

from varve.model.diagnostic import Severity
from varve.model.situated import Situated, Spot
from varve.render.escape import escape
from varve.render.frame import where

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(situated: Iterable[Situated], prefix: str = "") -> str:
    """One command a line; `prefix` is the path from git's top level to varve.yaml: empty, or ending with a slash."""
    return "".join(_command(each, prefix) for each in situated)


def _command(situated: Situated, prefix: str) -> str:
    diagnostic = situated.diagnostic
    properties = {**_place(situated.spot, prefix), "title": f"varve {diagnostic.rule.code}"}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    whole = "%0A".join(map(_data, lines(situated)))
    return f"::{_COMMANDS[diagnostic.rule.severity]} {listed}::{whole}\n"


def _place(spot: Spot | None, prefix: str) -> dict[str, str]:
    if spot is None:
        return {}
    file = {"file": prefix + spot.file}
    if spot.span is None:
        return file
    line, column, end = spot.span.line, spot.span.column, max(spot.span.column, spot.span.end - 1)
    return {**file, "line": str(line), "endLine": str(line), "col": str(column), "endColumn": str(end)}


def lines(situated: Situated) -> Iterable[str]:
    """A diagnostic as plain text: its message, its notes with their places, its hint."""
    yield situated.diagnostic.message
    for note, spot in zip(situated.diagnostic.notes, situated.notes, strict=True):
        yield f"{where(spot)}: {note.message}" if spot else note.message
    if situated.diagnostic.hint:
        yield f"help: {situated.diagnostic.hint}"


def _data(text: str) -> str:
    # `escape` removes line breaks, so the percent sign is all that is left to encode.
    return escape(text).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
