"""`varve explain` prints where a value was set, what it overrode, and who wrote it."""

import json
from contextlib import chdir
from pathlib import Path

import pytest

from tests.workbench import shell, varve
from varve.cli.main import run

WHO = "a8904a6dac 2025-01-31 Ada"


def cells(output: str) -> list[list[str]]:
    """The rows of a table, without the widths of its columns."""
    return [line.split("  ") for line in _squeezed(output).splitlines()]


def _squeezed(output: str) -> str:
    while "   " in output:
        output = output.replace("   ", "  ")
    return output


def test_a_scalar_has_its_history_strongest_first(repository: Path) -> None:
    (repository / "environments/staging.yaml").write_text("timezone: Europe/Paris\n")
    code, output = varve("explain acme staging timezone", repository)
    assert code == 0
    assert cells(output) == [
        ["timezone is Europe/Paris"],
        ["Europe/Paris", "sets", "environment", "environments/staging.yaml:1:11", "not committed yet"],
        ["UTC", "overridden", "defaults", "environments/defaults.yaml:2:11", WHO],
    ]


def test_a_list_has_the_history_of_the_whole(repository: Path) -> None:
    code, output = varve("explain acme production services.checkout.scrape.app.targets", repository)
    place = "tenants/acme/services/checkout.yaml:4:18"
    assert code == 0
    assert cells(output)[0] == ['services.checkout.scrape.app.targets is ["checkout.acme.example:9090"]']
    assert [line[1:] for line in cells(output)[1:]] == [["sets", "services", place, WHO]]


def test_a_map_says_where_each_value_in_it_comes_from(repository: Path) -> None:
    (repository / "tenants/acme/overlays").mkdir()
    overlay = "services: {checkout: {alerts: {QueueStuck: {for: 20m}}}}\n"
    (repository / "tenants/acme/overlays/production.yaml").write_text(overlay)
    code, output = varve("explain acme production services.checkout.alerts", repository)
    found = {line[0].rpartition(".")[2]: (line[1], line[2]) for line in cells(output)}
    assert code == 0
    assert found["for"] == ("20m", "overlay")
    assert found["expr"] == ("queue_depth > 100", "services")
    assert found.keys() == {"expr", "for", "severity", "summary"}


def test_without_a_path_the_whole_unit_is_explained(repository: Path) -> None:
    code, output = varve("explain acme production", repository)
    values = {line[0]: line[1] for line in cells(output)}
    assert code == 0
    assert values["timezone"] == "UTC"
    assert values["contact.slack"] == "#acme-alerts"
    assert "services.checkout.alerts.QueueStuck.expr" in values


def test_a_path_without_a_value_lists_the_layers(repository: Path) -> None:
    code, output = varve("explain acme production labels.team", repository)
    assert code == 0
    assert output.startswith("labels.team: none of these layers sets it\n")
    assert "tenants/acme/tenant.yaml" in output


def test_a_deleted_value_is_not_there_and_says_who_deleted_it(repository: Path) -> None:
    (repository / "tenants/acme/overlays").mkdir()
    overlay = "services: {checkout: {alerts: {QueueStuck: {$patch: delete}}}}\n"
    (repository / "tenants/acme/overlays/production.yaml").write_text(overlay)
    code, output = varve("explain acme production services.checkout.alerts.QueueStuck", repository)
    assert code == 0
    assert "tenants/acme/overlays/production.yaml:1:" in output
    assert "tenants/acme/services/checkout.yaml:6:" in output
    code, output = varve("explain acme production services.checkout.alerts.QueueStuck --format json", repository)
    assert (code, json.loads(output)["value"]) == (0, None)


def test_a_key_that_is_not_plain_is_written_in_brackets(repository: Path) -> None:
    service = 'records: {"queue:depth:max": {expr: max(queue_depth)}}\n'
    (repository / "tenants/acme/services/search.yaml").write_text(service)
    code, output = varve("""explain acme production 'services.search.records["queue:depth:max"].expr'""", repository)
    assert code == 0
    assert output.startswith('services.search.records["queue:depth:max"].expr is max(queue_depth)\n')


