"""An environment is resolved from the platform's layers; if it is broken, nothing is built on it."""

from tests.emit.repository import repository
from varve.model.diagnostic import Report
from varve.pipeline.environment import frame, judged_environment
from varve.pipeline.opening import Order, open_judged

PRODUCTION = "environments/production.yaml"


def _ground(files: dict[str, str | None], report: Report) -> object:
    opened = open_judged(repository(files), Order(), report)
    assert opened is not None
    return judged_environment(opened, "production", report).ground


def test_a_sound_environment_has_the_questions_it_depends_on() -> None:
    report = Report()
    opened = open_judged(repository({}), Order(), report)
    assert opened is not None
    ground = judged_environment(opened, "production", report).ground
    assert ground is not None
    assert (ground.name, list(report)) == ("production", [])
    assert {"environments/defaults.", "environments/production."} <= set(ground.questions)
    assert not any(question.startswith("tenants/") for question in ground.questions)


def test_a_broken_environment_has_no_ground() -> None:
    report = Report()
    assert _ground({PRODUCTION: "platform: {nothing: here}\n"}, report) is None
    assert report.broken


def test_an_environment_without_an_alertmanager_has_no_frame() -> None:
    opened = open_judged(repository({}), Order(), Report())
    assert opened is not None
    ground = judged_environment(opened, "production", Report()).ground
    assert ground is not None
    assert frame(ground.environment) == {}
