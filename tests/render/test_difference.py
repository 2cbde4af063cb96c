"""A change is rendered like a patch, and no text of a source can be mistaken for anything else."""

import json

import pytest

from varve.model.difference import PRESENT, Change, ChangedItem, Difference, Kind, Lines, SharedChange
from varve.model.unit import Unit
from varve.render import difference as render

ACME = Unit("acme", "production")


def shared(
    kind: Kind, *sides: str | None, part: str = "", items: tuple[tuple[str, str], ...] = (("a", "b"),)
) -> SharedChange:
    return SharedChange(Change(kind, "", part, *sides), tuple(ChangedItem(*each) for each in items))


def lines(*changes: SharedChange, units: tuple[Unit, ...] = (ACME,)) -> list[str]:
    return render.text((Difference(units, changes),)).splitlines()


def test_without_differences_nothing_changes() -> None:
    assert render.text(()) == "nothing changes\n"
    assert json.loads(render.json(())) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (shared("value", "5m", "10m"), "~ a: 5m -> 10m (b)"),
        (shared("value", None, "10m"), "+ a: 10m (b)"),
        (shared("value", "5m", None), "- a: 5m (b)"),
        (shared("value", None, PRESENT), "+ a: there (b)"),
        (shared("secret", None, PRESENT, items=(("a", ""),)), "+ a"),
        (shared("secret", PRESENT, PRESENT, items=(("a", ""),)), "~ a: sealed again"),
        (shared("value", "up == 0", "x"), "~ a: `up == 0` -> `x` (b)"),
        (shared("value", "5", '"5"'), '~ a: 5 -> "5" (b)'),
        (shared("value", '"cards', "x"), '~ a: `"cards` -> `x` (b)'),
        (shared("value", "of", "<tenant>"), "~ a: of -> <tenant> (b)"),
        (shared("alert", None, "up == 0 for 5m"), "+ a in b: up == 0 for 5m"),
        (shared("alert", PRESENT, None), "- a in b"),
        (shared("alert", "> 1", "> 2", part="expr"), "~ a in b: expr `> 1` -> `> 2`"),
        (shared("alert", None, "x", part="labels.c"), "~ a in b: labels.c none -> x"),
        (shared("alert", PRESENT, PRESENT, part="annotations.c"), "~ a in b: annotations.c is another text"),
        (shared("recording", "1", "2", part="expr"), "~ a in b: expr 1 -> 2"),
        (shared("route", "team", "oncall, team"), "~ a in b: team -> oncall, team"),
        (shared("route", None, "team"), "+ a in b: team"),
        (shared("route", PRESENT, PRESENT, part="team"), "~ a in b: team is reached differently"),
        (shared("value", "c", "a", part="name"), "~ a: name c -> a (b)"),
        (shared("alert", "c", "a", part="name"), "~ a in b: name c -> a"),
        (shared("secret", "c", "a", part="name", items=(("a", ""),)), "~ a: name c -> a"),
    ],
)
def test_a_line_begins_with_the_sign_of_the_change(change: SharedChange, line: str) -> None:
    assert lines(change)[2] == line


@pytest.mark.parametrize(
    ("sides", "line"),
    [
        ((None, "sound"), "+ new"),
        (("sound", None), "- gone"),
        ((None, "broken"), "~ new but broken: nothing of it is built"),
        (("broken", None), "- gone, and was broken"),
        (("broken", "sound"), "~ no longer broken"),
        (("sound", "broken"), "~ broken now: its artifacts stay as they are"),
        (("broken", "broken"), "~ broken, as before: its artifacts stay as they are"),
    ],
)
def test_a_unit_is_new_gone_or_broken(sides: tuple[str | None, str | None], line: str) -> None:
    assert lines(shared("unit", *sides, items=())) == ["production: acme", line, "", "1 unit of 1 tenant"]


