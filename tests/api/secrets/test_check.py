"""What `check_secrets` judges: references, sealed files, and the history of both; it runs git and nothing else."""

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.sealing import ACME, OPERATOR, UMBRA, sealed
from tests.workbench import ROOT, deterministic, shell
from varve.api import repository as api
from varve.api.policy.assessment import Request
from varve.api.secrets.check import Secured

TODAY = date(2025, 2, 28)
DEFAULTS = """\
locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "3.5"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets: {root: /run/secrets/varve, recipients: {tenants: {acme: [%s], umbra: [%s]}, platform: [%s]}}
"""
CHECKOUT = """\
scrape:
  app: {targets: ["a.example:1"], basic_auth: {username: u, password: {secret: metrics/password}}}
"""
METRICS = "secrets/metrics.sops.yaml"


def write(repository: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)


def commit(repository: Path) -> None:
    code, output = shell("git add -A && git commit -qm Secrets", repository)
    assert code == 0, output


@pytest.fixture
def keyed(two: Path) -> Path:
    """Two tenants, each with a sealed password that it uses."""
    tenants = {"acme": ACME, "umbra": UMBRA}
    sources = {f"tenants/{each}/services/checkout.yaml": CHECKOUT for each in tenants}
    files = {f"tenants/{each}/{METRICS}": sealed(each, "password", to=[key]) for each, key in tenants.items()}
    write(two, {"environments/defaults.yaml": DEFAULTS % (ACME, UMBRA, OPERATOR), **sources, **files})
    commit(two)
    return two


def check(repository: Path, environment: str | None = None, tenant: str | None = None, today: date = TODAY) -> Secured:
    return api.open(repository).check_secrets(today, environment, tenant)


def codes(found: Secured) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def test_sound_files_and_secrets_are_counted(keyed: Path) -> None:
    found = check(keyed)
    assert not found.diagnostics
    assert found.files == (f"tenants/acme/{METRICS}", f"tenants/umbra/{METRICS}")
    assert found.summary == "2 sealed files with 2 secrets: sound, for the platform's recipients, and not too old"
    assert found.text() == found.summary + "\n"
    assert check(keyed, tenant="acme").files == (f"tenants/acme/{METRICS}",)


def test_a_repository_without_secrets_is_sound(repository: Path) -> None:
    assert check(repository).summary == "nothing is sealed, and no secret is used"


def test_an_old_key_is_found_on_its_day(keyed: Path) -> None:
    assert not codes(check(keyed, today=date(2025, 5, 1)))
    assert codes(check(keyed, today=date(2025, 5, 2))) == ["check/overdue-rotation"] * 2


def test_a_commit_is_judged_by_its_own_history(keyed: Path) -> None:
    """In a report on another branch, whose commits are not in the history of the work tree."""
    code, output = shell("git branch other && git reset -q --hard HEAD~1", keyed)
    assert code == 0, output
    for day, times in ((date(2025, 5, 1), 0), (date(2025, 5, 2), 2)):
        found = api.open(keyed).report_policies(Request(day, revision="other"))
        assert [each.rule.code for each in found.diagnostics].count("check/overdue-rotation") == times


def test_the_smallest_limit_of_the_environments_that_use_a_file_counts(keyed: Path) -> None:
    text = (keyed / "environments/staging.yaml").read_text() + "  secrets: {rotation: 7d}\n"
    write(keyed, {"environments/staging.yaml": text})
    assert codes(check(keyed)) == ["check/overdue-rotation"] * 2


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"tenants/acme/services/more.yaml": CHECKOUT.replace("/pass", "/word")}, "unknown-secret", id="gone"
        ),
        pytest.param({"tenants/acme/secrets/x.sops.yaml": sealed("x", "a")}, "unused-secret", id="unused"),
        pytest.param(
            {f"tenants/acme/{METRICS}": sealed("acme", "password", to=[UMBRA])}, "wrong-recipients", id="whom"
        ),
        pytest.param({f"tenants/acme/{METRICS}": "password: hunter2\n"}, "not-sealed", id="in the clear"),
        pytest.param({".sops.yaml": f"creation_rules: [{{age: {OPERATOR}}}]\n"}, "creation-rule", id="next time"),
        pytest.param({"tenants/acme/services/checkout.yaml": "scrape: ["}, "syntax", id="broken"),
    ],
)
def test_each_tenant_gets_its_own_mistakes(keyed: Path, files: dict[str, str], expected: str) -> None:
    write(keyed, files)
    every = {code.split("/")[1] for code in codes(check(keyed))}
    assert expected in every
    assert expected in {code.split("/")[1] for code in codes(check(keyed, tenant="acme"))}
    if not expected.startswith("creation"):
        assert not codes(check(keyed, tenant="umbra"))


def test_an_environment_gets_the_mistakes_of_the_files_it_uses(keyed: Path) -> None:
    path = "tenants/acme/secrets/production/metrics.sops.yaml"
    write(keyed, {path: sealed("live", "password", to=[UMBRA])})
    assert codes(check(keyed, "production")) == ["check/wrong-recipients"] * 2
    assert not codes(check(keyed, "staging"))


