"""A data key is as old as the oldest value that it encrypted; an unknown age is a mistake."""

from datetime import UTC, date, datetime

import pytest

from tests.read.parsing import source
from tests.sealing import sealed
from varve.check.secrets.rotation import check
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.sealing import Sealing
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import sealed as read

PATH = "tenants/acme/secrets/slack.sops.yaml"
TODAY = date(2025, 6, 30)


def at(when: str, *, edge: bool = False) -> Sealing:
    return Sealing(datetime.fromisoformat(when).replace(tzinfo=UTC), frozenset({PATH}), edge)


def platform(rotation: str | None) -> Map:
    return {"secrets": {"root": "/run"} if rotation is None else {"root": "/run", "rotation": rotation}}


def findings(*sealings: Sealing, rotation: str | None = None, today: date = TODAY, path: str = PATH) -> list[str]:
    """The diagnostics for a file whose first marks were first committed at these times, and the others never."""
    report = Report()
    found = read(source(sealed("a", "webhook"), path), report)
    assert found is not None
    known = dict(zip(sorted(found.marks), sealings, strict=False))
    check(found, [Environment("production", platform(rotation), Stack(()))], known, today, report)
    return [f"{each.rule.code}: {each.message}" for each in report]


OLD = f"check/overdue-rotation: the data key of `{PATH}` dates from {{}} but may be at most {{}} days old"
SHALLOW = (
    "check/unknown-rotation: the clone does not reach back to when `tenants/acme/secrets/slack.sops.yaml` got its "
    "data key"
)
FUTURE = f"check/unknown-rotation: the commit that sealed `{PATH}` has a date in the future"
TABLE: dict[str, tuple[tuple[Sealing, ...], str | None, list[str]]] = {
    "not committed yet": ((), None, []),
    "of today": ((at("2025-06-30"),), None, []),
    "as old as it may be": ((at("2025-04-01"),), None, []),
    "one day older": ((at("2025-03-31"),), None, [OLD.format("2025-03-31", 90)]),
    "partly old": ((at("2025-06-30"), at("2025-01-01")), None, [OLD.format("2025-01-01", 90)]),
    "old, with a longer limit": ((at("2025-01-01"),), "1y", []),
    "young, with a shorter limit": ((at("2025-06-01"),), "1w", [OLD.format("2025-06-01", 7)]),
    "at the edge of a clone": ((at("2025-06-30", edge=True),), None, [SHALLOW]),
    "partly at the edge of a clone": ((at("2025-06-30"), at("2025-06-29", edge=True)), None, [SHALLOW]),
    "at the edge of a clone, and too old already": (
        (at("2025-01-01", edge=True),),
        None,
        [OLD.format("2025-01-01", 90)],
    ),
    "of a time in the future": (
        (at("2025-07-02"),),
        None,
        [FUTURE],
    ),
    "of tomorrow, in another zone": ((at("2025-07-01"),), None, []),
}


@pytest.mark.parametrize(("sealings", "rotation", "expected"), TABLE.values(), ids=TABLE)
def test_the_age_of_a_data_key(sealings: tuple[Sealing, ...], rotation: str | None, expected: list[str]) -> None:
    assert findings(*sealings, rotation=rotation) == expected


def test_a_file_from_the_future_has_an_unknown_age() -> None:
    (message,) = findings(today=date(2025, 1, 1))
    assert "was written at a time in the future" in message


def test_a_file_that_no_environment_reads_is_not_checked() -> None:
    assert findings(at("2020-01-01"), path="tenants/acme/secrets/gone/slack.sops.yaml") == []
