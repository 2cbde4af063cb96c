"""The meaning of a change, between commits and up to the work tree."""

import json
from pathlib import Path

import varve
from tests.workbench import shell
from varve.model.diagnostic import MOST_ALIKE

SERVICE = "tenants/acme/services/checkout.yaml"
CHANGE = f"sed -i 's/for: 10m/for: 15m/' {SERVICE}"


def test_the_work_tree_is_compared_with_the_last_commit(two: Path) -> None:
    assert varve.open(two).diff().answer == "nothing changes\n"
    assert shell(CHANGE, two)[0] == 0
    found = varve.open(two).diff()
    (difference,) = found.differences
    assert [(each.tenant, each.environment) for each in difference.units] == [
        ("acme", "production"),
        ("acme", "staging"),
    ]
    assert [each.change.kind for each in difference.changes] == ["value", "alert", "artifact"]
    assert found.text() == found.answer
    assert found.answer.endswith("2 units of 1 tenant: 1 value, 1 alert, 2 artifacts\n")
    assert [each["kind"] for each in json.loads(found.json())] == ["value", "alert", "artifact"]


def test_two_commits_can_be_compared(repository: Path) -> None:
    assert shell(f"{CHANGE} && git commit -qam Patience", repository)[0] == 0
    opened = varve.open(repository)
    assert "QueueStuck in checkout: for 10m -> 15m" in opened.diff("HEAD~1", "HEAD").answer
    assert opened.diff("HEAD", "HEAD").differences == ()


def test_several_processes_find_the_same(repository: Path) -> None:
    copy = 'mkdir tenants/t$n && cp -r tenants/acme/* tenants/t$n && sed -i "s/ACME/T$n/" tenants/t$n/tenant.yaml'
    many = f"for n in 10 11 12 13 14 15 16 17 18 19 20 21 22; do {copy}; done"
    assert shell(f"{many} && git add -A && git commit -qm Many", repository)[0] == 0
    assert shell("sed -i 's/for: 10m/for: 15m/' tenants/*/services/checkout.yaml", repository)[0] == 0
    opened = varve.open(repository)
    alone, together = (opened.by(varve.Effort(jobs=jobs)).diff() for jobs in (1, 2))
    assert "production, staging: acme, t10, t11 and 11 more\n" in alone.answer
    assert alone.json() == together.json()


def test_a_broken_unit_is_reported_with_its_mistakes(two: Path) -> None:
    assert shell(f"sed -i 's/severity: warning/severity: waring/' {SERVICE}", two)[0] == 0
    found = varve.open(two).diff()
    assert found.broken
    assert "~ broken now" in found.answer
    assert "check/not-a-choice" in found.text()
    assert "check/not-a-choice" not in found.answer


def test_findings_are_those_of_the_environment_that_is_asked_about(two: Path) -> None:
    overlays = two / "tenants/acme/overlays"
    overlays.mkdir(exist_ok=True)
    for name in ("staging", "production"):
        (overlays / f"{name}.yaml").write_text(f"quotas: {{{name}: 1}}\n")
    found = varve.open(two).diff(environment="staging", tenant="acme")
    assert {each.diagnostic.place and each.diagnostic.place.file for each in found.findings.situated} == {
        "tenants/acme/overlays/staging.yaml"
    }
    assert len({each.diagnostic.place for each in varve.open(two).diff(tenant="acme").findings.situated}) > 1
    (overlays / "staging.yaml").unlink()
    assert varve.open(two).diff(environment="staging").findings.sound
    assert varve.open(two).diff(environment="production").broken
    (two / "environments/production.yaml").write_text("platform: {nothing: 1}\n")
    assert varve.open(two).diff(environment="staging").findings.sound
    (two / "tenants/acme/tenant.yaml").write_text("tenant: {}\n")
    assert varve.open(two).diff(environment="staging").broken


def test_many_findings_of_another_environment_hide_none_of_this_one(repository: Path) -> None:
    alerts = [f"A{number}: {{summary: '%{{labels.other}}'}}" for number in range(MOST_ALIKE + 1)]
    (repository / "tenants/acme/services/search.yaml").write_text(
        f"owner: '%{{labels.own}}'\nalerts: {{{', '.join(alerts)}}}\n"
    )
    (repository / "environments/staging.yaml").write_text("labels: {own: a}\n")
    (repository / "environments/production.yaml").write_text("labels: {other: a}\n")
    found = varve.open(repository).diff(environment="production").diagnostics
    messages = {each.message for each in found if each.rule.code == "resolve/unknown-reference"}
    assert messages == {"`%{labels.own}` refers to something that does not exist"}


def test_mistaken_replicas_are_findings_of_both_environments_and_of_no_other(two: Path) -> None:
    same = "external_labels: {cluster: eu}, replica: {label: replica, variable: HOSTNAME}"
    store = "remote_write: {mimir: {url: 'https://mimir.example/push'}}"
    for name in ("staging", "production"):
        (two / f"environments/{name}.yaml").write_text(f"platform: {{{same}, {store}}}\n")
    settings = two / "varve.yaml"
    settings.write_text(settings.read_text().replace("environments: [", "environments: [dev, "))
    (two / "environments/dev.yaml").write_text("platform: {external_labels: {cluster: dev}}\n")
    found = {name: varve.open(two).diff(environment=name).findings for name in ("dev", "staging", "production")}
    codes = {name: [each.rule.code for each in each_findings.diagnostics] for name, each_findings in found.items()}
    assert codes["staging"] == codes["production"] == ["check/mistaken-replicas"]
    assert "check/mistaken-replicas" not in codes["dev"]


def test_a_side_that_cannot_be_compiled_is_reported(repository: Path) -> None:
    (repository / "varve.yaml").write_text("[")
    found = varve.open(repository).diff()
    assert (found.broken, found.differences, found.answer) == (True, (), "")
    assert varve.open(repository).diff("nowhere").broken


def test_findings_in_files_of_the_platform_are_those_of_the_tenant_that_is_asked_about(two: Path) -> None:
    assert shell("cp -r tenants/acme tenants/globex && sed -i s/ACME/Globex/ tenants/globex/tenant.yaml", two)[0] == 0
    (two / "environments/tenants").mkdir(exist_ok=True)
    for name in ("acme", "globex"):
        (two / f"environments/tenants/{name}.yaml").write_text(f"quotas: {{{name}: 1}}\n")
    (two / "tenants/globex/overlays").mkdir(exist_ok=True)
    (two / "tenants/globex/overlays/staging.yaml").write_text("[")

    def files(tenant: str | None) -> set[str | None]:
        return {each.place and each.place.file for each in varve.open(two).diff(tenant=tenant).diagnostics}

    platform = {name: f"environments/tenants/{name}.yaml" for name in ("acme", "globex")}
    assert files("acme") == {platform["acme"]}
    assert files("globex") == {platform["globex"], "tenants/globex/overlays/staging.yaml"}
    assert files(None) == files("acme") | files("globex")
