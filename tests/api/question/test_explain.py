"""The history of a value, as data; the tests of the command cover how it is printed."""

import json
from pathlib import Path

import varve
from tests.workbench import varve as command
from varve.language.name import dotted


def test_lines_are_data(repository: Path) -> None:
    explained = varve.open(repository).unit("acme", "production").explain("locale")
    (line,) = explained.lines
    assert (explained.sound, explained.value) == (True, "en_GB")
    assert (line.contribution.layer.name, line.contribution.verdict, line.span.line) == ("defaults", "sets", 1)
    assert line.commit is not None
    assert line.commit.author == "Ada"


def test_the_text_is_what_the_command_prints(repository: Path) -> None:
    unit = varve.open(repository).unit("acme", "production")
    for path in ("locale", "services", "", "labels.team", "platform.secrets.root"):
        assert unit.explain(path).text() == command(f"explain acme production {path}", repository)[1], path
    assert json.loads(unit.explain("locale").json())["value"] == "en_GB"


def test_a_map_that_is_replaced_as_a_whole_overrides_any_other(repository: Path) -> None:
    (repository / "environments/production.yaml").write_text("contact: {slack: '#all'}\n")
    (repository / "tenants/acme/tenant.yaml").write_text(
        "tenant: {name: A, tier: gold, region: eu, isolation: logical, owners: [a@b.example]}\n"
        "contact: {email: a@b.example}\n"
    )
    unit = varve.open(repository).unit("acme", "production")
    for path, verdicts in (("contact.email", ["sets", "overridden"]), ("contact.slack", ["replaces", "overridden"])):
        lines = unit.explain(path).lines
        assert [(line.contribution.layer.name, line.contribution.verdict) for line in lines] == [
            ("tenant", verdicts[0]),
            ("environment", verdicts[1]),
        ]
    assert unit.explain("contact.email").value == "a@b.example"
    unset = unit.explain("contact.user")
    assert (unset.lines, unset.history.splitlines()[0]) == ((), "contact.user: none of these layers sets it")


def test_a_broken_unit_explains_nothing(repository: Path) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    explained = varve.open(repository).unit("acme", "production").explain("locale")
    assert (explained.value, explained.lines, explained.history, explained.json()) == (None, (), "", "")
    assert explained.text().startswith("error[read/syntax]")


def test_a_value_removed_from_a_map_has_a_line(repository: Path) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text(
        "tenant: {name: A, tier: gold, region: eu, isolation: logical, owners: [a@b.example]}\n"
        "labels: {team: a, gone: b, kept: c}\ncontact: {email: a@b.example}\n"
        "services: {shop: {owner: a, alerts: {Slow: {expr: up, severity: info, summary: s}}}}\n"
    )
    (repository / "tenants/acme/services").mkdir(exist_ok=True)
    overlay = repository / "tenants/acme/overlays/production.yaml"
    overlay.parent.mkdir(exist_ok=True)
    overlay.write_text(
        "labels: {$remove: [gone], team: b}\ncontact: {slack: '#a'}\n"
        "services: {shop: {alerts: {Slow: {$patch: delete}}}}\n"
    )
    unit = varve.open(repository).unit("acme", "production")
    gone = [("labels.gone", "removes"), ("services.shop.alerts.Slow", "deletes")]
    for path in ("", "labels", "services"):
        lines = [(dotted(each.keys), each.contribution.verdict) for each in unit.explain(path).lines]
        assert [each for each in lines if each[1] != "sets" and each[1] != "adds"] == [
            each for each in gone if each[0].startswith(path)
        ]
