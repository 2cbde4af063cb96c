"""What many share is judged once, and everybody hears what was said."""

from tests.emit.repository import CHECKOUT, repository
from varve.check.source.judged import Judged, judge
from varve.model.diagnostic import Place, Report, Rule
from varve.read.reading import reading

WRONG = Rule("check/wrong", "Wrong", "It is wrong because a test says so.")


def test_a_file_is_judged_once_and_whoever_asks_hears_what_is_wrong() -> None:
    asked: list[str] = []

    def find(report: Report) -> bool:
        asked.append(CHECKOUT)
        report.say(WRONG, "it is wrong", Place(CHECKOUT))
        return False

    judged: Judged = {}
    first, second = Report(), Report()
    desk = reading(repository({}), Report())
    assert not judge(CHECKOUT, desk.watched(first), judged, find)
    assert not judge(CHECKOUT, desk.watched(second), judged, find)
    assert [each.message for report in (first, second) for each in report] == ["it is wrong"] * 2
    assert asked == [CHECKOUT]
