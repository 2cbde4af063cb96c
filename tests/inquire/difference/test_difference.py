"""What a change means is found in the values, rules, routes and artifacts of the units that it touches."""

from collections.abc import Mapping

import pytest

from tests.emit.repository import CHECKOUT, SEALED, Changed, built, repository, sources
from tests.pipeline.test_remembering import TWO
from tests.test_surfaces import PRODUCTION
from varve import pipeline
from varve.inquire.affected import Side
from varve.inquire.difference.difference import difference
from varve.model.diagnostic import Report
from varve.model.difference import PRESENT, Difference
from varve.model.unit import Selection, Unit
from varve.render import difference as render

EVERYTHING = Selection()
SERVICE = "alerts: {Slow: {expr: up == 0, severity: warning, summary: Slow}}\n"
TEAM = "notify: {receivers: {team: {email: {to: [a@acme.example]}}}, routes: {warning: {receivers: [team]}}}\n"
ROUTED = {
    "environments/production.yaml": PRODUCTION,
    "tenants/acme/overlays/production.yaml": TEAM,
    CHECKOUT: SERVICE,
}


def meant(change: Changed, begun: Mapping[str, str] = TWO, selection: Selection = EVERYTHING) -> tuple[Difference, ...]:
    before, after = (_side({**begun, **each}) for each in ({}, change))
    report = Report()
    found = difference(before, after, selection, report)
    assert report.broken <= (not found)
    return found


def _side(files: Changed) -> Side:
    seen = repository(files)
    return Side(seen, pipeline.compile(seen))


def changes(found: tuple[Difference, ...], *units: Unit) -> set[tuple[str, str, str | None, str | None]]:
    """The subjects and sides of what these units have in common, but of artifacts."""
    return {
        (thing.subject, each.change.part, each.change.before, each.change.after)
        for one in found
        if one.units == units
        for each in one.changes
        if each.change.kind != "artifact"
        for thing in each.items
    }


ACMES = Unit("acme", "production"), Unit("acme", "staging")


def test_where_nothing_changes_nothing_is_meant() -> None:
    assert meant({}) == ()
    assert meant({CHECKOUT: sources({})[CHECKOUT].decode() + "# nothing\n"}) == ()


def test_a_word_of_a_tenant_is_a_value_a_rule_and_an_artifact() -> None:
    found = meant({CHECKOUT: SERVICE.replace("== 0", "== 1")}, {**TWO, CHECKOUT: SERVICE})
    assert changes(found, *ACMES) == {
        ("services.checkout.alerts.Slow.expr", "", "up == 0", "up == 1"),
        ("Slow", "expr", 'up{tenant="acme"} == 0', 'up{tenant="acme"} == 1'),
    }
    assert [(each.where, each.lines) for each in found[0].changes if each.change.kind == "artifact"] == [
        (("checkout.yaml",), (2, 2, 2))
    ]
    assert found[0].changes[0].where == (f"{CHECKOUT}:1",)


def test_a_changed_default_of_all_tenants_is_listed_once() -> None:
    defaults = sources({})["environments/defaults.yaml"].decode()
    (found, *_) = meant({"environments/defaults.yaml": f"{defaults}labels: {{stage: one}}\n"})
    assert {each.tenant for each in found.units} == {"acme", "beta"}
    assert [(each.subjects, each.change.after) for each in found.changes][:1] == [(("labels",), "{stage: one}")]


def test_a_setting_of_the_platform_is_one_of_what_all_share() -> None:
    found = meant({"environments/staging.yaml": "platform: {prometheus: {evaluation_interval: 50s}}\n"})
    assert ("platform.prometheus.evaluation_interval", "") in {each[:2] for each in changes(found, Unit("", "staging"))}


def test_a_route_changes_the_receivers_of_an_alert() -> None:
    other = TEAM.replace("team", "night").replace("a@acme", "night@acme")
    found = meant({"tenants/acme/overlays/production.yaml": other}, ROUTED)
    assert ("Slow", "", "acme/team", "acme/night") in changes(found, Unit("acme", "production"))


def test_labels_change_the_receivers_of_an_alert() -> None:
    found = meant({CHECKOUT: SERVICE.replace("warning", "info")}, ROUTED)
    assert changes(found, Unit("acme", "production")) == {("Slow", "", "acme/team", "platform")}


