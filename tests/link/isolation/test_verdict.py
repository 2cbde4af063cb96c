"""A breach is reported at its place in a kept artifact, and with a note for one that is not written yet."""

import pytest

from varve.link.isolation.evidence import Breach
from varve.link.isolation.verdict import NOT_CONFINED, reporter_for, say
from varve.link.linking import Linking, Member
from varve.model.diagnostic import Diagnostic, Note, Place, Report
from varve.model.layer import Stack
from varve.model.unit import Environment

FOLDER = "build/dev/tenants/acme"
BREACH = Breach("a rule sets another tenant", ("groups", 0))


def reported(path: str, *, fresh: bool, sources: tuple[str, ...] = ()) -> Diagnostic:
    report = Report()
    environment = Environment("dev", {}, Stack(()))
    known = {source.rpartition(".")[0]: source for source in sources}
    member = Member("acme", strict=False, fresh=fresh, files=(path,))
    linking = Linking(environment, (member,), lambda *_: {}, lambda _: None, {}, report, known.get)
    say(reporter_for(linking), path, BREACH)
    (found,) = report
    return found


def test_a_breach_in_a_kept_file_has_its_place() -> None:
    found = reported(f"{FOLDER}/rules/a.yaml", fresh=False)
    assert found == Diagnostic(
        NOT_CONFINED,
        "a rule sets another tenant",
        Place(f"{FOLDER}/rules/a.yaml", ("groups", 0)),
        hint="build `acme` again, or restore the file",
    )


def test_a_breach_in_a_new_file_has_a_note() -> None:
    found = reported(f"{FOLDER}/rules/a.yaml", fresh=True)
    assert found.place == Place(f"{FOLDER}/rules/a.yaml")
    assert found.notes == (Note("at `groups[0]` of the generated file"),)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("rules/raw/node.yaml", "tenants/acme/rules/node.yaml"),
        ("dashboards/raw/node.json", "tenants/acme/dashboards/node.json"),
        ("rules/checkout.yaml", "tenants/acme/services/checkout.toml"),
        ("scrape/checkout.yaml", "tenants/acme/services/checkout.toml"),
        ("alertmanager.yaml", "tenants/acme/tenant.yaml"),
    ],
)
def test_the_source_of_the_artifact_is_named(path: str, source: str) -> None:
    sources = (source, "tenants/acme/tenant.yaml")
    found = reported(f"{FOLDER}/{path}", fresh=False, sources=sources)
    assert found.notes == (Note("it is generated from this file", Place(source)),)


def test_a_shared_file_has_no_source() -> None:
    assert reported("build/dev/shared/prometheus.yaml", fresh=True, sources=("tenants/acme/tenant.yaml",)).notes == (
        Note("at `groups[0]` of the generated file"),
    )
