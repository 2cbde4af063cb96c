"""The arguments of `varve route`; tests/api covers the rest."""

import json
from pathlib import Path

import pytest

from tests.api.question.test_route import notifying
from tests.workbench import varve

WRONG = {
    "neither labels nor an option": ("", "give one of three: the labels of an alert, --all, or --tree"),
    "labels and an option": ("a=b --tree", "give one of three: the labels of an alert, --all, or --tree"),
    "no label": ("severity", "`severity` is not a label; write it like `severity=critical`"),
    "a label without a name": ("=critical", "`=critical` is not a label"),
    "no label that fires": ("a=b --firing c", "`c` is not a label"),
    "a label that is given twice": ("a=b a=c", "an alert has a label once, but `a` is given twice"),
    "a label of what fires that is given twice": ("a=b --firing c=d,c=e", "`c` is given twice"),
    "another tenant": ("tenant=bolt", "an alert of `acme` cannot have another tenant"),
    "another tenant that fires": ("a=b --firing c=d,tenant=bolt", "an alert of `acme` cannot have another tenant"),
    "no time": ("a=b --at noon", "`noon` is not a time; write it like `2026-11-21T03:00`"),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_invalid_arguments_are_a_mistake(repository: Path, words: str, message: str) -> None:
    code, output = varve(f"route acme production {words}", repository)
    assert code == 1
    assert message in output


def test_labels_may_contain_equal_signs_and_the_tenant(repository: Path) -> None:
    words = "route acme production tenant=acme a=b=c d= --at 2026-11-21T03:00 --format json"
    code, output = varve(words, notifying(repository, "acme"))
    assert code == 0
    assert json.loads(output)[0]["labels"] == {"a": "b=c", "tenant": "acme"}


def test_the_time_is_now_by_default(repository: Path) -> None:
    code, output = varve("route acme production severity=critical --format json", notifying(repository, "acme"))
    assert code == 0
    assert isinstance(json.loads(output)[0]["deliveries"][0]["told"], bool)


def test_every_alert_is_a_row(repository: Path) -> None:
    code, output = varve("route acme production --all", notifying(repository, "acme"))
    assert code == 0
    assert output.split() == ["QueueStuck", "warning", "checkout", "acme/team", "notified", "notify.routes.warning"]


def test_a_firing_alert_inhibits_others(repository: Path) -> None:
    words = "severity=warning,service=s --firing severity=critical,service=s".replace(",", " ", 1)
    code, output = varve(f"route acme production {words}", notifying(repository, "acme"))
    assert code == 0
    assert 'inhibited by service="s", severity="critical", tenant="acme"' in output


def test_an_unknown_unit_is_reported(repository: Path) -> None:
    code, output = varve("route acmee production severity=critical", repository)
    assert code == 1
    assert "did you mean `acme`?" in output