def test_a_tenant_that_comes_is_new_and_one_that_goes_is_gone() -> None:
    for begun, change, state in (({}, TWO, (None, "sound")), (TWO, dict.fromkeys(TWO), ("sound", None))):
        states = {one.units: one.changes[0].change for one in meant(change, begun)}
        both = states[Unit("beta", "production"), Unit("beta", "staging")]
        assert (both.kind, both.before, both.after) == ("unit", *state)


def test_a_broken_unit_has_no_other_differences() -> None:
    begun = built({**TWO, CHECKOUT: SERVICE})
    found = meant({CHECKOUT: SERVICE.replace("up == 0", "up ==")}, {path: text or "" for path, text in begun.items()})
    assert [(one.units, [(each.change.before, each.change.after) for each in one.changes]) for one in found] == [
        (ACMES, [("sound", "broken")])
    ]


def test_a_changed_sealed_file_is_listed() -> None:
    begun = {**TWO, "tenants/acme/secrets/metrics.sops.yaml": SEALED}
    login = "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, password: %s}}}\n"
    begun[CHECKOUT] = login % "{secret: metrics/password}"
    found = meant({"tenants/acme/secrets/metrics.sops.yaml": f"{SEALED}\n"}, begun)
    assert changes(found, *ACMES) == {("tenants/acme/secrets/metrics.sops.yaml", "", PRESENT, PRESENT)}


def test_a_broken_environment_removes_no_route() -> None:
    sound = f"{PRODUCTION}  external_labels: {{cluster: one}}\n"
    begun = built({**ROUTED, "environments/production.yaml": sound})
    broken = sound.replace("from: ", "username: varve, password: CANARY, from: ")
    found = meant({"environments/production.yaml": broken}, {path: text or "" for path, text in begun.items()})
    assert {each.change.kind for one in found for each in one.changes} == {"unit"}


def test_of_a_unit_that_was_broken_what_it_kept_is_compared() -> None:
    begun = {path: text or "" for path, text in built({**TWO, CHECKOUT: SERVICE}).items()}
    broken = {**begun, CHECKOUT: "onwer: payments\n"}
    found = meant({CHECKOUT: SERVICE.replace("== 0", "== 1")}, broken)
    assert ("Slow", "expr", 'up{tenant="acme"} == 0', 'up{tenant="acme"} == 1') in changes(found, *ACMES)
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
    assert ("Slow", "", None, "acme/team") in changes(found, Unit("acme", "production"))


@pytest.mark.parametrize("broken", ["before", "after"])
def test_a_side_that_cannot_be_opened_means_nothing(broken: str) -> None:
    before, after = (_side({**TWO, "varve.yaml": "["} if each == broken else TWO) for each in ("before", "after"))
    assert difference(before, after, EVERYTHING, Report()) == ()


def test_what_may_be_a_secret_is_not_shown() -> None:
    login = "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, password: %s}}}\n"
    sealed, clear = login % "{secret: metrics/password}", login % "CANARY"
    for before, after in ((sealed, clear), (clear, sealed), (clear, clear.replace("varve", "other"))):
        found = meant({CHECKOUT: after}, {**TWO, "tenants/acme/secrets/metrics.sops.yaml": SEALED, CHECKOUT: before})
        assert {each.change.kind for one in found for each in one.changes} >= {"unit"}
        assert "CANARY" not in render.text(found) + render.json(found)


def test_a_service_that_has_another_name_takes_everything_along() -> None:
    begun = {**ROUTED, CHECKOUT: SERVICE.replace("up", "max(up)") + "owner: payments\n"}
    (found, *_) = meant({CHECKOUT: None, "tenants/acme/services/basket.yaml": begun[CHECKOUT]}, begun)
    assert changes((found,), *ACMES) == {
        ("services.basket", "name", "checkout", "basket"),
        ("Slow", "labels.service", "checkout", "basket"),
        ("varve_service_info", "labels.service", "checkout", "basket"),
    }
    artifacts = [each.change[2:] for each in found.changes if each.change.kind == "artifact" and each.change.part]
    assert artifacts == [("name", "checkout.yaml", "basket.yaml")]


