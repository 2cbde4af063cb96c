from pathlib import Path

import varve
from varve.api.looking import view_of
from varve.api.opening import open_view
from varve.api.question.written import written
from varve.model.diagnostic import Place, Report
from varve.model.layer import Layer
from varve.resolve.history import Contribution

FILE = "environments/defaults.yaml"


def test_a_voice_has_its_line_and_the_commit_that_wrote_it(repository: Path) -> None:
    report = Report()
    opening = open_view(varve.open(repository).repository, view_of(None), report)
    assert opening is not None
    layer = Layer("defaults", 0, "platform", FILE, {})
    contributions = [((key,), Contribution(layer, "sets", "", Place(FILE, (key,)))) for key in ("timezone", "locale")]
    zone, locale = written(opening, contributions, report)
    assert [(each.span.line, each.span.column, each.beyond) for each in (zone, locale)] == [
        (2, 11, False),
        (1, 9, False),
    ]
    assert {each.commit.author for each in (zone, locale) if each.commit} == {"Ada"}
    assert list(written(opening, [], report)) == []
    assert list(report) == []
