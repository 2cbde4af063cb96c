"""The layout of a repository: its settings, its tenants, and the files that are never read."""

import pytest

from varve.model.diagnostic import Report
from varve.model.settings import LayerSettings, Settings
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map
from varve.model.unit import Selection
from varve.read import repository

SETTINGS = Settings(("staging", "production"), (), {})
SEALED = '{"a": "ENC[…]", "sops": {}}'


def snapshot(*paths: str, refused: tuple[str, ...] = ()) -> Snapshot:
    return _snapshot(dict.fromkeys(paths, ""), refused)


def _snapshot(held: dict[str, str], refused: tuple[str, ...] = ()) -> Snapshot:
    entries = {path: Entry(path, "100644") for path in sorted(held)}
    return Snapshot(entries, {path: text.encode() for path, text in held.items()}, refused=frozenset(refused))


def reported(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, each.place.file if each.place else "") for each in report]


DEFAULTS: Map = {"name": "defaults", "priority": 0, "owner": "platform", "path": "environments/defaults"}
TENANT: Map = {"name": "tenant", "priority": 40, "owner": "tenant", "path": "tenants/%{tenant.id}/tenant"}
WHEN: Map = {"environment": "production", "tenant.tier": ["gold", "platinum"]}


def test_layers_are_sorted_by_their_priority() -> None:
    found = repository.settings({"environments": ["production"], "layers": [{**TENANT, "optional": True}, DEFAULTS]})
    assert found.environments == ("production",)
    assert [layer.name for layer in found.layers] == ["defaults", "tenant"]
    assert [layer.optional for layer in found.layers] == [False, True]
    assert found.variables == {}


def test_a_layer_may_depend_on_one_value_of_a_fact_or_on_several() -> None:
    layers = [{**DEFAULTS, "into": "b.c", "when": WHEN}]
    found = repository.settings({"environments": [], "layers": [*layers], "inputs": {"env": {"REGION": "none"}}})
    known = {"environment": ("production",), "tenant.tier": ("gold", "platinum")}
    layer = LayerSettings("defaults", 0, "platform", "environments/defaults", "b.c", optional=False, when=known)
    assert found.layers == (layer,)
    assert found.variables == {"REGION": "none"}


HINT = "use 2 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen"
TENANTS = {
    "a folder with a file": (("tenants/acme/tenant.yaml",), ("acme",), []),
    "a folder with a file below": (("tenants/acme/services/a.yaml",), ("acme",), []),
    "a file beside the folders": (("tenants/README.md",), (), []),
    "a name that is no id": (("tenants/a_b/tenant.yaml",), (), [("read/bad-id", "tenants/a_b/tenant.yaml")]),
    "an upper-case letter": (("tenants/Acme/tenant.yaml",), (), [("read/bad-id", "tenants/Acme/tenant.yaml")]),
    "two that differ in their case": (
        ("tenants/ACME/tenant.yaml", "tenants/Acme/tenant.yaml", "tenants/acme/tenant.yaml"),
        ("acme",),
        [
            ("read/colliding-id", "tenants/ACME/tenant.yaml"),
            ("read/colliding-id", "tenants/Acme/tenant.yaml"),
        ],
    ),
}


@pytest.mark.parametrize(("paths", "ids", "wrong"), TENANTS.values(), ids=TENANTS)
def test_a_tenant_is_a_folder(paths: tuple[str, ...], ids: tuple[str, ...], wrong: list[tuple[str, str]]) -> None:
    report = Report()
    assert repository.tenants(snapshot(*paths), report) == ids
    assert reported(report) == wrong


SUGGESTED = {
    "a free name": ((), "Acme_Labs", ", such as `acme-labs`"),
    "a name that a tenant has": (("tenants/acme-labs/tenant.yaml",), "Acme_Labs", ""),
    "a name of which nothing is left": ((), "__", ""),
}


@pytest.mark.parametrize(("others", "folder", "suggestion"), SUGGESTED.values(), ids=SUGGESTED)
def test_a_suggested_name_is_not_taken(others: tuple[str, ...], folder: str, suggestion: str) -> None:
    report = Report()
    repository.tenants(snapshot(f"tenants/{folder}/tenant.yaml", *others), report)
    (diagnostic,) = report
    assert diagnostic.hint.removeprefix(HINT) == suggestion


