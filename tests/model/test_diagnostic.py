"""A report keeps diagnostics in order, and only a limited number of each rule in each file."""

from time import process_time

from varve.model.diagnostic import MOST_ALIKE, Place, Report, Rule, Severity

LOUD = Rule("check/loud", "A value is loud", "Speak softly.")
QUIET = Rule("check/quiet", "A value is quiet", "Speak up.", Severity.WARNING)
MORE = "there are more like these in this file"


def reported(count: int, rule: Rule = LOUD, file: str = "a.yaml") -> Report:
    """A report with `count` diagnostics of one rule in one file."""
    report = Report()
    for index in range(count):
        report.add(rule, f"`{index}` is wrong", Place(file, (index,)))
    return report


def test_duplicates_are_dropped() -> None:
    report = reported(2)
    report.extend(reported(2))
    assert [each.message for each in report] == ["`0` is wrong", "`1` is wrong"]
    assert len(report) == 2


def test_diagnostics_up_to_the_limit_are_kept() -> None:
    messages = [each.message for each in reported(MOST_ALIKE)]
    assert messages == [f"`{index}` is wrong" for index in range(MOST_ALIKE)]


def test_beyond_the_limit_a_last_diagnostic_says_that_there_are_more() -> None:
    *first, last = reported(MOST_ALIKE + 30)
    assert [each.message for each in first] == [f"`{index}` is wrong" for index in range(MOST_ALIKE)]
    assert (last.rule, last.message, last.place) == (LOUD, MORE, Place("a.yaml", (MOST_ALIKE,)))
    assert [each.more for each in (*first, last)] == [False] * MOST_ALIKE + [True]


def test_each_rule_and_file_has_its_own_limit() -> None:
    report = reported(MOST_ALIKE)
    report.extend(reported(MOST_ALIKE, QUIET))
    report.extend(reported(MOST_ALIKE, file="b.yaml"))
    assert not any(each.more for each in report)
    assert len(report) == 3 * MOST_ALIKE


def test_diagnostics_without_a_place_have_no_limit() -> None:
    report = Report()
    for index in range(MOST_ALIKE + 30):
        report.add(LOUD, f"`{index}` is wrong")
    assert len(list(report)) == MOST_ALIKE + 30


def test_a_merged_report_says_only_once_that_there_are_more() -> None:
    report = Report()
    for count in (MOST_ALIKE + 5, MOST_ALIKE + 9):
        report.extend(reported(count))
    assert [each.more for each in report].count(True) == 1
    assert len(list(report)) == MOST_ALIKE + 1


def test_dropped_diagnostics_still_count_in_the_length() -> None:
    """Checks compare the lengths of a report before and after they run."""
    report = reported(MOST_ALIKE + 30)
    before = len(report)
    report.add(LOUD, "one more", Place("a.yaml"))
    assert len(report) == before + 1
    assert report.broken


def test_a_hundred_thousand_mistakes_take_little_time() -> None:
    begun = process_time()
    assert len(list(reported(100_000))) == MOST_ALIKE + 1
    assert process_time() - begun < 5
