"""Remembered verdicts change how much work a compile has, and never its result."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.emit.repository import CHECKOUT, SEALED, pack, repository, sources
from tests.pipeline.remembered import Kept, compiled, given, seen, written
from tests.test_laws import repositories
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.memory import Remembered
from varve.model.snapshot import Snapshot
from varve.model.source import Document
from varve.pipeline import Means, opening
from varve.pipeline.ledger import Ledger
from varve.read.parse import parse
from varve.read.reading import Reading

BETA = "tenants/beta/tenant.yaml"
TWO = {BETA: "tenant: {name: B, tier: gold, region: eu-west-1, isolation: logical, owners: [ops@beta.example]}\n"}
VENDOR = "tenants/acme/rules/db.yaml"
ACMES = "build/production/tenants/acme/rules/checkout.yaml"

EDITS: Mapping[str, Mapping[str, str | None]] = {
    "nothing": {},
    "another interval": {CHECKOUT: "interval: 45s\nscrape: {app: {targets: ['checkout:9090']}}\n"},
    "a broken service": {CHECKOUT: "onwer: payments\n"},
    "a service that is no YAML": {CHECKOUT: "["},
    "a service in a second format": {"tenants/acme/services/checkout.json": "{}"},
    "a service more": {"tenants/acme/services/queue.yaml": "scrape: {app: {targets: ['queue:1']}}\n"},
    "a user more": {"tenants/acme/users/bob.yaml": "name: Bob\nemail: bob@acme.example\n"},
    "an overlay": {"tenants/acme/overlays/staging.yaml": "labels: {stage: one}\n"},
    "a grant": {"environments/tenants/acme.yaml": "quotas: {series: 6000}\n"},
    "a tier": {"environments/tiers/gold.yaml": "labels: {support: gold}\n"},
    "an environment's word": {"environments/production.yaml": "labels: {stage: last}\n"},
    "a broken environment": {"environments/production.yaml": "platform: {nothing: here}\n"},
    "a tenant that goes": {BETA: None},
    "rules of a vendor": {VENDOR: "groups: [{name: db, rules: [{alert: Down, expr: up == 0}]}]\n"},
    "rules of a vendor that are warned of": {
        VENDOR: "groups: [{name: db, rules: [{alert: Down, expr: up == 0, labels: {severty: page}}]}]\n"
    },
    "a policy": {
        "policies/named.yaml": (
            "id: named\ntitle: Tenants have names\nseverity: warning\nscope: unit\napplies: always\n"
            "require: unit.tenant.name.size() > 1\nmessage: the name is short\nremediation: Give it a longer one.\n"
            "examples:\n"
            "  - {name: two letters, pass: {unit: {tenant: {name: AB}}}}\n"
            "  - {name: one letter, fail: {unit: {tenant: {name: A}}}}\n"
        )
    },
    "a broken policy": {"policies/named.yaml": "id: named\n"},
    "a framework that a tenant claims": {
        BETA: TWO[BETA].replace("owners", "compliance: [soc2], owners"),
    },
    "a broken pack that nobody uses": pack("rules: []\n", properties="{a: {type: int}}", name="idle"),
    "a pack that varve ships, in other words": {
        "environments/tenants/acme.yaml": "quotas: {series: 6000}\n",
        "templates/packs/tenant/messages/en.po": (
            'msgid "%(name)s is near its quota of series"\nmsgstr "%(name)s has too many series"\n'
        ),
    },
    "a file that nothing reads": {"tenants/acme/notes/later.yaml": "a: 1\n"},
    "a sealed file": {"tenants/acme/secrets/slack.sops.yaml": SEALED},
    "a text in a folder of sealed files": {"tenants/acme/secrets/slack.txt": "hunter2\n"},
    "a text in the platform's folder of sealed files": {"environments/secrets/slack.yaml": "hunter2\n"},
    "an artifact changed by hand": {ACMES: "groups: []\n"},
    "an artifact that is gone": {ACMES: None},
    "an artifact of nobody": {"build/production/tenants/acme/rules/old.yaml": "groups: []\n"},
}


def edited(files: Mapping[str, bytes], edit: str) -> dict[str, bytes]:
    """The files after one of the edits."""
    changes = EDITS[edit]
    unchanged = {path: data for path, data in files.items() if path not in changes}
    return unchanged | {path: text.encode() for path, text in changes.items() if text is not None}


@drawn(st.lists(st.tuples(repositories(), st.sampled_from(sorted(EDITS))), min_size=2, max_size=4))
@settings(max_examples=12, deadline=None)
def test_an_incremental_build_equals_a_full_one(steps: list[tuple[dict[str, str], str]]) -> None:
    memory, built = Kept(), dict[str, bytes]()
    for laid, edit in steps:
        files = edited({**built, **{path: text.encode() for path, text in laid.items()}}, edit)
        build = compiled(seen(files), memory)
        assert given(build) == given(pipeline.compile(seen(files)))
        built = {path: data for path, data in written(files, build).items() if path.startswith("build/")}


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_and_its_reversal_give_the_same_as_a_full_build(edit: str) -> None:
    memory, initial = Kept(), sources(TWO)
    initial = written(initial, compiled(seen(initial), memory))
    changed = edited(initial, edit)
    build = compiled(seen(changed), memory)
    assert given(build) == given(pipeline.compile(seen(changed)))
    back = {path: data for path, data in initial.items() if not path.startswith("build/")}
    back |= {path: data for path, data in written(changed, build).items() if path.startswith("build/")}
    again = compiled(seen(back), memory)
    assert given(again) == given(pipeline.compile(seen(back)))


def test_without_a_change_nothing_is_compiled() -> None:
    memory, files = Kept(), sources(TWO)
    files = written(files, compiled(seen(files), memory))
    build = compiled(seen(files), memory)
    assert (build.artifacts, build.learnt) == ({}, ())
    assert build.made.keys() == {path for path in files if path.startswith("build/")}


def test_a_change_of_one_service_compiles_only_its_tenants_units() -> None:
    memory, files = Kept(), sources(TWO)
    files = written(files, compiled(seen(files), memory))
    build = compiled(seen({**files, CHECKOUT: files[CHECKOUT] + b"labels: {team: pay}\n"}), memory)
    assert build.artifacts
    assert {path.split("/")[3] for path in build.artifacts} == {"acme"}


def test_a_unit_needs_only_the_files_it_has_asked_for() -> None:
    """The record of a unit is complete: without every other file the unit is the same."""
    memory = Kept()
    whole = repository({**TWO, CHECKOUT: sources({})[CHECKOUT].decode() + "labels: {team: pay}\n"})
    first = compiled(whole, memory)
    for name, (known, *_) in memory.known.items():
        if not name.startswith("unit "):
            continue
        tenant, environment = name.removeprefix("unit ").split("/")
        folder = f"build/{environment}/tenants/{tenant}/"
        alone = pipeline.compile(_cut(whole, known))
        assert {path: each for path, each in alone.artifacts.items() if path.startswith(folder)} == {
            path: each for path, each in first.artifacts.items() if path.startswith(folder)
        }


def _cut(whole: Snapshot, verdict: Remembered) -> Snapshot:
    """The snapshot without the sources that were not asked for, neither by path nor by a name in a folder."""
    shared = ("templates/", "policies/", "varve.")
    entries = {
        path: each for path, each in whole.entries.items() if path in verdict.questions or path.startswith(shared)
    }
    return replace(whole, entries=entries)


def test_a_verdict_under_another_key_is_not_used() -> None:
    memory, files = Kept(), sources(TWO)
    files = written(files, compiled(seen(files), memory))
    for verdicts in memory.known.values():
        verdicts[:] = [each._replace(key=each.key[::-1]) for each in verdicts]
    build = pipeline.compile(seen(files), means=Means(memory))
    assert build.artifacts.keys() == build.made.keys()
    assert (build.recalled, len(build.learnt) > 0) == ((), True)


# Each part of the record is needed: without it, a change goes unnoticed.

UNRECORDED: Mapping[str, tuple[str, Callable[..., object], str]] = {
    "the text of a file": (
        "document",
        lambda desk, path: Document(path, parse(desk.snapshot.source(path), Report())),
        "another interval",
    ),
    "which files have a name": (
        "find",
        lambda desk, stem: next((desk.document(path) for path in desk.stems.get(stem, ())), None),
        "an overlay",
    ),
    "which names are in a folder": ("names", lambda desk, folder: desk.folders.get(folder, ()), "a service more"),
}


@pytest.mark.parametrize("what", UNRECORDED)
def test_without_its_record_a_change_goes_unnoticed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, unrecorded, edit = UNRECORDED[what]
    memory, files = Kept(), sources(TWO)
    with monkeypatch.context() as patch:
        patch.setattr(Reading, name, unrecorded)
        files = written(files, compiled(seen(files), memory))
    files = edited(files, edit)
    build = pipeline.compile(seen(files), means=Means(memory))
    assert given(build) != given(pipeline.compile(seen(files)))


def test_without_artifacts_in_the_key_an_edited_one_goes_unnoticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def blind(questions: tuple[str, ...], answers: Iterable[str]) -> list[str]:
        pairs = zip(questions, answers, strict=True)
        return ["" if question.startswith("build/") else answer for question, answer in pairs]

    key, memory, files = Ledger._key, Kept(), sources(TWO)  # noqa: SLF001 - the same key, except for artifacts
    monkeypatch.setattr(
        Ledger,
        "_key",
        lambda ledger, name, questions, answers, context: key(
            ledger, name, questions, blind(questions, answers), context
        ),
    )
    files = edited(written(files, compiled(seen(files), memory)), "an artifact changed by hand")
    build = pipeline.compile(seen(files), means=Means(memory))
    assert given(build) != given(pipeline.compile(seen(files)))


def test_without_shared_files_in_the_key_a_changed_template_goes_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "rules: [{record: 'a:b', expr: vector(%d)}]\n"
    memory, files = Kept(), sources({CHECKOUT: "packs: {mine: {}}\n", **pack(rule % 1)})
    monkeypatch.setattr(opening, "_shared_inputs", lambda *_: ())
    files = written(files, compiled(seen(files), memory)) | {"templates/packs/mine/rules.yaml.j2": (rule % 2).encode()}
    build = pipeline.compile(seen(files), means=Means(memory))
    assert given(build) != given(pipeline.compile(seen(files)))