def test_a_refused_tenant_keeps_its_name() -> None:
    report = Report()
    repository.tenants(snapshot("tenants/Acme_Labs/tenant.yaml", refused=("tenants/acme-labs/tenant.yaml",)), report)
    assert [each.hint for each in report] == [HINT]


@pytest.mark.parametrize("path", ["tenants/acme/tenant.yaml", "tenants/acme"])
def test_a_tenant_of_which_nothing_can_be_read_exists(path: str) -> None:
    report = Report()
    assert repository.tenants(snapshot("tenants/umbra/tenant.yaml", refused=(path,)), report) == ("acme", "umbra")
    assert not len(report)


QUESTIONS = {
    *("tenants/acme/tenant.", "tenants/acme/tenant.yaml", "tenants/acme/services/", "tenants/acme/rules/"),
    *("tenants/acme/overlays/staging.", "tenants/acme/overlays/production.", "tenants/acme/secrets/slack.sops.yaml"),
}
UNREAD = {
    "a file that was read": ("tenants/acme/tenant.yaml", "", ()),
    "an overlay of nothing": ("tenants/acme/overlays/prod.yaml", "", ("read/unread-file",)),
    "a file of the platform": ("environments/old.toml", "", ("read/unread-file",)),
    "a file outside of both folders": ("policies/a.yaml", "", ()),
    "a misspelt extension": ("tenants/acme/services/a.ymal", "", ("read/unknown-format",)),
    "an extension in capitals": ("tenants/acme/services/a.YAML", "", ("read/unknown-format",)),
    "a vendor's extension": ("tenants/acme/rules/a.rules", "", ("read/unknown-format",)),
    "a text for people": ("tenants/acme/README.md", "", ()),
    "a text beside services": ("tenants/acme/services/README.md", "", ()),
    "notes beside services": ("tenants/acme/services/NOTES.txt", "", ()),
    "notes in small letters": ("tenants/acme/services/notes.txt", "", ()),
    "a name that no service has": ("tenants/acme/services/OWNERS", "", ()),
    "what keeps a folder": ("tenants/acme/services/.gitkeep", "", ()),
    "a backup of an editor": ("tenants/acme/services/a.yaml~", "", ()),
    "what an editor has not saved": ("tenants/acme/services/#a.yaml#", "", ()),
    "a hidden source": ("tenants/acme/services/.shop.yaml", "", ("read/unread-file",)),
    "a service that is a text": ("tenants/acme/services/shop.txt", "", ("read/unknown-format",)),
    "a service without an extension": ("tenants/acme/services/shop", "", ("read/unknown-format",)),
    "an overlay that is a text": ("tenants/acme/overlays/staging.txt", "", ("read/unknown-format",)),
    "a text among sealed files": ("tenants/acme/secrets/slack.txt", "", ()),
    "a text in a tenant of that name": ("tenants/secrets/services/shop.ymal", "", ("read/unknown-format",)),
    "a text where nothing is looked for": ("tenants/acme/runbooks/disk.txt", "", ()),
    "a text beside the tenant's file": ("tenants/acme/contacts.txt", "", ()),
    "a file where a folder is looked for": ("tenants/acme/services", "", ("read/unread-file",)),
    "a file without an extension": ("tenants/acme/CODEOWNERS", "", ()),
    "a hidden file": ("tenants/acme/.keep.me", "", ()),
    "a secret that is sealed": ("tenants/acme/secrets/a.sops.json", SEALED, ()),
    "a secret in the clear": ("tenants/acme/secrets/a.sops.json", '{"a": "b"}', ()),
    "a secret of the platform": ("environments/secrets/a.sops.yaml", "a: b", ()),
    "a source among sealed files": ("tenants/acme/secrets/a.json", SEALED, ()),
}


