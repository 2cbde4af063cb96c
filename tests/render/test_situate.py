"""Places become lines and columns, in an order that depends on nothing else."""

from itertools import permutations

import pytest

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Span
from varve.model.situated import Spot
from varve.model.snapshot import Entry, Snapshot
from varve.render.situate import situate

RULE = Rule("check/rule", "A rule", "Its explanation.")
OTHER = Rule("check/a-rule", "Another", "Its explanation.")
FILES = {
    "tenants/acme/tenant.yaml": b"timezone: Europe/Paris\r\ncontact:\r\n  slack: '#acme'\r\n",
    "broken.yaml": b"a: \xff\n",
}
SNAPSHOT = Snapshot(
    {path: Entry(path, "100644") for path in FILES}
    | {"link.yaml": Entry("link", "120000"), "vendor": Entry("elsewhere", "160000")},
    {**FILES, "link": b"../secret"},
)


def spot(place: Place) -> Spot | None:
    return situate([Diagnostic(RULE, "wrong", place)], SNAPSHOT)[0].spot


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param(
            Place("tenants/acme/tenant.yaml", ("contact", "slack")),
            Spot("tenants/acme/tenant.yaml", Span(3, 10, 17), "  slack: '#acme'"),
            id="keys are looked up in the file, and the line shown without its end",
        ),
        pytest.param(
            Place("tenants/acme/tenant.yaml", ("contact", "slack"), "key"),
            Spot("tenants/acme/tenant.yaml", Span(3, 3, 8), "  slack: '#acme'"),
            id="a place may be on a key",
        ),
        pytest.param(
            Place("broken.yaml", span=Span(1, 4, 5)),
            Spot("broken.yaml", Span(1, 4, 5), "a: \udcff"),
            id="a span that a parser knows is taken as it is, also where the text is none",
        ),
        pytest.param(
            Place("broken.yaml", span=Span(9, 1, 2)),
            Spot("broken.yaml", Span(9, 1, 2), ""),
            id="a span beyond the end shows an empty line",
        ),
        pytest.param(
            Place("tenants/acme/tenant.yaml"),
            Spot("tenants/acme/tenant.yaml", Span(1, 1, 1)),
            id="a file as a whole begins at its first character, and nothing is underlined",
        ),
        pytest.param(
            Place("tenants/umbra/tenant.yaml", ("name",)),
            Spot("tenants/umbra/tenant.yaml"),
            id="a file that is not there has no line",
        ),
        pytest.param(Place("link.yaml", ("a",)), Spot("link.yaml"), id="a link is not followed"),
        pytest.param(Place("vendor"), Spot("vendor"), id="a submodule has no text"),
    ],
)
def test_a_place_is_looked_up(place: Place, found: Spot) -> None:
    assert spot(place) == found


def test_notes_keep_their_order_and_may_lack_a_place() -> None:
    notes = (Note("first"), Note("then", Place("broken.yaml", span=Span(1, 1, 2))))
    (situated,) = situate([Diagnostic(RULE, "wrong", None, notes)], SNAPSHOT)
    assert situated.spot is None
    assert situated.notes == (None, Spot("broken.yaml", Span(1, 1, 2), "a: \udcff"))


def test_the_order_is_by_file_line_column_code_and_message() -> None:
    expected = [
        Diagnostic(RULE, "nowhere"),
        Diagnostic(RULE, "wrong", Place("broken.yaml", span=Span(1, 1, 2))),
        Diagnostic(OTHER, "wrong", Place("broken.yaml", span=Span(1, 4, 5))),
        Diagnostic(RULE, "bad", Place("broken.yaml", span=Span(1, 4, 5))),
        Diagnostic(RULE, "wrong", Place("tenants/acme/tenant.yaml", span=Span(2, 1, 2))),
    ]
    for diagnostics in permutations(expected):
        assert [each.diagnostic for each in situate(diagnostics, SNAPSHOT)] == expected


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password: hunter2", False),
        ("basic_auth: {username: x, password: hunter2}", False),
        ("password = 'hunter2'", False),
        ('"password": "hunter2",', False),
        ("<password type='str'>hunter2</password>", False),
        ("credentials: Bearer hunter2", False),
        ("password: {secret: metrics/password}", True),
        ("basic_auth: {username: x, password: {secret: metrics/password}}", True),
        ("password:", True),
        ("passwords: 1", False),
        ("compass: 1", False),
        ("user: 1", True),
    ],
)
def test_a_line_that_may_contain_a_secret_is_not_shown(line: str, shown: bool) -> None:  # noqa: FBT001 - a table
    snapshot = Snapshot({"a.yaml": Entry("a", "100644")}, {"a": line.encode()})
    [found] = situate([Diagnostic(RULE, "wrong", Place("a.yaml", span=Span(1, 2, 3)))], snapshot)
    assert found.spot is not None
    assert (found.spot.line == line) is shown
