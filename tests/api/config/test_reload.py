"""Which answers of one generation are reused in the next, and which are not."""

from pathlib import Path

from tests.api.config.test_generation import UNIT, begun
from varve.api.config import generation, reload
from varve.model.unit import Unit

MINE = "tenants/acme/services/checkout.yaml"
STAGING = Unit("acme", "staging")


def test_an_untouched_unit_keeps_its_answer(two: Path) -> None:
    old, new = begun(two), begun(two)
    known = generation.answer(old, UNIT)
    reload.transfer_answers(old, new, [UNIT], ["tenants/umbra/tenant.yaml", "tenants/umbra/services/checkout.yaml"])
    assert new.answers == {UNIT: known}
    assert new.answers[UNIT] is known
    assert not list(reload.differences(old, new))


def test_a_unit_that_its_tenant_or_the_platform_touches_is_resolved_again(two: Path) -> None:
    for changed in (
        MINE,
        "varve.yaml",
        "environments/secrets/smtp.sops.yaml",
        "templates/packs/http-service/pack.yaml",
    ):
        old, new = begun(two), begun(two)
        known = generation.answer(old, UNIT)
        reload.transfer_answers(old, new, [UNIT], [changed])
        assert new.answers[UNIT] is not known, changed
        assert new.answers[UNIT] == known


def test_a_broken_unit_is_always_resolved_again(repository: Path) -> None:
    text = (repository / MINE).read_text()
    (repository / MINE).write_text("owner: [\n")
    old = begun(repository)
    assert generation.answer(old, UNIT).broken
    (repository / MINE).write_text(text)
    new = begun(repository)
    reload.transfer_answers(old, new, [UNIT], [])
    assert new.answers[UNIT].sound
    assert [(each.unit, each.kind) for each in reload.differences(old, new)] == [(UNIT, "added")]


def test_a_unit_that_breaks_keeps_its_value_for_as_long_as_it_is_broken(repository: Path) -> None:
    old = begun(repository)
    value = generation.answer(old, UNIT).value
    (repository / MINE).write_text("owner: [\n")
    new = begun(repository)
    reload.transfer_answers(old, new, [UNIT, STAGING], [MINE])
    assert new.answers[UNIT].value is value
    assert new.answers[STAGING].value is None  # it was never read while it was sound
    assert reload.kept(new) == (UNIT,)
    assert {each.rule.code for each in reload.findings(new).diagnostics} == {"read/syntax"}
    newest = begun(repository)
    reload.transfer_answers(new, newest, [UNIT], [])
    assert reload.kept(newest) == (UNIT,)


def test_a_removed_unit_has_no_answer_any_more(two: Path) -> None:
    old, new, umbra = begun(two), begun(two), Unit("umbra", "moon")
    reload.transfer_answers(old, new, [umbra], ["varve.yaml"])
    assert not new.answers
