"""A file that many units share is checked once, and its diagnostics are reported for each."""

from tests.emit.repository import CHECKOUT, repository
from varve.check.source.judged import Judged, judge
from varve.model.diagnostic import Place, Report, Rule
from varve.read.reading import reading

WRONG = Rule("check/wrong", "Wrong", "It is wrong because a test says so.")


def test_a_file_is_checked_once_and_reported_each_time() -> None:
    checked: list[str] = []

    def find(report: Report) -> bool:
        checked.append(CHECKOUT)
        report.add(WRONG, "it is wrong", Place(CHECKOUT))
        return False

    judged: Judged = {}
    first, second = Report(), Report()
    view = reading(repository({}), Report())
    assert not judge(CHECKOUT, view.recording(first), judged, find)
    assert not judge(CHECKOUT, view.recording(second), judged, find)
    assert [each.message for report in (first, second) for each in report] == ["it is wrong"] * 2
    assert checked == [CHECKOUT]