@pytest.mark.parametrize(("path", "text", "codes"), UNREAD.values(), ids=UNREAD)
def test_files_that_are_never_read_are_reported(path: str, text: str, codes: tuple[str, ...]) -> None:
    report = Report()
    repository.unread(_snapshot({path: text}), QUESTIONS, ("environments/", "tenants/"), report)
    assert reported(report) == [(code, path) for code in codes]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stagging", "did you mean `staging`?"),
        ("stag", "did you mean `staging`?"),
        ("prod", "move it to where it is read, or delete it"),
        ("moon", "move it to where it is read, or delete it"),
    ],
)
def test_suggested_names_were_asked_for_and_do_not_exist(name: str, hint: str) -> None:
    there, path = "tenants/acme/overlays/production.yaml", f"tenants/acme/overlays/{name}.yaml"
    report = Report()
    repository.unread(_snapshot({path: "", there: ""}), {*QUESTIONS, there}, ("tenants/",), report)
    assert [each.hint for each in report] == [hint]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("tenants/acme/service/search.yaml", "move it to `tenants/acme/services/`"),
        ("tenants/acme/overlay/staging.yaml", "move it to `tenants/acme/overlays/`"),
        ("tenants/acme/overlay/moon.yaml", "move it to where it is read, such as `rules/`, `services/`, or delete it"),
        ("tenants/acme/service/shop.yaml", "move it to where it is read, such as `rules/`, `services/`, or delete it"),
        ("tenants/acme/search.yaml", "move it to where it is read, such as `rules/`, `services/`, or delete it"),
        ("tenants/acme/services/.search.yaml", "move it to where it is read, or delete it"),
        ("tenants/umbra/services/search.yaml", "move it to where it is read, or delete it"),
        ("environments/tenant/acme.yaml", "move it to `environments/tenants/`"),
        ("environments/tenant/moon.yaml", "move it to where it is read, or delete it"),
    ],
)
def test_suggested_folders_are_those_that_would_be_read(path: str, hint: str) -> None:
    there, report = "tenants/acme/services/shop.yaml", Report()
    asked = {*QUESTIONS, there, "environments/tenants/acme."}
    repository.unread(_snapshot({path: "", there: ""}), asked, ("environments/", "tenants/"), report)
    assert [each.hint for each in report] == [hint]


def test_only_the_given_folders_are_checked() -> None:
    report = Report()
    strays = _snapshot({"tenants/acme/a.yaml": "", "tenants/acme-two/a.yaml": "", "environments/a.yaml": ""})
    repository.unread(strays, set(), ("tenants/acme/",), report)
    assert reported(report) == [("read/unread-file", "tenants/acme/a.yaml")]


def test_all_given_folders_are_checked_and_no_others() -> None:
    strays = snapshot(
        "tenants/a1/x.yaml", "tenants/b1/c/x.yaml", "tenants/b2/x.yaml", "tenants/b1.yaml", "build/x.yaml"
    )
    report = Report()
    repository.unread(strays, set(), ("tenants/a1/", "tenants/b1/"), report)
    assert [file for _, file in reported(report)] == ["tenants/a1/x.yaml", "tenants/b1/c/x.yaml"]


def test_a_place_may_be_a_file() -> None:
    strays = snapshot("environments/a.yaml", "environments/b.yaml", "tenants/a1/x.yaml")
    report = Report()
    repository.unread(strays, set(), ("environments/a.yaml", "tenants/a1/"), report)
    assert [file for _, file in reported(report)] == ["environments/a.yaml", "tenants/a1/x.yaml"]


SELECTIONS = {
    "everything": (Selection(), []),
    "one of each": (Selection("staging", "acme"), []),
    "a misspelt environment": (Selection("stagign", None), ["did you mean `staging`?"]),
    "a shortened environment": (Selection("prod", None), ["did you mean `production`?"]),
    "an environment that resembles none": (Selection("moon", None), ["known: `staging`, `production`"]),
    "two that are none": (Selection("moon", "amce"), ["known: `staging`, `production`", "did you mean `acme`?"]),
}


@pytest.mark.parametrize(("selection", "hints"), SELECTIONS.values(), ids=SELECTIONS)
def test_the_selected_environment_and_tenant_must_exist(selection: Selection, hints: list[str]) -> None:
    report = Report()
    assert repository.is_selectable(selection, SETTINGS, ("acme",), report) == (not hints)
    assert [each.hint for each in report] == hints


def test_of_many_tenants_some_are_named() -> None:
    report = Report()
    repository.is_selectable(Selection(None, "zz"), SETTINGS, [f"tenant-{number:02}" for number in range(40)], report)
    (hint,) = (each.hint for each in report)
    assert hint.startswith("known: `tenant-00`, `tenant-01`, ")
    assert hint.endswith(", `tenant-08` and 31 more")
