"""A change cannot loosen what it is judged by, nor a tenant what the platform says of it: tried with real commits.

Every attack is refused, its benign twin goes through, and with that one defence switched off the attack is built.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import yaml

from tests.workbench import deterministic, shell, varve
from varve.check.trust import artifact
from varve.check.trust import change as judging
from varve.world.history import revision
from varve.world.history import trust as changing

pytestmark = pytest.mark.usefixtures("one_kit")

LAYERS: Final = """\
  - {name: audited, priority: 35, owner: platform, path: environments/audited, when: {tenant.compliance: soc2}}
"""
TENANT: Final = (
    "tenant: {name: ACME, tier: %s, region: eu-west-1, isolation: logical, owners: [sre@acme.example], "
    "compliance: [soc2, gdpr]}\n"
)
FRAMEWORK: Final = """\
{id: %s, title: Ours, severity: note, limits: Nothing., unchecked: {},
 controls: [{id: A1, title: names are names, checks: [alert-name], limits: nothing}]}
"""
FILES: Final = {
    # What varve ships of that name asks for much, and none of it is tried here.
    "policies/frameworks/soc2.yaml": FRAMEWORK % "soc2",
    "policies/frameworks/gdpr.yaml": FRAMEWORK % "gdpr",
    "environments/tiers/gold.yaml": "labels: {cover: office, audited: 'no'}\n",
    "environments/tiers/platinum.yaml": "labels: {cover: always, audited: 'no'}\n",
    "environments/audited.yaml": "labels: {audited: 'yes'}\n",
    "tenants/acme/tenant.yaml": TENANT % "gold",
    "tenants/bank/tenant.yaml": TENANT % "platinum",
    "tenants/mill/tenant.yaml": TENANT % "gold",
    "tenants/bank/services/ledger.yaml": "alerts: {Late: {expr: late > 1, severity: info, summary: Late}}\n",
}
PRODUCTION: Final = "build/production/tenants/acme/rules/checkout.yaml"
PUT: Final = "mkdir -p $(dirname {0}) && printf '%s\\n' \"{1}\" > {0}"
COMMIT: Final = "git add -A && git commit -qm Change"


def put(path: str, text: str) -> str:
    """A line that writes a file."""
    return PUT.format(path, text)


def tier(text: str, path: str = "tenants/acme/tenant.yaml") -> str:
    """A line that makes a tenant say another tier."""
    return f"sed -i 's/tier: gold/tier: {text}/' {path}"


def of_the_platform(*lines: str) -> str:
    """Lines that are merged before the change begins."""
    return " && ".join(("git checkout -q main", *lines, "varve build >/dev/null", COMMIT, "git checkout -qB change"))


def without(holder: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A defence that does nothing."""
    return lambda patch: patch.setattr(holder, name, lambda *_: None)


def taking_the_branch(patch: pytest.MonkeyPatch) -> None:
    """A change that is judged by all the files of its own branch."""
    patch.setattr(changing, "_merged", lambda _then, now, _touched, **_: now)


class Attack(NamedTuple):
    """A change that is refused by a code at a file, its twin, the defence, and what is built without it, and where."""

    change: str
    code: str
    at: str
    twin: str
    off: Callable[[pytest.MonkeyPatch], None]
    evidence: str
    built: str = PRODUCTION


FACTS: Final = without(judging, "compare")
OWNERS: Final = without(judging, "refuse_mixed")
OVERLAY: Final = "tenants/acme/overlays/production.yaml"
PACK: Final = "templates/packs/mine/pack.yaml"
PACK_HEAD: Final = (
    "{version: 1, title: A, description: A, applies_to: service, "
    "parameters: {type: object, properties: {}, additionalProperties: false}}"
)
MINE: Final = (
    f"{put(PACK, PACK_HEAD)} && {put('templates/packs/mine/rules.yaml.j2', 'rules: [{record: a:b, expr: vector(7)}]')}"
)
NOVA: Final = (TENANT % "platinum").strip()
GRANTED: Final = "tenant: {tier: platinum, region: eu-west-1, isolation: logical, compliance: [gdpr, soc2]}"

