"""A tenant's change may not change facts that only the platform may set, and may change everything else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emit.repository import Changed, repository
from varve import pipeline
from varve.check.trust.fact import Sides, compare
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.policy.choice import held
from varve.render.frame import where
from varve.render.situate import situate

if TYPE_CHECKING:
    from varve.model.source import Map

TENANT = "tenants/acme/tenant.yaml"
STAGING = "tenants/acme/overlays/staging.yaml"
PRODUCTION = "tenants/acme/overlays/production.yaml"
SETTINGS = "varve.yaml"


def tenant(tier: str = "gold", more: str = "", id_: str = "acme") -> dict[str, str | None]:
    fields = f"tenant: {{name: ACME, tier: {tier}, region: eu-west-1, owners: [sre@acme.example]{more}}}\n"
    return {f"tenants/{id_}/tenant.yaml": fields + "labels: {mode: strict}\n"}


BASE: Changed = {**tenant(more=", isolation: logical"), "environments/audited.yaml": "labels: {audited: 'yes'}\n"}
LAYERS = (
    "  - {name: audited, priority: 35, owner: platform, path: environments/audited, when: {tenant.compliance: soc2}}\n"
    "  - {name: named, priority: 36, owner: platform, path: 'environments/owners/%{tenant.owners}', optional: true}\n"
)


def findings(after: Changed, before: Changed = BASE, *tenants: str) -> list[tuple[str, str, str]]:
    """The code, the place and the message of each diagnostic of a change."""
    report, sides = Report(), Sides("main", repository(before), repository({**before, **after}))
    compare(dict.fromkeys(tenants or ("acme",), ()), sides, report)
    situated = situate(report, sides.after)
    return [
        (each.diagnostic.rule.code, where(each.spot) if each.spot else "", each.diagnostic.message) for each in situated
    ]


def test_a_change_is_reported_once_with_its_layer_and_the_old_value() -> None:
    after = tenant("platinum", ", isolation: logical")
    message = "`tenant.tier` of `acme` would become `platinum` but is `gold` in `main`"
    assert findings(after) == [("check/own-fact", f"{TENANT}:1:28", message)]


def test_environments_are_named_if_only_some_are_concerned() -> None:
    after = {PRODUCTION: "tenant: {isolation: strict}\n"}
    message = "`tenant.isolation` of `acme` would become `strict` in `production` but is `logical` in `main`"
    assert findings(after) == [("check/own-fact", f"{PRODUCTION}:1:21", message)]


def test_two_layers_that_change_one_fact_are_two_mistakes() -> None:
    after = {PRODUCTION: "tenant: {isolation: strict}\n", STAGING: "tenant: {isolation: partial}\n"}
    assert [place for _, place, _ in findings(after)] == [f"{PRODUCTION}:1:21", f"{STAGING}:1:21"]


def test_the_notes_show_the_place_on_the_trusted_commit_and_the_history() -> None:
    report = Report()
    after = repository({**BASE, PRODUCTION: "tenant: {isolation: '%{labels.mode}'}\n"})
    compare({"acme": ()}, Sides("main", repository(BASE), after), report)
    (diagnostic,) = report
    assert [note.message for note in diagnostic.notes] == [
        f"`main` sets it in `{TENANT}`, line 1",
        "logical was set here and overridden",
        "`labels.mode` is set here",
    ]
    assert (
        diagnostic.hint == "let the platform team set it in `environments/tenants/acme`, in a pull request of its own"
    )


GONE = "`tenant.isolation` of `acme` would be removed but is `logical` in `main`"


def test_a_removed_fact_is_a_change() -> None:
    assert findings(tenant()) == [("check/own-fact", f"{TENANT}:1:9", GONE)]


def test_a_fact_that_comes_from_an_anchor_is_compared_too() -> None:
    text = "labels: {mode: &mode strict, tier: &tier gold}\ntenant: {isolation: *mode, tier: *tier}\n"
    assert [place for _, place, _ in findings({PRODUCTION: text})] == [f"{PRODUCTION}:2:21"]
    text = "x: &x {isolation: strict}\ntenant: {<<: *x}\n"
    assert [place for _, place, _ in findings({PRODUCTION: text})] == [f"{PRODUCTION}:1:19"]


def test_an_added_fact_is_a_change() -> None:
    after = tenant(more=", isolation: logical, compliance: [soc2]")
    message = "`tenant.compliance` of `acme` would become `soc2` but is not set in `main`"
    assert [text for _, _, text in findings(after)] == [message]


FINE: Mapping[str, Changed] = {
    "the same in another order": {TENANT: "labels: {a: b}\ntenant: {isolation: logical, owners: [sre@acme.example], "
                                  "region: eu-west-1, tier: gold, name: ACME}\n"},
    "the same in another format": {TENANT: None, "tenants/acme/tenant.json": '{"tenant": {"name": "A", "tier": "gold", '
                                   '"region": "eu-west-1", "isolation": "logical", "owners": ["a@acme.example"]}}'},
    "the same in an overlay": {PRODUCTION: "tenant: {isolation: logical, tier: gold}\n"},
    "another name and other owners": {**tenant(more=", isolation: logical"),
                                      STAGING: "tenant: {name: B, owners: [b@acme.example]}\n"},
    "an empty list where there was none": tenant(more=", isolation: logical, compliance: []"),
    "a list moved to overlays": {STAGING: "tenant: {compliance: []}\n"},
    "a fact by which no layer is chosen, moved to overlays": {
        **tenant(), STAGING: "tenant: {isolation: logical}\n", PRODUCTION: "tenant: {isolation: logical}\n"
    },
    "services": {"tenants/acme/services/shop.yaml": "owner: a\n"},
}  # fmt: skip


@pytest.mark.parametrize("after", FINE.values(), ids=FINE)
def test_changes_that_a_tenant_may_make(after: Changed) -> None:
    assert findings(after) == []


def test_the_order_of_a_list_does_not_matter() -> None:
    before = tenant(more=", isolation: logical, compliance: [soc2, gdpr]")
    assert findings(tenant(more=", isolation: logical, compliance: [gdpr, soc2]"), before) == []


def with_layers() -> dict[str, str | None]:
    text = repository({}).source(SETTINGS).data.decode()
    return {**BASE, SETTINGS: text + LAYERS}


def test_facts_that_select_platform_layers_are_the_platforms_too() -> None:
    after = {TENANT: cast("str", BASE[TENANT]).replace("[sre@acme.example]", "[it@acme.example]")}
    assert findings(after) == []
    message = "`tenant.owners` of `acme` would become `it@acme.example` but is `sre@acme.example` in `main`"
    assert [text for _, _, text in findings(after, with_layers())] == [message]


def test_the_order_of_a_list_in_a_layers_path_matters() -> None:
    text = cast("str", BASE[TENANT]).replace("[sre@acme.example]", "[%s]")
    before = {**with_layers(), TENANT: text % "a@acme.example, b@acme.example"}
    changes = findings({TENANT: text % "b@acme.example, a@acme.example"}, before)
    assert [message for _, _, message in changes] == [
        (
            "`tenant.owners` of `acme`, by which layers are chosen, would become `b@acme.example`, `a@acme.example` "
            "but is `a@acme.example`, `b@acme.example` in `main`"
        )
    ]


def test_a_fact_that_moves_to_a_file_where_it_selects_no_layers_is_a_change() -> None:
    before = {**with_layers(), **tenant(more=", isolation: logical, compliance: [soc2]")}
    overlays = dict.fromkeys((STAGING, PRODUCTION), "tenant: {compliance: [soc2]}\n")
    changes = findings({**tenant(more=", isolation: logical"), **overlays}, before)
    assert changes == [
        (
            "check/own-fact",
            f"{TENANT}:1:9",
            "`tenant.compliance` of `acme`, by which layers are chosen, would be removed but is `soc2` in `main`",
        )
    ]


AUDITED = tenant(more=", isolation: logical, compliance: [soc2]")
NOT_IN_ITS_OWN_FILE = {
    **tenant(more=", isolation: logical"),
    **dict.fromkeys((STAGING, PRODUCTION), "tenant: {compliance: [soc2]}\n"),
}
NO_LONGER = "`tenant.compliance` of `acme`, by which the platform is judged too, would %s but is %s in `main`"


def test_a_framework_that_moves_to_where_the_platform_is_not_judged_by_it_is_a_change() -> None:
    removed = NO_LONGER % ("be removed", "`soc2`")
    assert findings(NOT_IN_ITS_OWN_FILE, AUDITED) == [("check/own-fact", f"{TENANT}:1:9", removed)]


def test_neither_is_it_hidden_behind_a_grant_of_another_framework() -> None:
    grants = {"environments/tenants/acme.yaml": "tenant: {compliance: [gdpr]}\n"}
    changes = findings(NOT_IN_ITS_OWN_FILE, {**AUDITED, **grants})
    assert [message for _, _, message in changes] == [NO_LONGER % ("become `gdpr`", "`gdpr`, `soc2`")]


def test_a_framework_may_move_to_the_tenants_own_file() -> None:
    assert findings({**AUDITED, STAGING: None, PRODUCTION: None}, NOT_IN_ITS_OWN_FILE) == []


def test_a_framework_may_move_to_where_a_grant_repeats_it() -> None:
    grants = {"environments/tenants/acme.yaml": "tenant: {compliance: [soc2]}\n"}
    assert findings(tenant(more=", isolation: logical"), {**AUDITED, **grants}) == []


def test_a_fact_that_moves_to_an_overlay_is_a_change_where_there_is_none() -> None:
    changes = findings({**tenant(), PRODUCTION: "tenant: {isolation: logical}\n"})
    assert [message for _, _, message in changes] == [GONE.replace("removed", "removed in `staging`")]


@pytest.mark.parametrize("value", ["logical", "strict"])
def test_a_fact_by_which_a_layer_may_be_chosen_may_not_move_to_overlays(value: str) -> None:
    layer = "  - {name: own, priority: 37, owner: platform, path: environments/own, optional: true, "
    text = repository({}).source(SETTINGS).data.decode() + layer + f"when: {{tenant.isolation: {value}}}}}\n"
    overlays = dict.fromkeys((STAGING, PRODUCTION), "tenant: {isolation: logical}\n")
    changes = findings({**tenant(), **overlays}, {**BASE, SETTINGS: text})
    assert [message for _, _, message in changes] == [GONE.replace("acme`", "acme`, by which layers are chosen,")]


def test_a_tenant_may_set_what_the_platform_overrides() -> None:
    grants = {"environments/tenants/acme.yaml": "tenant: {tier: silver}\n"}
    assert findings(tenant("platinum", ", isolation: logical"), {**BASE, **grants}) == []


NEW = tenant("platinum", ", isolation: strict", "nova")


def test_the_facts_of_a_new_tenant_must_be_granted() -> None:
    code, place, message = findings(NEW, BASE, "nova")[0]
    assert (code, place) == ("check/ungranted-tenant", "tenants/nova/tenant.yaml:1:96")
    assert message == "`nova` is new but `main` does not grant it this `tenant.isolation`"
    assert len(findings(NEW, BASE, "nova")) == 1


def test_a_new_tenant_may_have_granted_facts_only() -> None:
    grants = "tenant: {tier: platinum, region: eu-west-1, isolation: strict}\n"
    before = {**BASE, "environments/tenants/nova.yaml": grants}
    assert findings(NEW, before, "nova") == []
    assert findings({"tenants/nova/tenant.yaml": "tenant: {name: N, owners: [n@acme.example]}\n"}, before, "nova") == []
    more = {"tenants/nova/overlays/production.yaml": "tenant: {compliance: [soc2]}\n"}
    ((code, place, _),) = findings({**NEW, **more}, before, "nova")
    assert (code, place) == ("check/ungranted-tenant", "tenants/nova/overlays/production.yaml:1:22")


def test_removed_tenants_and_invalid_ids_are_not_compared() -> None:
    gone: Changed = {path: None for path in repository(BASE).entries if path.startswith("tenants/acme/")}
    assert findings(gone) == []
    assert findings({"tenants/Nova/tenant.yaml": NEW["tenants/nova/tenant.yaml"]}, BASE, "Nova") == []


UNREADABLE = {
    "a syntax error": {TENANT: "tenant: ["},
    "two files of one name": {"tenants/acme/tenant.json": "{}"},
    "an overlay": {PRODUCTION: "tenant: [", STAGING: "tenant: ["},
}


@pytest.mark.parametrize("after", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_files_are_not_reported(after: Changed) -> None:
    assert findings({**tenant("platinum"), **after}) == []


def test_a_tenant_that_is_broken_on_the_trusted_commit_may_only_mend_itself() -> None:
    before = {**BASE, STAGING: "labels: 7\nquota: {}\n", "tenants/acme/services/shop.yaml": "scrape: 7\n"}
    assert findings({STAGING: "labels: {}\n"}, before) == []
    after = {STAGING: "tenant: {isolation: strict}\n"}
    assert [place for _, place, _ in findings(after, before)] == [f"{STAGING}:1:21"]


def test_with_broken_settings_nothing_is_compared() -> None:
    assert findings(tenant("platinum"), {**BASE, SETTINGS: "layers: 7\n"}) == []


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [None, True, 7, 1.5, "gold", "strict", "%{labels.mode}", "%{tenant.tier}", "%{nothing}", "", "a b"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["tier", "isolation", "compliance", "$patch", "$remove", "$x", "id", "mode", "tenant", "labels"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FILES = st.dictionaries(
    st.sampled_from([TENANT, PRODUCTION, "tenants/acme/services/shop.yaml", "tenants/acme/users/ada.yaml"]),
    st.dictionaries(st.sampled_from(["tenant", "labels", "services", "notify", "quotas"]), VALUES, max_size=3),
    max_size=3,
)


@settings(max_examples=120)
@given(FILES, FILES)
def test_no_content_of_files_stops_the_comparison(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    import json

    sources = [{path: json.dumps(value) for path, value in each.items()} for each in (before, after)]
    findings(sources[1], {**BASE, **sources[0]})


TIERS = st.sampled_from(["gold", "platinum"])
MODES = st.sampled_from(["logical", "strict", "'%{labels.mode}'"])
LISTS = st.sampled_from(["", "compliance: []", "compliance: [soc2]", "compliance: [soc2, gdpr]"])


@st.composite
def tenants(draw: st.DrawFn) -> Changed:
    """A tenant's valid files."""
    whole = (
        f"{{name: A, tier: {draw(TIERS)}, region: r-1, isolation: logical, owners: [a@acme.example], {draw(LISTS)}}}"
    )
    labels = f"labels: {{mode: {draw(st.sampled_from(['logical', 'strict', 'partial']))}}}\n"
    overlays = {path: f"tenant: {{isolation: {draw(MODES)}, {draw(LISTS)}}}\n" for path in (STAGING, PRODUCTION)}
    kept = {path: text for path, text in overlays.items() if draw(st.booleans())}
    return {TENANT: f"tenant: {whole}\n{labels}", **kept}


def facts(files: Changed) -> tuple[list[object], set[str]]:
    """The resolved facts of the tenant that only the platform may set, and the frameworks that also bind the latter."""
    report = Report()
    opened = pipeline.open_repository(repository(files), report)
    assert opened
    units = [pipeline.resolve_unit(opened, Unit("acme", name), report) for name in opened.settings.environments]
    assert not report.broken, list(report)
    known = [cast("Map", unit.value["tenant"]) for unit in units if unit]
    values: list[object] = [
        (each["tier"], each["region"], each["isolation"], sorted(cast("list[str]", each.get("compliance", []))))
        for each in known
    ]
    return values, {*held("acme", opened.settings, opened.reading).claimed}


@settings(max_examples=60)
@given(tenants(), tenants())
def test_a_change_is_refused_if_and_only_if_a_fact_changes(before: Changed, after: Changed) -> None:
    files = {STAGING: None, PRODUCTION: None, **after}
    (old, claimed), (new, still_claimed) = facts(before), facts(files)
    assert bool(findings(files, before)) == (old != new or not claimed <= still_claimed)
