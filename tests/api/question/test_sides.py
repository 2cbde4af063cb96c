"""Both sides of a change are compiled, and their artifacts are spooled."""

from pathlib import Path

import pytest

import varve
from tests.workbench import shell
from varve.api.effort import Effort
from varve.api.question.sides import Views, compare
from varve.inquire.affected import Side
from varve.world.disk.spool import SpooledContent
from varve.world.snapshot.views import WorkTree

RULES = "build/production/tenants/acme/rules/checkout.yaml"


def _sides(before: Side, after: Side) -> tuple[tuple[Side, bytes], ...]:
    return tuple((each, bytes(each.build.artifacts[RULES].content)) for each in (before, after))


def _ask(repository: Path) -> tuple[tuple[Side, bytes], ...]:
    effort = Effort(cached=False)
    return compare(varve.open(repository).repository, Views("HEAD", WorkTree()), effort, _sides)[1]


def test_both_sides_are_compared(repository: Path) -> None:
    assert shell("sed -i 's/for: 10m/for: 15m/' tenants/acme/services/checkout.yaml", repository)[0] == 0
    (_, before), (_, after) = _ask(repository)
    assert before.replace(b"for: 10m", b"for: 15m") == after != before


def test_artifacts_are_spooled_if_a_build_has_left_a_folder(repository: Path) -> None:
    laid = {type(each.build.artifacts[RULES].content) for each, _ in _ask(repository)}
    assert laid == {SpooledContent}
    assert shell("rm -rf .varve", repository)[0] == 0
    assert {type(each.build.artifacts[RULES].content) for each, _ in _ask(repository)} == {bytes}
    assert not (repository / ".varve").exists()


def test_verdicts_are_not_kept_in_memory(repository: Path) -> None:
    assert {(each.build.learnt, each.build.recalled) for each, _ in _ask(repository)} == {((), ())}


@pytest.mark.parametrize("settings", ["[", None])
def test_nothing_is_compared_if_a_side_is_unknown(repository: Path, settings: str | None) -> None:
    if settings:
        (repository / "varve.yaml").write_text(settings)
    views = Views("HEAD" if settings else "nowhere", WorkTree())
    findings, answer = compare(varve.open(repository).repository, views, Effort(cached=False), _sides)
    assert (findings.broken, answer) == (True, ())