def test_a_secret_that_every_environment_overrides_is_unused(keyed: Path) -> None:
    folder = "tenants/acme/secrets"
    write(keyed, {f"{folder}/{each}/metrics.sops.yaml": sealed(each, "password") for each in ("staging", "production")})
    found = check(keyed)
    assert codes(found) == ["check/unused-secret"]
    assert not found.broken


def test_unused_secrets_of_a_broken_tenant_are_not_reported(keyed: Path) -> None:
    write(keyed, {"tenants/acme/services/checkout.yaml": "scrape: [\n"})
    assert codes(check(keyed)) == ["read/syntax"]


def test_a_copy_is_found_and_so_is_one_whose_original_is_gone(keyed: Path) -> None:
    copy = (keyed / f"tenants/umbra/{METRICS}").read_text().replace(UMBRA, ACME)
    write(keyed, {f"tenants/acme/{METRICS}": copy})
    assert codes(check(keyed)) == ["check/copied-seal"]
    write(keyed, {f"tenants/umbra/{METRICS}": sealed("new", "password", to=[UMBRA])})
    found = check(keyed)
    assert codes(found) == ["check/copied-seal"]
    assert found.diagnostics[0].message.endswith("contains a value that was sealed for somebody else")
    assert not codes(check(keyed, tenant="umbra"))


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "in the work tree"])
def test_an_old_secret_does_not_come_back(keyed: Path, committed: bool) -> None:  # noqa: FBT001
    old, new = (keyed / f"tenants/acme/{METRICS}").read_text(), sealed("new", "password")
    write(keyed, {f"tenants/acme/{METRICS}": new})
    commit(keyed)
    assert not codes(check(keyed))
    write(keyed, {f"tenants/acme/{METRICS}": old})
    if committed:
        commit(keyed)
    assert codes(check(keyed)) == ["check/replayed-seal"]
    assert not codes(check(keyed, tenant="umbra"))
    write(keyed, {f"tenants/acme/{METRICS}": sealed("newer", "password")})
    assert not codes(check(keyed))


def test_without_a_policy_nothing_is_proven(keyed: Path) -> None:
    text = (keyed / "environments/defaults.yaml").read_text()
    write(keyed, {"environments/defaults.yaml": text.partition(", recipients")[0] + "}\n"})
    assert codes(check(keyed)) == ["check/no-recipients"]


def test_a_shallow_clone_does_not_pass(keyed: Path, tmp_path: Path) -> None:
    code, output = shell(
        f"git commit -q --allow-empty -m x && git clone -q --depth 1 file://{keyed} {tmp_path}/s", keyed
    )
    assert code == 0, output
    assert codes(check(tmp_path / "s")) == ["check/unknown-rotation"] * 2


def test_a_clone_without_history_does_not_pass(keyed: Path, tmp_path: Path) -> None:
    write(keyed, {f"tenants/acme/{METRICS}": sealed("again", "password")})
    commit(keyed)
    line = f"git config uploadpack.allowFilter true && git clone -q --filter=blob:none file://{keyed} {tmp_path}/p"
    code, output = shell(line, keyed)
    assert code == 0, output
    assert codes(check(tmp_path / "p")) == ["world/missing-object"]


def test_an_unknown_tenant_is_reported(keyed: Path) -> None:
    assert codes(check(keyed, tenant="acmee")) == ["read/no-such-tenant"]


HEARD = """
import sys
from datetime import date
seen = set()
def hear(event, arguments):
    if event == "subprocess.Popen":
        seen.add((event, arguments[1][0]))
    elif event.split(".")[0] in {"socket", "urllib"} or event in {"os.system", "os.exec", "os.posix_spawn"}:
        seen.add((event, ""))
sys.addaudithook(hear)
from varve.api import repository
repository.open(".").check_secrets(date(2025, 2, 28))
print(sorted(seen))
"""


def test_only_git_is_run(keyed: Path) -> None:
    vault = (
        "  hc_vault: [{vault_address: 'https://vault.evil.example', engine_path: transit, key_name: acme, "
        "created_at: '2025-01-31T09:00:00Z', enc: 'vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]\n"
    )
    write(keyed, {f"tenants/acme/{METRICS}": sealed("acme", "password") + vault})
    done = subprocess.run([sys.executable, "-c", HEARD], cwd=keyed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[('subprocess.Popen', 'git')]\n"), done.stderr
    assert shutil.which("git")


def test_the_example_is_sound_and_every_key_of_it_is_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deterministic(monkeypatch)
    for name in ("environments", "tenants"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("varve.yaml", ".sops.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    code, output = shell("git init -q -b main --template= && git add -A && git commit -qm Example", tmp_path)
    assert code == 0, output
    found = check(tmp_path, today=date(2027, 1, 1))
    assert not found.diagnostics, found.text()
    assert len(found.files) > 10
    named = "".join(path.read_text() for path in (tmp_path / "environments").glob("*.yaml"))
    public = [re.findall(r"age1[a-z0-9]{58}", path.read_text()) for path in (ROOT / "tests/keys").glob("*.agekey")]
    assert len(public) > 10
    assert all(len(each) == 1 and named.count(each[0]) == 1 for each in public)
