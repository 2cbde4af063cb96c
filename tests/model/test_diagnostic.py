"""A report says what was met, and no more of it than somebody reads."""

from time import process_time

from varve.model.diagnostic import MOST_ALIKE, Place, Report, Rule, Severity

LOUD = Rule("check/loud", "A value is loud", "Speak softly.")
QUIET = Rule("check/quiet", "A value is quiet", "Speak up.", Severity.WARNING)
MORE = "there are more like these in this file"


def said(count: int, rule: Rule = LOUD, file: str = "a.yaml") -> Report:
    """A report in which a rule was broken so many times in one file."""
    report = Report()
    for index in range(count):
        report.say(rule, f"`{index}` is wrong", Place(file, (index,)))
    return report


def test_the_same_thing_said_twice_is_said_once() -> None:
    report = said(2)
    report.extend(said(2))
    assert [each.message for each in report] == ["`0` is wrong", "`1` is wrong"]
    assert len(report) == 2


def test_as_many_as_somebody_reads_are_said() -> None:
    messages = [each.message for each in said(MOST_ALIKE)]
    assert messages == [f"`{index}` is wrong" for index in range(MOST_ALIKE)]


def test_of_more_than_that_it_is_said_where_they_go_on() -> None:
    *first, last = said(MOST_ALIKE + 30)
    assert [each.message for each in first] == [f"`{index}` is wrong" for index in range(MOST_ALIKE)]
    assert (last.rule, last.message, last.place) == (LOUD, MORE, Place("a.yaml", (MOST_ALIKE,)))


def test_other_rules_and_other_files_have_their_own_count() -> None:
    report = said(MOST_ALIKE)
    report.extend(said(MOST_ALIKE, QUIET))
    report.extend(said(MOST_ALIKE, file="b.yaml"))
    assert MORE not in {each.message for each in report}
    assert len(report) == 3 * MOST_ALIKE


def test_what_is_without_a_place_is_always_said() -> None:
    report = Report()
    for index in range(MOST_ALIKE + 30):
        report.say(LOUD, f"`{index}` is wrong")
    assert len(list(report)) == MOST_ALIKE + 30


def test_a_report_of_reports_says_that_there_are_more_once() -> None:
    report = Report()
    for count in (MOST_ALIKE + 5, MOST_ALIKE + 9):
        report.extend(said(count))
    assert [each.message for each in report].count(MORE) == 1
    assert len(list(report)) == MOST_ALIKE + 1


def test_a_mistake_that_is_not_said_any_more_still_counts() -> None:
    """Checks compare the lengths of a report before and after them."""
    report = said(MOST_ALIKE + 30)
    before = len(report)
    report.say(LOUD, "one more", Place("a.yaml"))
    assert len(report) == before + 1
    assert report.broken


def test_a_hundred_thousand_mistakes_take_little_time() -> None:
    begun = process_time()
    assert len(list(said(100_000))) == MOST_ALIKE + 1
    assert process_time() - begun < 5
