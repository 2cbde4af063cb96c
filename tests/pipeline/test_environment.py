"""An environment is what the platform's layers say; where that is broken nothing is built on it."""

from tests.emit.repository import repository
from varve.model.diagnostic import Report
from varve.pipeline.environment import frame, judged_environment
from varve.pipeline.opening import Order, open_judged

PRODUCTION = "environments/production.yaml"


def _settled(files: dict[str, str | None], report: Report) -> object:
    opened = open_judged(repository(files), Order(), report)
    assert opened is not None
    return judged_environment(opened, "production", report).ground


def test_a_sound_one_knows_the_questions_on_which_it_rests() -> None:
    report = Report()
    opened = open_judged(repository({}), Order(), report)
    assert opened is not None
    ground = judged_environment(opened, "production", report).ground
    assert ground is not None
    assert (ground.name, list(report)) == ("production", [])
    assert {"environments/defaults.", "environments/production."} <= set(ground.asked)
    assert not any(question.startswith("tenants/") for question in ground.asked)


def test_nothing_is_built_on_a_broken_one() -> None:
    report = Report()
    assert _settled({PRODUCTION: "platform: {nothing: here}\n"}, report) is None
    assert report.broken


def test_one_without_an_alertmanager_has_no_frame_for_tenants() -> None:
    opened = open_judged(repository({}), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    assert frame(ground.environment) == {}
