"""The outcome of a unit: artifacts with their ids, or those that it keeps, and all diagnostics."""

from tests.emit.repository import ACME, CHECKOUT, STRICT, built, repository
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.environment import judged_environment
from varve.pipeline.opening import Opened, Order, open_judged
from varve.pipeline.outcome import Outcome, compile_unit, kept_outcome, member
from varve.pipeline.remembering import compile_with_verdict


def _outcome(files: dict[str, str | None], report: Report) -> tuple[Opened, Outcome]:
    opened = open_judged(repository(files), Order(), report)
    assert opened is not None
    ground = judged_environment(opened, "production", report).ground
    assert ground is not None
    return opened, compile_unit(opened, ground, "acme", report)


def test_artifacts_have_the_ids_that_git_computes() -> None:
    opened, found = _outcome({}, Report())
    assert found.made == {each.path: identify(each.data) for each in found.artifacts} != {}
    assert (found.remembered, member(opened, found).fresh) == (False, True)


def test_a_broken_unit_keeps_its_artifacts_and_is_reported() -> None:
    report = Report()
    opened, found = _outcome(built({}) | {CHECKOUT: "onwer: me\n"}, report)
    assert (found.made, found.artifacts, report.broken) == (None, (), True)
    kept = member(opened, found)
    assert not kept.fresh
    assert all(path.startswith(ACME) for path in kept.files)
    assert kept.files


def test_a_kept_unit_is_strict_if_its_main_file_exists() -> None:
    for files, strict in ((built({}), False), (built(STRICT), True)):
        opened, _ = _outcome(files, Report())
        assert kept_outcome(opened, Unit("acme", "production")).strict is strict


def test_parsed_values_of_artifacts_are_not_kept() -> None:
    opened = open_judged(repository({}), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    found = compile_with_verdict(opened, ground, "acme")
    assert found.verdict is not None
    assert all(each.value is None for each in found.artifacts)
