"""The base repository with its own policies and no shipped ones, compiled and judged."""

from dataclasses import replace

import pytest

from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import Changed, repository
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Diagnostic, Report
from varve.model.policy import Judged, Library, Scope
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.policy import bench
from varve.policy.bench import Bench
from varve.policy.subject import Material, Subject, subjects
from varve.read.reading import reading

CHECKOUT = "tenants/acme/services/checkout.yaml"
OVERLAY = "tenants/acme/overlays/production.yaml"
ACME = Unit("acme", "production")
BETA = {
    "tenants/beta/tenant.yaml": (
        "tenant: {name: Beta, tier: gold, region: eu-west-1, isolation: logical, owners: [b@beta.example]}\n"
    ),
    "tenants/beta/services/portal.yaml": "owner: portal\nscrape: {app: {targets: ['portal.beta.example:9090']}}\n",
}


def policy(scope: str, require: str, /, **more: str) -> dict[str, str | None]:
    """The file of a policy that is always active and whose findings are errors; `more` are other keys."""
    settings = {"severity": "error", "applies": "always", "message": "something is wrong", **more}
    id_ = settings.pop("id", "own")
    lines = "".join(f"{key}: {value}\n" for key, value in settings.items())
    examples = "examples: [{name: good, pass: {}}, {name: bad, fail: {}}]\n"
    head = f"id: {id_}\ntitle: Ours\nscope: {scope}\nrequire: {require!r}\nremediation: Mend it.\n"
    return {f"policies/{id_}.yaml": head + lines + examples}


def waived(**more: str) -> dict[str, str | None]:
    """The file of one waiver of the policy `own`; `more` adds or replaces keys."""
    usual = {"policy": "own", "reason": "it comes later", "owner": "sre@acme.example"}
    days = {"granted": '"2026-11-01"', "until": '"2026-12-01"'}
    return {
        "policies/waivers.yaml": f"waivers: [{{{', '.join(f'{k}: {v}' for k, v in (usual | days | more).items())}}}]\n"
    }


def alone(snapshot: Snapshot) -> Snapshot:
    """The snapshot without the shipped policies."""
    shipped = {path for path in snapshot.library if path.startswith("policies/")}
    entries = {path: entry for path, entry in snapshot.entries.items() if path not in shipped}
    return replace(snapshot, entries=entries, library=snapshot.library - shipped)


def seen(changed: Changed) -> Snapshot:
    """The changed base repository, with an Alertmanager and only its own policies."""
    return alone(repository({**notifying(), **changed}))


def judged(changed: Changed, *, counting: bool = True) -> Build:
    """The build of this repository."""
    return pipeline.compile(seen(changed), counting=counting)


def reported(build: Build) -> list[str]:
    """The diagnostics by and about policies: each code with its message and its place."""
    return [one_line(each) for each in build.diagnostics if each.rule.code.startswith("policy/")]


def one_line(each: Diagnostic) -> str:
    """A diagnostic in one line."""
    place = f"{each.place.file} {'.'.join(map(str, each.place.keys))}".strip() if each.place else ""
    return f"{each.rule.code}: {each.message} ({place})"


def library(changed: Changed) -> Library:
    """The library of the changed base repository, which has to be without mistakes."""
    report = Report()
    found = bench.read(reading(seen(changed), report), report)
    assert found, list(report)
    return found.library


def material(changed: Changed, unit: Unit = ACME) -> Material:
    """The material of a unit's subjects, once it is emitted."""
    found: list[Material] = []

    def keep(_: Bench, each: Material, __: Report) -> Judged:
        found.append(each)
        return Judged()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "judge_unit", keep)
        build = pipeline.compile(seen(changed))
    return next((each for each in found if each.unit.unit == unit), None) or _broken(build)


def _broken(build: Build) -> Material:
    raise AssertionError([one_line(each) for each in build.diagnostics])


def made(scope: Scope, changed: Changed, unit: Unit = ACME) -> list[Subject]:
    """The subjects of one scope of a unit."""
    return list(subjects(material(changed, unit), [scope])[scope])
