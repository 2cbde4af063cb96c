"""What a change means is found in the values, rules, routes and artifacts of the units that it touches."""

from collections.abc import Mapping

import pytest

from tests.emit.repository import CHECKOUT, SEALED, Changed, built, repository, sources
from tests.pipeline.test_remembering import TWO
from tests.test_surfaces import PRODUCTION
from varve import pipeline
from varve.inquire.affected import Side
from varve.inquire.difference.difference import difference
from varve.model.difference import THERE, Difference
from varve.model.unit import Unit
from varve.render import difference as saying

SERVICE = "alerts: {Slow: {expr: up == 0, severity: warning, summary: Slow}}\n"
TEAM = "notify: {receivers: {team: {email: {to: [a@acme.example]}}}, routes: {warning: {receivers: [team]}}}\n"
ROUTED = {
    "environments/production.yaml": PRODUCTION,
    "tenants/acme/overlays/production.yaml": TEAM,
    CHECKOUT: SERVICE,
}


def meant(change: Changed, begun: Mapping[str, str] = TWO) -> tuple[Difference, ...]:
    before, after = (_side({**begun, **each}) for each in ({}, change))
    return difference(before, after)


def _side(files: Changed) -> Side:
    seen = repository(files)
    return Side(seen, pipeline.compile(seen))


def told(found: tuple[Difference, ...], *units: Unit) -> set[tuple[str, str, str | None, str | None]]:
    """The subjects and sides of what these units have in common, but of artifacts."""
    return {
        (thing.subject, each.change.part, each.change.before, each.change.after)
        for one in found
        if one.units == units
        for each in one.changes
        if each.change.kind != "artifact"
        for thing in each.things
    }


ACMES = Unit("acme", "production"), Unit("acme", "staging")


def test_where_nothing_changes_nothing_is_meant() -> None:
    assert meant({}) == ()
    assert meant({CHECKOUT: sources({})[CHECKOUT].decode() + "# nothing\n"}) == ()


def test_a_word_of_a_tenant_is_a_value_a_rule_and_an_artifact() -> None:
    found = meant({CHECKOUT: SERVICE.replace("== 0", "== 1")}, {**TWO, CHECKOUT: SERVICE})
    assert told(found, *ACMES) == {
        ("services.checkout.alerts.Slow.expr", "", "up == 0", "up == 1"),
        ("Slow", "expr", 'up{tenant="acme"} == 0', 'up{tenant="acme"} == 1'),
    }
    assert [(each.where, each.lines) for each in found[0].changes if each.change.kind == "artifact"] == [
        (("checkout.yaml",), (2, 2, 2))
    ]
    assert found[0].changes[0].where == (f"{CHECKOUT}:1",)


def test_a_shared_default_is_meant_for_all_and_said_once() -> None:
    defaults = sources({})["environments/defaults.yaml"].decode()
    (found, *_) = meant({"environments/defaults.yaml": f"{defaults}labels: {{stage: one}}\n"})
    assert {each.tenant for each in found.units} == {"acme", "beta"}
    assert [(each.subjects, each.change.after) for each in found.changes][:1] == [(("labels",), "{stage: one}")]


def test_a_setting_of_the_platform_is_one_of_what_all_share() -> None:
    found = meant({"environments/staging.yaml": "platform: {prometheus: {evaluation_interval: 50s}}\n"})
    assert ("platform.prometheus.evaluation_interval", "") in {each[:2] for each in told(found, Unit("", "staging"))}


def test_who_hears_of_an_alert_changes_with_a_route() -> None:
    other = TEAM.replace("{team:", "{night:").replace("[team]", "[night]")
    found = meant({"tenants/acme/overlays/production.yaml": other}, ROUTED)
    assert ("Slow", "", "acme/team", "acme/night") in told(found, Unit("acme", "production"))


def test_who_hears_of_an_alert_changes_with_its_labels() -> None:
    found = meant({CHECKOUT: SERVICE.replace("warning", "info")}, ROUTED)
    assert told(found, Unit("acme", "production")) == {("Slow", "", "acme/team", "platform")}


