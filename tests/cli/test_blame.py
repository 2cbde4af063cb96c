"""`varve blame` prints where a line of an artifact comes from, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.workbench import shell, varve

RULES = "build/production/tenants/acme/rules/checkout.yaml"
FOR = "services.checkout.alerts.QueueStuck.for"


def _words(output: str) -> list[str]:
    return [each["path"] for each in json.loads(output)["words"]]


@pytest.mark.parametrize(
    ("folder", "written"),
    {
        "from the root": (".", RULES),
        "with a dot": (".", f"./{RULES}"),
        "from inside": ("build/production", "tenants/acme/rules/checkout.yaml"),
        "from beside": ("tenants/acme", f"../../{RULES}"),
        "from elsewhere, as from the root": ("tenants/acme", RULES),
    }.values(),
)
def test_a_path_is_relative_to_the_current_folder_or_the_root(folder: str, written: str, repository: Path) -> None:
    code, output = varve(f"blame {written}:7:3 --format json", repository / folder)
    assert (code, _words(output)) == (0, [FOR])


def test_an_absolute_path_is_accepted(repository: Path) -> None:
    code, output = varve(f"blame {repository.resolve()}/{RULES}:7 --format json", repository)
    assert (code, _words(output)) == (0, [FOR])


def test_an_artifact_of_a_commit_can_be_blamed(repository: Path) -> None:
    shell("sed -i 's/for: 10m/for: 20m/' tenants/acme/services/checkout.yaml", repository)
    assert varve("build", repository)[0] == 0
    assert "for: 20m" in varve(f"blame {RULES}:7", repository)[1]
    assert "not committed yet" in varve(f"blame {RULES}:7", repository)[1]
    assert "for: 10m" in varve(f"blame {RULES}:7 --rev HEAD", repository)[1]


def test_without_a_line_all_sources_are_printed(repository: Path) -> None:
    code, output = varve(f"blame {RULES} --format json", repository)
    files = {each["file"]: each["author"] for each in json.loads(output)["sources"]}
    assert (code, files["tenants/acme/services/checkout.yaml"], files["environments/defaults.yaml"]) == (
        0,
        "Ada",
        "Ada",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    {
        "no such path": ("nowhere", "error[write/no-artifact]"),
        "a folder": ("build/production", "error[write/no-artifact]"),
        "a path out of the repository": ("../../etc/passwd:1", "error[write/no-artifact]"),
        "a null character": ("a\0b", "error[write/no-artifact]"),
        "an environment that is none": ("build/moon/shared/prometheus.yaml:1", "error[write/no-artifact]"),
        "no line": (f"{RULES}:0", "error[write/no-such-line]"),
        "a line beyond the end": (f"{RULES}:99999", "error[write/no-such-line]"),
        "a revision that is none": (f"{RULES}:1 --rev nowhere", "error[world/unknown-revision]"),
    }.values(),
)
def test_an_unknown_artifact_or_line_is_a_mistake(arguments: str, message: str, repository: Path) -> None:
    code, text = varve(f"blame {arguments}", repository)
    assert code == 1
    assert text.startswith(message)


def test_an_artifact_that_does_not_match_its_sources_has_no_answer(repository: Path) -> None:
    (repository / RULES).write_text("groups: []\n")
    code, text = varve(f"blame {RULES}:1", repository)
    assert (code, text.startswith("error[write/stale-artifact]"), "groups" in text) == (1, True, False)
    (repository / RULES).unlink()
    assert varve(f"blame {RULES}:1", repository)[1].startswith("error[write/missing-artifact]")
    (repository / "build/production/mine.txt").write_text("mine\n")
    assert varve("blame build/production/mine.txt:1", repository)[1].startswith("error[write/stranger]")


def test_a_broken_unit_says_what_is_wrong(repository: Path) -> None:
    (repository / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    code, text = varve(f"blame {RULES}:7", repository)
    assert (code, text.startswith("error[read/syntax]")) == (1, True)