ATTACKS: Final = {
    "a tenant promotes itself": Attack(
        tier("platinum"),
        "check/own-fact",
        "tenants/acme/tenant.yaml:1:28",
        "sed -i 's/name: ACME/name: Acme/; s/soc2, gdpr/gdpr, soc2/' tenants/acme/tenant.yaml",
        FACTS,
        "cover: always",
    ),
    "in another format": Attack(
        "rm tenants/acme/tenant.yaml && printf '%s\\n' '[tenant]' 'name = \"A\"' 'tier = \"platinum\"' "
        "'region = \"eu-west-1\"' 'isolation = \"logical\"' 'owners = [\"a@acme.example\"]' "
        '\'compliance = ["gdpr", "soc2"]\' > tenants/acme/tenant.toml',
        "check/own-fact",
        "tenants/acme/tenant.toml:3:8",
        "rm tenants/acme/tenant.yaml && printf '%s\\n' '[tenant]' 'name = \"A\"' 'tier = \"gold\"' "
        "'region = \"eu-west-1\"' 'isolation = \"logical\"' 'owners = [\"a@acme.example\"]' "
        '\'compliance = ["gdpr", "soc2"]\' > tenants/acme/tenant.toml',
        FACTS,
        "cover: always",
    ),
    "in an overlay": Attack(
        put(OVERLAY, "tenant: {isolation: strict}"),
        "check/own-fact",
        f"{OVERLAY}:1:21",
        put(OVERLAY, "tenant: {isolation: logical}"),
        FACTS,
        "scrape_config_files",
        "build/production/tenants/acme/prometheus.yaml",
    ),
    "by a reference": Attack(
        put(OVERLAY, "{tenant: {isolation: '%{labels.mode}'}, labels: {mode: strict}}"),
        "check/own-fact",
        f"{OVERLAY}:1:22",
        put(OVERLAY, "{tenant: {isolation: '%{labels.mode}'}, labels: {mode: logical}}"),
        FACTS,
        "scrape_config_files",
        "build/production/tenants/acme/prometheus.yaml",
    ),
    "by what a reference that stood there leads to": Attack(
        of_the_platform(put(OVERLAY, "{tenant: {isolation: '%{labels.mode}'}, labels: {mode: logical}}"))
        + f" && sed -i 's/mode: logical/mode: strict/' {OVERLAY}",
        "check/own-fact",
        f"{OVERLAY}:1:22",
        of_the_platform(put(OVERLAY, "{tenant: {isolation: '%{labels.mode}'}, labels: {mode: logical}}"))
        + f" && sed -i 's/mode: logical/mode: logical, more: x/' {OVERLAY}",
        FACTS,
        "scrape_config_files",
        "build/production/tenants/acme/prometheus.yaml",
    ),
    "a framework is removed": Attack(
        put(OVERLAY, "tenant: {compliance: {\\$remove: [gdpr]}}"),
        "check/own-fact",
        f"{OVERLAY}:1:22",
        put(OVERLAY, "tenant: {owners: {\\$remove: [sre@acme.example]}}")
        + " && sed -i 's/owners: .sre@/owners: [sre@acme.example, it@/' tenants/acme/tenant.yaml",
        FACTS,
        "alert: QueueStuck",
    ),
    "a tenant that makes itself": Attack(
        f"{put('tenants/nova/tenant.yaml', NOVA)} && cp -r tenants/bank/services tenants/nova/",
        "check/ungranted-tenant",
        "tenants/nova/tenant.yaml:1:117",
        of_the_platform(put("environments/tenants/nova.yaml", GRANTED))
        + f" && {put('tenants/nova/tenant.yaml', NOVA)} && cp -r tenants/bank/services tenants/nova/",
        FACTS,
        "cover: always",
        "build/production/tenants/nova/rules/ledger.yaml",
    ),
    "a folder with another name": Attack(
        f"git mv tenants/acme tenants/nova && {tier('platinum', 'tenants/nova/tenant.yaml')}",
        "check/ungranted-tenant",
        "tenants/nova/tenant.yaml:1:117",
        of_the_platform(put("environments/tenants/nova.yaml", GRANTED)) + " && git mv tenants/acme tenants/nova",
        FACTS,
        "cover: always",
        "build/production/tenants/nova/rules/checkout.yaml",
    ),
    "a grant to oneself": Attack(
        put("environments/tenants/acme.yaml", "tenant: {tier: platinum}") + " && echo >> tenants/acme/tenant.yaml",
        "check/two-owners",
        "environments/tenants/acme.yaml:1:1",
        put("environments/tenants/acme.yaml", "tenant: {tier: platinum}"),
        OWNERS,
        "cover: always",
    ),
    "a lock that is loosened and used": Attack(
        "sed -i 's/^locks.*//' environments/production.yaml && " + put(OVERLAY, "quotas: {series: 900000}"),
        "check/two-owners",
        "environments/production.yaml:1:1",
        of_the_platform("sed -i 's/^locks.*//' environments/production.yaml")
        + " && "
        + put(OVERLAY, "quotas: {series: 900000}"),
        OWNERS,
        "900000",
        "build/production/tenants/acme/rules/_tenant.yaml",
    ),
    "a template that is brought along": Attack(
        f"{MINE} && echo 'packs: {{mine: {{}}}}' >> tenants/acme/services/checkout.yaml",
        "check/two-owners",
        "templates/packs/mine/pack.yaml:1:1",
        f"{of_the_platform(MINE)} && echo 'packs: {{mine: {{}}}}' >> tenants/acme/services/checkout.yaml",
        OWNERS,
        "record: a:b",
    ),
    "the workflow that judges": Attack(
        put(".github/workflows/varve.yaml", "jobs: {}")
        + " && git add .github && echo 'labels: {seen: x}' >> tenants/acme/tenant.yaml",
        "check/two-owners",
        ".github/workflows/varve.yaml",
        "echo 'labels: {seen: x}' >> tenants/acme/tenant.yaml",
        OWNERS,
        "seen: x",
    ),
    "a branch from before a lock": Attack(
        "git checkout -q main && sed -i 's/quotas/quotas, labels/' environments/production.yaml && varve build && "
        f"{COMMIT} && git checkout -q change && echo 'labels: {{seen: x}}' >> tenants/acme/tenant.yaml",
        "resolve/locked",
        "tenants/acme/tenant.yaml:2:9",
        "git checkout -q main && sed -i 's/quotas/quotas, contact/' environments/production.yaml && varve build && "
        f"{COMMIT} && git checkout -q change && echo 'labels: {{seen: x}}' >> tenants/acme/tenant.yaml",
        taking_the_branch,
        "seen: x",
    ),
    "a tag with the name of the branch": Attack(
        f"{tier('platinum')} && varve build && {COMMIT} && git tag main",
        "world/ambiguous-revision",
        "",
        f"echo 'labels: {{seen: x}}' >> tenants/acme/tenant.yaml && varve build && {COMMIT} && git tag mine",
        lambda patch: patch.setattr(revision, "_meanings", lambda *_: []),
        "cover: always",
    ),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, begun: Path) -> Iterator[Path]:
    """Three tenants, tiers, and a layer for those who are audited, built and committed."""
    folder = tmp_path_factory.mktemp("trust") / "repository"
    shutil.copytree(begun, folder)
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        with (folder / "varve.yaml").open("a") as file:
            file.write(LAYERS)
        assert varve("build", folder)[0] == 0
        assert shell(f"{COMMIT} && git checkout -qb change", folder) == (0, "")
        yield folder


