"""`varve build` makes `build/` match the sources, and keeps what it cannot build."""

import shutil
from pathlib import Path

import pytest

from tests.workbench import files, shell, varve

BROKEN = "owner: [\n"
SEARCH = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
SCRAPE = "build/{}/tenants/acme/scrape/search.yaml"


def test_a_second_build_changes_nothing(repository: Path) -> None:
    before = files(repository / "build")
    proven = "; proven: 6 rules, 0 routes, 0 alerts"
    summary = f"build/ matches the sources of 2 units: {len(before)} unchanged{proven}\n"
    assert varve("build", repository) == (0, summary)
    assert files(repository / "build") == before


def test_it_can_be_run_from_any_folder_below_the_root(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    code, output = varve("build", repository / "tenants/acme/services")
    assert code == 0, output
    assert (repository / SCRAPE.format("production")).is_file()
    assert varve("check", repository)[0] == 0


def test_one_environment_is_built_and_the_other_stays(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(repository / "build/staging")
    code, output = varve("build -e production", repository)
    assert (code, output.split(":")[0]) == (0, "built 1 unit")
    assert (repository / SCRAPE.format("production")).is_file()
    assert files(repository / "build/staging") == before
    assert varve("check", repository)[0] == 1


def test_one_tenant_is_built_and_its_environments_are_linked_over_the_others(two: Path) -> None:
    for tenant in ("acme", "umbra"):
        (two / f"tenants/{tenant}/services/search.yaml").write_text(SEARCH)
    code, output = varve("build --tenant acme", two)
    assert (code, output.split(":")[0]) == (0, "built 2 units")
    assert (two / SCRAPE.format("production")).is_file()
    assert not (two / "build/production/tenants/umbra/scrape/search.yaml").exists()
    assert (two / "build/production/tenants/umbra/prometheus.yaml").is_file()
    code, output = varve("build -t umbra -e staging", two)
    assert (code, output.split(":")[0]) == (0, "built 1 unit")
    assert varve("build", two)[0] == 0


@pytest.mark.parametrize(
    ("options", "hint"),
    {
        "a misspelt environment": ("-e prodution", "did you mean `production`?"),
        "an environment that is none": ("-e moon", "known: `staging`, `production`"),
        "a misspelt tenant": ("-t amce", "did you mean `acme`?"),
        "a tenant that is none, in an environment that is": ("-t nobody -e staging", "known: `acme`"),
    }.values(),
)
def test_an_unknown_selection_builds_nothing(options: str, hint: str, repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(repository / "build")
    code, output = varve(f"build {options}", repository)
    assert code == 1
    assert f"= help: {hint}\n" in output
    assert output.endswith("nothing was built; build/ stays as it is\n")
    assert files(repository / "build") == before


def test_a_broken_tenant_stops_nobody_else(two: Path) -> None:
    (two / "tenants/umbra/services/checkout.yaml").write_text(BROKEN)
    (two / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(two / "build/production/tenants/umbra")
    code, output = varve("build", two)
    assert code == 1
    assert "error[read/syntax]" in output
    assert "built 2 units: " in output
    assert (two / SCRAPE.format("production")).is_file()
    assert files(two / "build/production/tenants/umbra") == before


def test_a_broken_tenant_stays_linked(two: Path) -> None:
    main = two / "build/production/shared/prometheus.yaml"
    linked = main.read_text()
    assert "tenants/acme/" in linked
    (two / "tenants/acme/services/checkout.yaml").write_text(BROKEN)
    (two / "environments/production.yaml").write_text("platform: {external_labels: {environment: prod}}\n")
    code, _ = varve("build", two)
    assert code == 1
    assert main.read_text() == linked.replace("environment: production", "environment: prod")


def test_an_unreadable_tenant_keeps_its_artifacts(repository: Path) -> None:
    before = files(repository / "build")
    (repository / "tenants/acme/.gitattributes").write_text("* filter=vault\n")
    code, output = varve("build", repository)
    assert code == 1
    assert "error[world/altered-file]" in output
    assert files(repository / "build") == before


def test_the_artifacts_of_a_removed_tenant_are_removed(two: Path) -> None:
    shutil.rmtree(two / "tenants/umbra")
    code, output = varve("build", two)
    assert code == 0, output
    assert not list((two / "build").rglob("umbra*"))
    assert "umbra" not in (two / "build/production/shared/prometheus.yaml").read_text()
    assert varve("check", two)[0] == 0


def test_a_broken_environment_keeps_its_artifacts_and_the_others_are_built(repository: Path) -> None:
    (repository / "environments/production.yaml").write_text("platform: [\n")
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(repository / "build/production")
    code, _ = varve("build", repository)
    assert code == 1
    assert files(repository / "build/production") == before
    assert (repository / SCRAPE.format("staging")).is_file()


def test_a_warning_builds(repository: Path) -> None:
    (repository / "tenants/acme/overlays").mkdir()
    (repository / "tenants/acme/overlays/prod.yaml").write_text("locale: fr_FR\n")
    code, output = varve("build", repository)
    assert code == 0
    assert "warning[read/unread-file]" in output


def test_a_hook_fails_when_something_was_written_and_only_then(repository: Path) -> None:
    assert varve("build --hook", repository)[0] == 0
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    code, output = varve("build --hook", repository)
    assert (code, output.split(":")[0]) == (1, "built 2 units")
    assert varve("build --hook", repository)[0] == 0


def test_a_hook_fails_for_a_mistake_too(repository: Path) -> None:
    (repository / "tenants/acme/services/checkout.yaml").write_text(BROKEN)
    assert varve("build --hook", repository)[0] == 1


def test_a_revision_is_built_into_the_work_tree(repository: Path) -> None:
    first = files(repository / "build")
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    assert varve("build", repository)[0] == 0
    assert shell("git add -A && git commit -qm Search", repository)[0] == 0
    second = files(repository / "build")
    assert varve("build --rev HEAD~1", repository)[0] == 0
    assert files(repository / "build") == first
    assert (repository / "tenants/acme/services/search.yaml").is_file()
    assert varve("build", repository)[0] == 0
    assert files(repository / "build") == second


def test_an_unknown_revision_changes_nothing(repository: Path) -> None:
    before = files(repository / "build")
    code, output = varve("build --rev nowhere", repository)
    assert (code, output.split(":")[0]) == (1, "error[world/unknown-revision]")
    assert files(repository / "build") == before


def test_the_settings_may_lie_below_the_top_of_git(repository: Path) -> None:
    top = repository.parent / "top"
    top.mkdir()
    assert shell("mv ../repository monitoring && mv monitoring/.git . && git add -A", top)[0] == 0
    assert varve("build", top / "monitoring")[0] == 0
    (top / "monitoring/tenants/acme/services/search.yaml").write_text(SEARCH)
    code, output = varve("build", top / "monitoring")
    assert (code, output.split(":")[0]) == (0, "built 2 units")
    assert not (top / "build").exists()
    assert varve("check", top)[0] == 1


def test_a_refused_change_writes_nothing_and_another_is_built(repository: Path) -> None:
    tenant = repository / "tenants/acme/tenant.yaml"
    before, sound = files(repository / "build"), tenant.read_text()
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    tenant.write_text(sound.replace("gold", "platinum"))
    code, output = varve("build --trust-base main", repository)
    assert (code, output.split(":")[0]) == (1, "error[check/own-fact]")
    assert "\njudged by main, " in output
    assert files(repository / "build") == before
    tenant.write_text(sound)
    code, output = varve("build --trust-base main", repository)
    assert (code, output.split("\n")[1].split(":")[0]) == (0, "built 2 units"), output
    assert (repository / SCRAPE.format("production")).is_file()


def test_a_commit_is_built_as_a_change_of_the_trusted_one(repository: Path) -> None:
    """It is built on top of the trusted commit's current files, into the artifacts of the work tree."""
    assert shell("git checkout -q -b change", repository)[0] == 0
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    assert shell("git add -A && git commit -qm Search && git checkout -q main", repository)[0] == 0
    (repository / "tenants/acme/services/shop.yaml").write_text(SEARCH)
    assert shell("git add -A && git commit -qm Shop && git rm -rq build", repository)[0] == 0
    code, output = varve("build --rev change --trust-base main", repository)
    assert code == 0, output
    assert {path for path in files(repository / "build") if path.startswith("production/tenants/acme/scrape/")} == {
        f"production/tenants/acme/scrape/{name}.yaml" for name in ("checkout", "search", "shop")
    }
