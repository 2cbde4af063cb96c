"""Where words are written: the line of each, and the commit that last changed the line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from varve.api.opening import Opening
from varve.model.diagnostic import Report
from varve.model.source import Keys
from varve.read.locate import locator
from varve.render.history import Commit, Line
from varve.resolve.history import Contribution
from varve.world.history import blame as commits

if TYPE_CHECKING:
    from varve.world.history.blame import Change


def written(opening: Opening, found: Sequence[tuple[Keys, Contribution]], report: Report) -> Iterator[Line]:
    """Each contribution with its line and the commit that last changed it; git is asked once for each file."""
    places = [contribution.place for _, contribution in found]
    locate = {file: locator(opening.snapshot.source(file)) for file in {place.file for place in places}}
    spans = [locate[place.file](place.keys, place.on) for place in places]
    lines: dict[str, set[int]] = {}
    for place, span in zip(places, spans, strict=True):
        lines.setdefault(place.file, set()).add(span.line)
    changes: Mapping[str, Mapping[int, Change]] = {
        file: commits.blame(opening.repository, file, numbers, opening.view, report) for file, numbers in lines.items()
    }
    beyond = {each.place.file for each in report if each.place and each.rule is commits.SHALLOW_CLONE}
    for (keys, contribution), place, span in zip(found, places, spans, strict=True):
        change = changes[place.file].get(span.line)
        commit = Commit(change.id, change.author, change.date) if change else None
        yield Line(keys, contribution, span, commit, place.file in beyond)