def test_an_alert_and_a_receiver_that_have_other_names_are_the_same() -> None:
    service = SERVICE.replace("summary", "for: 5m, summary")
    again = {
        CHECKOUT: service.replace("Slow:", "Late:").replace("== 0", "== 1"),
        "tenants/acme/overlays/production.yaml": TEAM.replace("team", "night"),
    }
    found = meant(again, {**ROUTED, CHECKOUT: service})
    assert changes(found, *ACMES) == {
        ("services.checkout.alerts.Late", "name", "Slow", "Late"),
        ("services.checkout.alerts.Late.expr", "", "up == 0", "up == 1"),
        ("Late", "name", "Slow", "Late"),
        ("Late", "expr", 'up{tenant="acme"} == 0', 'up{tenant="acme"} == 1'),
    }
    assert changes(found, Unit("acme", "production")) == {
        ("notify.receivers.night", "name", "team", "night"),
        ("notify.routes.warning.receivers", "", "[team]", "[night]"),
    }


def test_a_changed_channel_of_a_receiver_is_listed_with_its_alerts() -> None:
    found = meant({"tenants/acme/overlays/production.yaml": TEAM.replace("a@acme", "b@acme")}, ROUTED)
    assert ("Slow", "acme/team", PRESENT, PRESENT) in changes(found, Unit("acme", "production"))


def test_a_new_name_may_change_the_receivers_of_an_alert() -> None:
    routes = 'routes: {own: {match: [alertname="Slow"], receivers: [team]}}'
    begun = {
        **ROUTED,
        "tenants/acme/overlays/production.yaml": TEAM.replace("routes: {warning: {receivers: [team]}}", routes),
    }
    found = meant({CHECKOUT: SERVICE.replace("Slow:", "Late:").replace("summary: Slow", "summary: Late")}, begun)
    assert changes(found, *ACMES) >= {("Late", "name", "Slow", "Late")}
    assert changes(found, Unit("acme", "production")) == {("Late", "", "acme/team", "platform")}


def test_of_equal_sealed_files_each_has_only_one_other_name() -> None:
    names = [f"tenants/acme/secrets/{each}.sops.yaml" for each in ("aa", "bb", "cc", "dd")]
    scrape = "{targets: ['search:9090'], basic_auth: {username: varve, password: {secret: %s/password}}}"
    logins = [f"scrape: {{one: {scrape % one}, two: {scrape % two}}}\n" for one, two in (("aa", "bb"), ("cc", "dd"))]
    begun = {**TWO, **dict.fromkeys(names[:2], SEALED), CHECKOUT: logins[0]}
    found = meant({**dict.fromkeys(names[:2]), **dict.fromkeys(names[2:], SEALED), CHECKOUT: logins[1]}, begun)
    assert {each for each in changes(found, *ACMES) if each[0].endswith(".sops.yaml")} == {
        (names[2], "name", "aa.sops.yaml", "cc.sops.yaml"),
        (names[3], "name", "bb.sops.yaml", "dd.sops.yaml"),
    }


def test_a_renamed_sealed_file_is_listed_as_renamed() -> None:
    old, new = "tenants/acme/secrets/metrics.sops.yaml", "tenants/acme/secrets/other.sops.yaml"
    login = (
        "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, password: {secret: %s/password}}}}\n"
    )
    found = meant(
        {old: None, new: SEALED, CHECKOUT: login % "other"}, {**TWO, old: SEALED, CHECKOUT: login % "metrics"}
    )
    assert (new, "name", "metrics.sops.yaml", "other.sops.yaml") in changes(found, *ACMES)


@pytest.mark.parametrize(
    ("selection", "units"),
    [
        (
            Selection(),
            {"/production", "/staging", "acme/production", "acme/staging", "beta/production", "beta/staging"},
        ),
        (Selection("staging"), {"/staging", "acme/staging", "beta/staging"}),
        (Selection(None, "acme"), {"acme/production", "acme/staging"}),
        (Selection("staging", "acme"), {"acme/staging"}),
    ],
)
def test_units_that_are_not_selected_are_left_out(selection: Selection, units: set[str]) -> None:
    defaults = sources({})["environments/defaults.yaml"].decode()
    change = {
        "environments/defaults.yaml": f"{defaults}labels: {{a: b}}\nplatform: {{runbooks: 'https://r.example'}}\n"
    }
    found = meant(change, selection=selection)
    assert {f"{unit.tenant}/{unit.environment}" for each in found for unit in each.units} == units


def test_what_is_selected_has_to_be_on_a_side() -> None:
    gone = {path: None for path in TWO if path.startswith("tenants/beta/")}
    assert meant(gone, selection=Selection(None, "beta"))
    report = Report()
    assert difference(_side(TWO), _side(TWO), Selection("prod", "gamma"), report) == ()
    assert [each.rule.code for each in report] == ["read/no-such-environment", "read/no-such-tenant"]
