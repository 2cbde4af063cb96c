"""What lives on from one generation to the next, and what does not."""

from pathlib import Path

from tests.api.config.test_generation import UNIT, begun
from varve.api.config import generation, reload
from varve.model.unit import Unit

MINE = "tenants/acme/services/checkout.yaml"
STAGING = Unit("acme", "staging")


def test_what_nothing_touches_is_the_same_answer(two: Path) -> None:
    old, new = begun(two), begun(two)
    known = generation.answer(old, UNIT)
    reload.succeed(old, new, [UNIT], ["tenants/umbra/tenant.yaml", "tenants/umbra/services/checkout.yaml"])
    assert new.answers == {UNIT: known}
    assert new.answers[UNIT] is known
    assert not list(reload.differences(old, new))


def test_what_its_tenant_or_the_platform_touches_is_found_out_anew(two: Path) -> None:
    for changed in (
        MINE,
        "varve.yaml",
        "environments/secrets/smtp.sops.yaml",
        "templates/packs/http-service/pack.yaml",
    ):
        old, new = begun(two), begun(two)
        known = generation.answer(old, UNIT)
        reload.succeed(old, new, [UNIT], [changed])
        assert new.answers[UNIT] is not known, changed
        assert new.answers[UNIT] == known


def test_what_is_broken_is_asked_again_whatever_was_touched(repository: Path) -> None:
    text = (repository / MINE).read_text()
    (repository / MINE).write_text("owner: [\n")
    old = begun(repository)
    assert generation.answer(old, UNIT).broken
    (repository / MINE).write_text(text)
    new = begun(repository)
    reload.succeed(old, new, [UNIT], [])
    assert new.answers[UNIT].sound
    assert [(each.unit, each.kind) for each in reload.differences(old, new)] == [(UNIT, "added")]


def test_a_unit_that_breaks_keeps_its_value_for_as_long_as_it_is_broken(repository: Path) -> None:
    old = begun(repository)
    value = generation.answer(old, UNIT).value
    (repository / MINE).write_text("owner: [\n")
    new = begun(repository)
    reload.succeed(old, new, [UNIT, STAGING], [MINE])
    assert new.answers[UNIT].value is value
    assert new.answers[STAGING].value is None  # it was never asked for while it was sound
    assert reload.kept(new) == (UNIT,)
    assert {each.rule.code for each in reload.findings(new).diagnostics} == {"read/syntax"}
    newest = begun(repository)
    reload.succeed(new, newest, [UNIT], [])
    assert reload.kept(newest) == (UNIT,)


def test_a_unit_that_is_no_more_is_not_handed_on(two: Path) -> None:
    old, new, umbra = begun(two), begun(two), Unit("umbra", "moon")
    reload.succeed(old, new, [umbra], ["varve.yaml"])
    assert not new.answers