def test_json_holds_the_value_and_its_history(repository: Path) -> None:
    (repository / "environments/staging.yaml").write_text("timezone: Europe/Paris\n")
    code, output = varve("explain acme staging timezone --format json", repository)
    found = json.loads(output)
    assert code == 0
    assert (found["path"], found["value"]) == ("timezone", "Europe/Paris")
    here = {"path": "timezone", "owner": "platform"}
    nobody = {"commit": None, "author": None, "date": None}
    ada = {"commit": _first(repository), "author": "Ada", "date": "2025-01-31T09:00:00+00:00"}
    staging = {"file": "environments/staging.yaml", "line": 1, "column": 11}
    defaults = {"file": "environments/defaults.yaml", "line": 2, "column": 11}
    assert found["history"] == [
        here | staging | nobody | {"layer": "environment", "priority": 30, "verdict": "sets", "value": "Europe/Paris"},
        here | defaults | ada | {"layer": "defaults", "priority": 0, "verdict": "overridden", "value": "UTC"},
    ]


def _first(repository: Path) -> str:
    return shell("git rev-parse HEAD~1", repository)[1].strip()


def test_json_of_a_path_without_a_value_is_null(repository: Path) -> None:
    code, output = varve("explain acme staging labels.team --format json", repository)
    assert (code, json.loads(output)) == (0, {"path": "labels.team", "value": None, "history": []})


def test_a_commit_is_explained_as_it_was(repository: Path) -> None:
    (repository / "environments/defaults.yaml").write_text("timezone: Europe/Rome\n")
    assert shell("git commit -qam Rome", repository)[0] == 0
    assert varve("explain acme staging timezone", repository)[1].startswith("timezone is Europe/Rome\n")
    code, output = varve("explain acme staging timezone --rev HEAD~1", repository)
    assert code == 0
    assert cells(output)[0] == ["timezone is UTC"]
    assert cells(output)[1][-1] == WHO


def test_a_shallow_clone_explains_values_without_authors(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = 'git clone -q --bare . .git/origin.git && git fetch -q --depth 1 "file://$PWD/.git/origin.git" main'
    assert shell(line, repository)[0] == 0
    code, output = varve("explain acme production timezone", repository)
    assert code == 0
    assert cells(output)[:2] == [
        ["timezone is UTC"],
        ["UTC", "sets", "defaults", "environments/defaults.yaml:2:11", "unknown"],
    ]
    assert "warning[world/shallow-clone]" in output
    with chdir(repository):
        assert run(["explain", "acme", "production", "timezone", "--format", "json"]) == 0
    out, aside = capsys.readouterr()
    assert json.loads(out)["history"][0]["author"] is None
    assert aside.startswith("warning[world/shallow-clone]")


def test_a_value_that_is_not_committed_yet_says_so(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("owner: search\n")
    output = varve("explain acme production services.search.owner", repository)[1]
    assert cells(output)[1][-1] == "not committed yet"


def test_a_broken_tenant_says_what_is_wrong(repository: Path) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    code, output = varve("explain acme production timezone", repository)
    assert (code, output.split(":")[0]) == (1, "error[read/syntax]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    {
        "a tenant that is none": ("umbra production timezone", "error[read/no-such-tenant]"),
        "an environment that is none": ("acme moon timezone", "error[read/no-such-environment]"),
        "a text that is no path": ("acme production services..checkout", "`services..checkout` is not a path"),
        "a key that is none": ("acme production services.checkout.ownr", "did you mean `services.checkout.owner`?"),
        "no environment": ("acme", "Missing argument 'ENVIRONMENT'"),
        "a revision that is none": ("acme production timezone --rev nowhere", "error[world/unknown-revision]"),
    }.values(),
)
def test_what_cannot_be_explained_is_a_mistake(arguments: str, message: str, repository: Path) -> None:
    code, text = varve(f"explain {arguments}", repository)
    assert code == 1
    assert message in text
