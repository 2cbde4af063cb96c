"""Units, sources and environments are judged once, by the policies of the repository or of another snapshot."""

from dataclasses import replace

import pytest

from tests.policy.judging import BETA, CHECKOUT, judged, library, one_line, policy, reported, seen, waived
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.policy import Failure, Judged, Tally
from varve.model.unit import Selection, Unit
from varve.policy import bench
from varve.policy.bench import Bench
from varve.policy.subject import Material
from varve.read.reading import reading

pytestmark = pytest.mark.usefixtures("one_kit")

BROKEN = {
    "a policy that cannot be read": {"policies/own.yaml": "id: [\n"},
    "a policy that does not compile": policy("service", "service.id =="),
    "settings of another shape": {"policies/settings.yaml": "policies: 5\n"},
    "a framework of another shape": {"policies/frameworks/f.yaml": "id: f\n"},
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN)
def test_broken_policies_prevent_every_build(files: dict[str, str | None]) -> None:
    build = judged(files)
    assert (build.artifacts, build.units, build.library) == ({}, (), None)
    assert {each.place.file for each in build.diagnostics if each.place} == files.keys()
    assert judged({}).units


def test_a_broken_waiver_only_excuses_nobody() -> None:
    owned = policy("service", 'service.owner != "nobody"')
    long = waived(until='"2027-12-01"')
    build = judged({**owned, **long, CHECKOUT: "owner: nobody\n", **BETA})
    assert {unit.tenant for unit in build.units} == {"beta"}
    assert "policy/long-waiver: the waiver lasts 395 days (policies/waivers.yaml waivers.0.until)" in reported(build)


def test_an_environment_whose_platform_fails_a_policy_is_kept() -> None:
    asks = policy("platform", 'environment != "production"', message='"`{environment}` is wrong"', at="external_labels")
    build = judged(asks)
    assert reported(build) == [
        "policy/own: `production` is wrong (environments/production.yaml platform.external_labels)"
    ]
    assert build.units == (Unit("acme", "staging"),)
    assert [(each.unit, each.population, len(each.failures)) for each in build.tallies] == [
        (Unit("", "production"), 1, 1),
        (Unit("", "staging"), 1, 0),
    ]


def test_a_source_is_judged_once_and_breaks_every_unit_that_uses_it() -> None:
    asks = policy("source", '!has(source.value.owner) || source.value.owner != "nobody"', at="value.owner")
    build = judged({**asks, CHECKOUT: "owner: nobody\n", **BETA})
    assert reported(build) == [f"policy/own: something is wrong ({CHECKOUT} owner)"]
    assert {unit.tenant for unit in build.units} == {"beta"}
    (acme,) = [each for each in build.tallies if each.unit == Unit("acme", "")]
    assert [each.subject for each in acme.failures] == ["services.checkout"]
    assert len([each for each in build.tallies if each.unit == Unit("", "")]) == 1


def test_every_unit_reports_its_sources_and_merged_tallies_count_each_once() -> None:
    files = {
        **policy("source", '!has(source.value.owner) || source.value.owner != "nobody"'),
        CHECKOUT: "owner: nobody\n",
    }
    by_unit: dict[Unit, tuple[Judged, list[str]]] = {}
    judge_unit = bench.judge_unit

    def keep(judging: Bench, each: Material, report: Report) -> Judged:
        own = Report()
        found = judge_unit(judging, each, own)
        by_unit[each.unit.unit] = found, [one_line(one) for one in own]
        report.extend(own)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "judge_unit", keep)
        build = judged(files)
    (first, reported_first), (second, reported_second) = by_unit.values()
    assert reported_first == reported_second == [f"policy/own: something is wrong ({CHECKOUT})"]
    assert first.files[CHECKOUT, ()] == second.files[CHECKOUT, ()]
    shared = first.files.keys() & second.files.keys()
    assert {path for path, _ in shared} > {CHECKOUT, "tenants/acme/tenant.yaml"}
    own = next(each for each in build.tallies if each.unit == Unit("acme", ""))
    assert own.population == len({path for each in (first, second) for path, _ in each.files if "/acme/" in path})
    assert len(own.failures) == 1


def test_a_waiver_that_some_unit_needs_is_not_unused() -> None:
    (one,) = library({**policy("service", "true"), **waived()}).waivers
    needed = Judged((Tally("own", Unit("acme", "production"), 1, (Failure("services.checkout", one),)),))
    of_file = Judged((), {("varve.yaml", ()): (Tally("own", Unit("", ""), 1, (Failure("varve", one),)),)})
    known = library({**policy("service", "true"), **waived()})
    assert [bench.unused_waivers(known, each) for each in ([], [Judged(), needed], [of_file, Judged()])] == [
        (one,),
        (),
        (),
    ]


def test_a_source_of_the_platform_breaks_every_environment_that_uses_it() -> None:
    asks = policy("source", 'source.path != "environments/staging.yaml"')
    assert {unit.environment for unit in judged(asks).units} == {"production"}
    assert judged(policy("source", 'source.path != "varve.yaml"')).units == ()


def test_a_change_is_judged_by_the_policies_that_it_changes() -> None:
    asks = policy("service", 'service.owner != "nobody"')
    wrong = {CHECKOUT: "owner: nobody\n"}
    change = seen({**wrong, **policy("service", "true")})
    assert pipeline.compile(change).units
    build = pipeline.compile(change, judges=seen(asks))
    assert build.units == ()
    assert {one_line(each) for each in build.diagnostics} == {f"policy/own: something is wrong ({CHECKOUT})"}


def test_a_waiver_that_a_change_no_longer_needs_is_no_mistake_of_the_change() -> None:
    asks = {**policy("service", 'service.owner != "nobody"'), **waived()}
    assert pipeline.compile(seen(asks), judges=seen(asks)).unused_waivers == ()
    assert [each.policy for each in judged(asks).unused_waivers] == ["own"]


def test_a_partial_compile_reports_no_unused_waivers() -> None:
    asks = {**policy("service", "true"), **waived()}
    assert pipeline.compile(seen(asks), Selection(tenant="acme")).unused_waivers == ()


def test_only_shipped_policies_that_bind_are_compiled() -> None:
    files = policy("service", "true", applies="chosen")
    own = seen(files)
    shipped = bench.read(reading(replace(own, library=own.library | files.keys()), Report()), Report())
    found = bench.read(reading(own, Report()), Report())
    assert shipped
    assert found
    assert (list(shipped.programs), list(found.programs)) == ([], ["own"])