def test_a_tenant_that_comes_is_new_and_one_that_goes_is_gone() -> None:
    for begun, change, state in (({}, TWO, (None, "sound")), (TWO, dict.fromkeys(TWO), ("sound", None))):
        states = {one.units: one.changes[0].change for one in meant(change, begun)}
        both = states[Unit("beta", "production"), Unit("beta", "staging")]
        assert (both.kind, both.before, both.after) == ("unit", *state)


def test_of_a_broken_unit_nothing_else_is_told() -> None:
    begun = built({**TWO, CHECKOUT: SERVICE})
    found = meant({CHECKOUT: SERVICE.replace("up == 0", "up ==")}, {path: text or "" for path, text in begun.items()})
    assert [(one.units, [(each.change.before, each.change.after) for each in one.changes]) for one in found] == [
        (ACMES, [("sound", "broken")])
    ]


def test_a_sealed_file_that_is_another_is_told_because_it_may_lead_elsewhere() -> None:
    begun = {**TWO, "tenants/acme/secrets/metrics.sops.yaml": SEALED}
    login = "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, password: %s}}}\n"
    begun[CHECKOUT] = login % "{secret: metrics/password}"
    found = meant({"tenants/acme/secrets/metrics.sops.yaml": f"{SEALED}\n"}, begun)
    assert told(found, *ACMES) == {("tenants/acme/secrets/metrics.sops.yaml", "", THERE, THERE)}


def test_of_a_broken_environment_no_route_is_said_to_be_gone() -> None:
    sound = f"{PRODUCTION}  external_labels: {{cluster: one}}\n"
    begun = built({**ROUTED, "environments/production.yaml": sound})
    broken = sound.replace("from: ", "username: varve, password: CANARY, from: ")
    found = meant({"environments/production.yaml": broken}, {path: text or "" for path, text in begun.items()})
    assert {each.change.kind for one in found for each in one.changes} == {"unit"}


def test_of_a_unit_that_was_broken_what_it_kept_is_compared() -> None:
    begun = {path: text or "" for path, text in built({**TWO, CHECKOUT: SERVICE}).items()}
    broken = {**begun, CHECKOUT: "onwer: payments\n"}
    found = meant({CHECKOUT: SERVICE.replace("== 0", "== 1")}, broken)
    assert ("Slow", "expr", 'up{tenant="acme"} == 0', 'up{tenant="acme"} == 1') in told(found, *ACMES)
    assert "value" not in {each.change.kind for one in found for each in one.changes}


def test_rules_and_routes_that_somebody_has_broken_by_hand_are_none() -> None:
    begun = {path: text or "" for path, text in built(ROUTED).items()}
    by_hand = {
        path: "[" if path.endswith("checkout.yaml") else "route: {matchers: 1}\n"
        for path in begun
        if path.startswith("build/production/tenants/acme/") and path.endswith(("alertmanager.yaml", "checkout.yaml"))
    }
    broken = {**begun, **by_hand, CHECKOUT: "onwer: payments\n"}
    found = meant({CHECKOUT: SERVICE}, broken)
    assert ("Slow", "", None, "acme/team") in told(found, Unit("acme", "production"))


@pytest.mark.parametrize("broken", ["before", "after"])
def test_a_side_that_cannot_be_opened_means_nothing(broken: str) -> None:
    before, after = (_side({**TWO, "varve.yaml": "["} if each == broken else TWO) for each in ("before", "after"))
    assert difference(before, after) == ()


def test_of_what_may_be_a_secret_nothing_is_told() -> None:
    login = "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, password: %s}}}\n"
    sealed, clear = login % "{secret: metrics/password}", login % "CANARY"
    for before, after in ((sealed, clear), (clear, sealed), (clear, clear.replace("varve", "other"))):
        found = meant({CHECKOUT: after}, {**TWO, "tenants/acme/secrets/metrics.sops.yaml": SEALED, CHECKOUT: before})
        assert {each.change.kind for one in found for each in one.changes} >= {"unit"}
        assert "CANARY" not in saying.text(found) + saying.json(found)
