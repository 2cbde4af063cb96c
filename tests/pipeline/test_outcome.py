"""What becomes of a unit: artifacts with their ids, or what stands, and all that was said of it."""

from tests.emit.repository import ACME, CHECKOUT, STRICT, built, repository
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.environment import judged_environment
from varve.pipeline.opening import Opened, Order, open_judged
from varve.pipeline.outcome import Outcome, as_it_stands, compile_unit, member
from varve.pipeline.remembering import settle_unit


def _outcome(files: dict[str, str | None], report: Report) -> tuple[Opened, Outcome]:
    opened = open_judged(repository(files), Order(), report)
    assert opened is not None
    ground = judged_environment(opened, "production", report).ground
    assert ground is not None
    return opened, compile_unit(opened, ground, "acme", report)


def test_what_is_made_has_the_ids_that_git_gives_it() -> None:
    opened, found = _outcome({}, Report())
    assert found.made == {each.path: identify(each.data) for each in found.artifacts} != {}
    assert (found.remembered, member(opened, found).fresh) == (False, True)


def test_a_broken_one_keeps_what_stands_and_says_why() -> None:
    report = Report()
    opened, found = _outcome(built({}) | {CHECKOUT: "onwer: me\n"}, report)
    assert (found.made, found.artifacts, report.broken) == (None, (), True)
    brought = member(opened, found)
    assert not brought.fresh
    assert all(path.startswith(ACME) for path in brought.files)
    assert brought.files


def test_one_that_stands_was_strict_where_it_has_a_main_file() -> None:
    for files, strict in ((built({}), False), (built(STRICT), True)):
        opened, _ = _outcome(files, Report())
        assert as_it_stands(opened, Unit("acme", "production")).strict is strict


def test_values_that_were_handed_on_are_not_kept() -> None:
    opened = open_judged(repository({}), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    found = settle_unit(opened, ground, "acme")
    assert found.verdict is not None
    assert all(each.value is None for each in found.artifacts)
