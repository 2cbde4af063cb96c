"""A secret that was sealed as a number, a time or the like is reported, because it may not be what was typed."""

import pytest

from tests.read.parsing import source
from tests.sealing import box, sealed
from varve.check.secrets.typed import check
from varve.model.diagnostic import Report
from varve.read.sealed.file import sealed as read

PATH = "tenants/acme/secrets/metrics.sops.yaml"


def findings(text: str) -> list[tuple[str, tuple[str | int, ...]]]:
    report = Report()
    found = read(source(text + sealed("a", "webhook"), PATH), report)
    assert found is not None
    check(found, report)
    return [(each.message, each.place.keys) for each in report if each.place]


def test_a_text_is_not_reported() -> None:
    assert findings(f"token: {box('t')}\n") == []


@pytest.mark.parametrize(
    ("type_", "shown"),
    [("int", "a number"), ("float", "a number"), ("bool", "a truth value"), ("time", "a time"), ("bytes", "bytes")],
)
def test_anything_else_is_reported_at_its_key(type_: str, shown: str) -> None:
    found = findings(f"db:\n  pins:\n  - {box('t', kind=type_)}\n")
    assert found == [(f"`db.pins.0` of `{PATH}` was sealed as {shown}, not as a text", ("db", "pins", 0))]