def test_artifacts_show_changed_lines_and_files() -> None:
    one, several, many, top = (
        SharedChange(Change("artifact", ""), tuple(ChangedItem(folder, name, (), each) for name, each in those.items()))
        for folder, those in (
            ("rules/", {"a.yaml": Lines(1, 2, 3)}),
            ("rules/", {"a.yaml": Lines(3, 2, 3)}),
            ("rules/", {"a.yaml": Lines(2, 2, 0), "b.yaml": Lines(1, 0, 3)}),
            ("", {"a.yaml": Lines(1, 0, 0), "b.yaml": Lines(1, 0, 0)}),
        )
    )
    again = SharedChange(
        Change("artifact", "", "name", "b.yaml", "a.yaml"), (ChangedItem("rules/", "a.yaml", (), Lines(1, 2, 3)),)
    )
    assert lines(again)[2] == "~ rules/b.yaml -> a.yaml +2 -3"
    assert lines(one, several, many, top)[1:6] == [
        "  artifacts",
        "~ rules/a.yaml +2 -3",
        "~ rules/a.yaml +2 -3 in 3 files",
        "~ rules/ +2 -3 in 3 files: a.yaml and b.yaml",
        "~ lines in another order in 2 files: a.yaml and b.yaml",
    ]


def test_a_heading_names_the_environments_and_a_few_tenants() -> None:
    several = tuple(Unit(tenant, name) for name in ("production", "staging") for tenant in ("a", "b", "c", "d", "e"))
    assert lines(shared("value", "1", "2"), units=several)[0] == "production, staging: a, b, c and 2 more"
    odd = (Unit("", "dev"), ACME, Unit("acme", "staging"), Unit("bank", "staging"))
    assert (
        lines(shared("value", "1", "2"), units=odd)[0]
        == "dev: what all share; production, staging: acme; staging: bank"
    )


def test_totals_count_each_change_and_each_file_once() -> None:
    slow, late = (("Slow", "a"), ("Late", "a"))
    found = (
        shared("value", "1", "2"),
        shared("alert", "1", "2", part="for", items=(slow, late)),
        shared("alert", "1", "2", part="expr", items=(slow,)),
        SharedChange(Change("artifact", ""), (ChangedItem("rules/", "a.yaml", (), Lines(1234, 2, 3)),)),
    )
    assert lines(*found)[-1] == "1 unit of 1 tenant: 1 value, 2 alerts, 1,234 artifacts"


def test_changes_to_shared_artifacts_count_no_tenants() -> None:
    assert lines(shared("value", "1", "2"), units=(Unit("", "dev"),))[-1] == "what all share: 1 value"


def test_no_source_can_end_a_code_fence_or_command_a_ci_host() -> None:
    evil = "```\n::error::x\n##[error]y\x1b[31m"
    found = (shared(kind, evil, None, items=((evil, evil),)) for kind in ("value", "alert", "route"))
    for line in lines(*found, units=(Unit("acme", "production"),)):
        assert not line.lstrip().startswith(("```", "::"))
        assert "##[" not in line
        assert line.isprintable()


def test_json_has_every_change_with_its_units() -> None:
    platform = Unit("", "dev")
    value = SharedChange(
        Change("value", "", "", "1", "2"), (ChangedItem("a", "b", (platform, ACME)), ChangedItem("c", "b", (ACME,)))
    )
    artifact = SharedChange(Change("artifact", ""), (ChangedItem("", "a.yaml", (ACME,), Lines(1, 2, 3)),))
    first, second, third = json.loads(render.json((Difference((platform, ACME), (value, artifact)),)))
    assert first == {
        "kind": "value",
        "subject": "a",
        "where": "b",
        "part": None,
        "before": "1",
        "after": "2",
        "lines": None,
        "units": [{"tenant": None, "environment": "dev"}, {"tenant": "acme", "environment": "production"}],
    }
    assert (second["subject"], second["units"]) == ("c", first["units"][1:])
    assert (third["subject"], third["lines"]) == (None, {"files": 1, "added": 2, "removed": 3})