@pytest.fixture
def repository(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same on a branch `change`, to be changed."""
    deterministic(monkeypatch)
    folder = tmp_path / "repository"
    shutil.copytree(begun, folder)
    return folder


def do(lines: str, folder: Path) -> None:
    """Run lines of a shell, and commands of varve between them."""
    for line in lines.split(" && "):
        code, output = varve(line[6:].partition(" >")[0], folder) if line.startswith("varve ") else shell(line, folder)
        assert code == 0, (line, output)


def errors(output: str) -> list[tuple[str, str]]:
    """The code and the place of every error that is one of the sources, in what was printed."""
    found = re.finditer(r"^error\[(.*?)\].*(?:\n *--> (.*))?$", output, re.MULTILINE)
    return [(each[1], each[2] or "") for each in found if not each[1].startswith("write/")]


def verdict(output: str) -> str:
    """What is printed but for the line on stderr that names the trusted commit."""
    return "\n".join(line for line in output.splitlines() if not line.startswith("judged by "))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_attack_is_refused_and_nothing_is_built(attack: Attack, repository: Path) -> None:
    do(attack.change, repository)
    before = shell("git stash list; git status --porcelain build", repository)
    code, output = varve("check --trust-base main", repository)
    assert (code, errors(output)) == (1, [(attack.code, attack.at)]), output
    code, output = varve("build --trust-base main", repository)
    assert (code, errors(output)) == (1, [(attack.code, attack.at)]), output
    if attack.code != "resolve/locked":  # of a tenant that breaks a lock nothing is built, and of the others all is
        assert shell("git stash list; git status --porcelain build", repository) == before


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("how", ["--staged", "--rev change"])
def test_it_is_refused_however_it_is_looked_at(attack: Attack, how: str, repository: Path) -> None:
    do(
        f"{attack.change} && git add -A" + (" && git commit -qm Change --allow-empty" if "rev" in how else ""),
        repository,
    )
    code, output = varve(f"check --trust-base main {how}", repository)
    assert (code, errors(output)) == (1, [(attack.code, attack.at)]), output


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_its_benign_twin_goes_through(attack: Attack, repository: Path) -> None:
    do(f"{attack.twin} && varve build --trust-base main", repository)
    code, output = varve("check --trust-base main", repository)
    assert (code, verdict(output).partition(" units")[0].isdigit()) == (0, True), output


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_without_the_defence_it_would_be_built(
    attack: Attack, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(attack.change, repository)
    attack.off(monkeypatch)
    code, output = varve("build --trust-base main", repository)
    assert code == 0, output
    assert attack.evidence in (repository / attack.built).read_text()
    assert varve("check --trust-base main", repository)[0] == 0


BANK: Final = "build/production/tenants/bank/rules/ledger.yaml"
BROKEN: Final = (
    f"git checkout -q main && echo 'nonsense: 1' >> tenants/bank/services/ledger.yaml && {COMMIT} && "
    "git checkout -qB change && echo 'labels: {seen: x}' >> tenants/acme/tenant.yaml && "
    "cp tenants/bank/services/ledger.yaml ledger && git checkout -q HEAD^ -- tenants/bank && varve build && "
    "cp ledger tenants/bank/services/ledger.yaml && rm ledger && git add -A"
)
OWN: Final = ("check/unknown-key", "tenants/bank/services/ledger.yaml:2:1")


@pytest.mark.parametrize(
    ("edit", "at"),
    {
        "one that is changed": (f"sed -i 's/severity: info/severity: none/' {BANK}", f"{BANK}:1:1"),
        "one that is taken away": (f"git rm -q --cached {BANK} && rm {BANK}", BANK),
    }.values(),
)
def test_an_artifact_of_a_tenant_that_is_broken_is_not_to_be_touched(
    edit: str, at: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(BROKEN, repository)
    assert errors(varve("check --trust-base main", repository)[1]) == [OWN]
    do(f"{edit} && git add -A", repository)
    assert sorted(errors(varve("check --trust-base main", repository)[1])) == [("check/kept-artifact", at), OWN]
    monkeypatch.setattr(artifact, "refuse_kept", lambda *_: None)
    assert errors(varve("check --trust-base main", repository)[1]) == [OWN]


@pytest.mark.parametrize(
    ("change", "owners"),
    [
        pytest.param("git rm -rq tenants/acme", "a change of the tenant acme", id="a tenant that goes"),
        pytest.param(
            "sed -i 's/office/shop/' environments/tiers/gold.yaml",
            "a change of the platform",
            id="the platform",
        ),
        pytest.param(
            "for each in acme bank; do echo 'labels: {seen: x}' >> tenants/$each/tenant.yaml; done",
            "a change of the tenant acme and the tenant bank",
            id="two tenants",
        ),
        pytest.param("rm build/production/shared/prometheus.yaml", "no source changed", id="nobody"),
    ],
)
def test_it_is_said_by_which_commit_and_whose_change_was_judged(change: str, owners: str, repository: Path) -> None:
    do(change, repository)
    (commit,) = shell("git rev-parse main", repository)[1].split()
    code, output = varve("build --trust-base main", repository)
    assert code == 0, output
    assert f"judged by main, {commit}: {owners}\n" in output
    assert f"judged by main, {commit}: {owners}\n[]\n" in varve("check --trust-base main --format json", repository)[1]


@pytest.mark.parametrize("name", [".gitattributes", "production/.gitignore", "production/tenants/bank/.git.json"])
def test_among_the_artifacts_is_nothing_that_varve_did_not_write(name: str, repository: Path) -> None:
    do(f"echo '* export-ignore' > build/{name} && git add --force build/{name}", repository)
    code, output = varve("check --trust-base main", repository)
    assert (code, f"error[write/left-over-artifact]: `build/{name}` has no source" in output) == (1, True), output


def test_a_tenant_that_went_and_comes_back_is_a_new_one(repository: Path) -> None:
    do(of_the_platform("git rm -rq tenants/mill"), repository)
    do(f"git checkout -q main~1 tenants/mill && {tier('platinum', 'tenants/mill/tenant.yaml')}", repository)
    code, output = varve("check --trust-base main", repository)
    assert (code, errors(output)) == (1, [("check/ungranted-tenant", "tenants/mill/tenant.yaml:1:117")])


def test_of_what_is_refused_nobody_is_told_to_commit_what_it_gives(repository: Path) -> None:
    do(tier("platinum"), repository)
    assert "write/" in varve("check", repository)[1]
    assert "write/" not in varve("check --trust-base main", repository)[1]


def test_a_file_that_cannot_be_read_is_said_once_and_its_tenant_keeps_what_it_had(repository: Path) -> None:
    do("sed -i 's/tier: gold/tier: [/' tenants/acme/tenant.yaml", repository)
    code, output = varve("build --trust-base main", repository)
    assert (code, [code for code, _ in errors(output)]) == (1, ["read/syntax"])
    assert shell("git status --porcelain build", repository) == (0, "")


def test_the_jobs_of_the_documentation_judge_what_they_should(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their lines are run as they stand there, but for those that install varve; nothing of a change is checked out."""
    text = (Path(__file__).parent.parent / "docs/pull-requests.md").read_text("utf-8")
    github, scanning, gitlab = (
        yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    )
    judged = github["jobs"]["varve"]["steps"][3]["run"]
    assert scanning[0]["run"] == f"{judged} --format sarif > varve.sarif || true"
    do(f"{tier('platinum')} && {COMMIT} && git update-ref refs/pull/7/merge HEAD && git checkout -q main", repository)
    do("echo 'labels: {seen: x}' >> tenants/acme/tenant.yaml && varve build", repository)
    do(
        f"git checkout -q -b fine && {COMMIT} && git update-ref refs/pull/8/merge HEAD && git checkout -q main",
        repository,
    )
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    names = {"BASE": "main", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    for job in ([each["run"] for each in github["jobs"]["varve"]["steps"] if "run" in each], gitlab["varve"]["script"]):
        assert job[0] == 'python3 -I -m pip install "git+https://git.example/platform/varve@v0.1.0"'
        for number, refused in (("7", True), ("8", False)):
            clone = tmp_path / f"{number}{len(job[1])}"
            assert shell(f"git clone -q file://{repository} {clone}", tmp_path) == (0, "")
            if job == gitlab["varve"]["script"]:
                assert (
                    shell(f"git fetch -q origin refs/pull/{number}/merge && git checkout -q FETCH_HEAD", clone)[0] == 0
                )
            for name, value in {**names, "NUMBER": number}.items():
                monkeypatch.setenv(name, value)
            summary = tmp_path / f"{clone.name}.md"
            monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
            code, output = shell(" && ".join(job[1:]), clone)
            assert (code, "error[check/own-fact]" in output) == (int(refused), refused), output
            assert "a change of the tenant acme\n" in output
            report = summary.read_text("utf-8") if summary.is_file() else ""
            means = job != gitlab["varve"]["script"] and not refused
            assert {report.startswith("```diff\n"), report.count("```") == 2, "+ labels.seen: x" in report} == {means}


PLATFORM: Final = (
    *("varve.yaml", "environments/defaults.yaml", "environments/tenants/acme.yaml", "templates/x.j2", ".sops.yaml"),
    *("policies/settings.yaml", ".github/CODEOWNERS", ".github/workflows/varve.yaml", ".gitattributes", "README.md"),
    *("tenants/README.md", "tenants/new/tenant.yaml", "tenants/acme-2/tenant.yaml", "other/tenants/acme/tenant.yaml"),
    *("other/build/x.yaml", "build"),
)


def test_the_owners_that_the_documentation_shows_leave_no_source_without_one() -> None:
    """As GitHub reads them: the last line that matches decides, and one that names nobody takes owners away."""
    text = (Path(__file__).parent.parent / "docs/pull-requests.md").read_text("utf-8")
    block = re.search(r"# \.github/CODEOWNERS\n((?: {4}\S.*\n)+)", text)
    assert block is not None
    lines = [line.split() for line in block[1].splitlines()]
    assert all(re.fullmatch(r"\*|(?:/[a-z]+)+/", pattern) for pattern, *_ in lines), "nothing that is read otherwise"

    def owners(path: str) -> list[str]:
        matching = (teams for pattern, *teams in lines if pattern == "*" or f"/{path}".startswith(pattern))
        return [*matching][-1]

    assert {path: owners(path) for path in PLATFORM} == {path: ["@meridian/platform"] for path in PLATFORM}
    for tenant in ("acme", "bank"):
        assert owners(f"tenants/{tenant}/secrets/slack.sops.yaml") == [f"@meridian/{tenant}"]
    # What nobody has to agree to is compared with the sources.
    assert owners("build/production/tenants/acme/rules/checkout.yaml") == []
