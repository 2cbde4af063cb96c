"""With a trusted commit only what has changed is compiled, and the result is that of a full build."""

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.emit.alertmanager.notifying import CAMILLE, notifying
from tests.emit.repository import CHECKOUT, STRICT, sources
from tests.pipeline.remembered import Kept, compiled, given, seen, written
from tests.pipeline.test_remembering import ACMES, BETA, EDITS, TWO, edited
from tests.test_laws import repositories
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Severity
from varve.pipeline import Means, outcome

MAIN = "build/production/tenants/acme/prometheus.yaml"
THREE = {**TWO, "tenants/gamma/tenant.yaml": TWO[BETA].replace("beta", "gamma")}


def _built(files: dict[str, bytes]) -> dict[str, bytes]:
    return written(files, compiled(seen(files), Kept()))


def _errors(build: Build) -> set[str]:
    return {repr(each) for each in build.diagnostics if each.rule.severity is Severity.ERROR}


def _is_the_same(before: dict[str, bytes], now: dict[str, bytes]) -> Build:
    build = pipeline.compile(seen(now), means=Means(trusted=seen(before)))
    full = pipeline.compile(seen(now))
    assert (build.made, build.kept, build.units) == (full.made, full.kept, full.units)
    assert _errors(build) == _errors(full)
    assert {repr(each) for each in build.diagnostics} <= {repr(each) for each in full.diagnostics}
    return build


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_gives_the_same_as_a_full_build(edit: str) -> None:
    before = _built(sources(THREE))
    _is_the_same(before, edited(before, edit))


@drawn(repositories(), repositories(), st.sampled_from(sorted(EDITS)))
@settings(max_examples=10, deadline=None)
def test_a_build_since_a_commit_equals_a_full_one(first: dict[str, str], second: dict[str, str], edit: str) -> None:
    before = _built({path: text.encode() for path, text in first.items()})
    stands = {path: data for path, data in before.items() if path.startswith("build/")}
    _is_the_same(before, edited({**stands, **{path: text.encode() for path, text in second.items()}}, edit))


def test_a_tenants_change_compiles_only_that_tenant_and_the_probe() -> None:
    before = _built(sources(THREE))
    now = {**before, CHECKOUT: before[CHECKOUT] + b"labels: {team: pay}\n"}
    build = _is_the_same(before, now)
    assert {each.split("/")[3] for each in build.artifacts} == {"acme", "beta"}
    assert build.trusted == 2


def test_an_artifact_that_was_edited_by_hand_is_detected() -> None:
    before = _built(sources(THREE))
    build = _is_the_same(before, {**before, ACMES: b"groups: []\n"})
    assert build.artifacts[ACMES].data == before[ACMES]


@pytest.mark.parametrize("edit", [b"# edited by hand\n", None], ids=["edited", "deleted"])
def test_an_edited_main_file_of_a_strict_tenant_is_detected(edit: bytes | None) -> None:
    before = _built(sources({**THREE, **STRICT}))
    assert MAIN in before
    now = {path: data for path, data in before.items() if path != MAIN} | ({MAIN: edit} if edit else {})
    build = _is_the_same(before, now)
    assert build.artifacts[MAIN].data == before[MAIN]


def test_an_environment_is_linked_again_if_a_file_that_linking_reads_changes() -> None:
    before = _built(sources({**THREE, **notifying()}))
    shared = "build/production/shared/alertmanager.yaml"
    build = _is_the_same(before, {**before, CAMILLE: before[CAMILLE].replace(b"camille@", b"c@")})
    assert b"c@acme.example" in build.artifacts[shared].data
    assert build.trusted == 2


def test_a_link_with_trusted_units_is_not_remembered() -> None:
    memory, initial = Kept(), sources(THREE)
    before = written(initial, compiled(seen(initial), memory))
    now = {**before, BETA: before[BETA].replace(b"logical", b"strict")}
    build = pipeline.compile(seen(now), means=Means(memory, trusted=seen(before)))
    memory.keep(build.learnt)
    after = seen(written(now, build))
    assert given(pipeline.compile(after, means=Means(memory))) == given(pipeline.compile(after))


def test_shipped_files_are_unchanged_unless_the_repository_replaces_them() -> None:
    before = _built(sources(THREE))
    main = "templates/prometheus/prometheus.yaml.j2"
    now = {**before, CHECKOUT: before[CHECKOUT] + b"labels: {team: pay}\n"}
    for first in (before, {**before, main: seen(before).source(main).data}):
        unshipped = replace(
            seen(first), library=frozenset(), entries={path: seen(first).entries[path] for path in first}
        )
        assert pipeline.compile(seen(now), means=Means(trusted=unshipped)).trusted == 2
    replaced = {**before, main: seen(before).source(main).data + b"{# ours #}"}
    assert _is_the_same(before, replaced).trusted == 0
    assert _is_the_same(replaced, before).trusted == 0


def test_everything_is_compiled_if_another_compiler_made_the_trusted_artifacts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _built(sources(THREE))
    emit = outcome.emit

    def other(*given: object) -> object:
        made = emit(*given)  # type: ignore[arg-type]
        return made and tuple(type(each)(each.path, each.data + b"\n") for each in made)

    monkeypatch.setattr(outcome, "emit", other)
    now = {**before, CHECKOUT: before[CHECKOUT] + b"labels: {team: pay}\n"}
    build = pipeline.compile(seen(now), means=Means(trusted=seen(before)))
    assert {each.split("/")[3] for each in build.artifacts if "/tenants/" in each} == {"acme", "beta", "gamma"}
    assert build.trusted == 0


def test_a_change_of_shared_files_compiles_everything() -> None:
    before = _built(sources(THREE))
    for path in ("environments/defaults.yaml", "environments/tiers/gold.yaml", "environments/production.yaml"):
        now = {**before, path: before.get(path, b"") + b"\nlabels: {all: theirs}\n"}
        assert _is_the_same(before, now).trusted == 0
    grants = {**before, "environments/tenants/acme.yaml": b"labels: {one: acme}\n"}
    assert pipeline.compile(seen(grants), means=Means(trusted=seen(before))).trusted == 2


GRANTS = "environments/tenants/%s.yaml"


@pytest.mark.parametrize("gone", ["acme", "beta"])
@pytest.mark.parametrize("broken", [False, True], ids=["sound", "broken"])
def test_files_that_are_not_read_any_more_are_reported_as_by_a_full_build(gone: str, broken: bool) -> None:  # noqa: FBT001
    granted = {GRANTS % each: "quotas: {series: 6000}\n" for each in ("acme", "beta", "gamma")}
    before = _built(sources({**THREE, **granted}))
    now = {path: data for path, data in before.items() if not path.startswith(f"tenants/{gone}/")}
    now |= {GRANTS % "ghost": b"a: 1\n"} | ({"tenants/No/x.yaml": b"a: 1\n"} if broken else {})
    build = _is_the_same(before, now)
    assert build.trusted == 2
    assert {repr(each) for each in build.diagnostics} == {
        repr(each) for each in pipeline.compile(seen(now)).diagnostics
    }
    unread = [each.place.file for each in build.diagnostics if each.rule.code == "read/unread-file" and each.place]
    assert unread == ([] if broken else [GRANTS % gone, GRANTS % "ghost"])
