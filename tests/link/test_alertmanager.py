"""The shared Alertmanager contains each tenant's part, separately and in full, and of a strict one only its texts."""

from collections.abc import Callable
from typing import Any, Final

import yaml

from varve.link.alertmanager import link
from varve.link.linking import Linking, Member
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment

FRAME: Final[Map] = {
    "global": {"smtp_from": "a@example.org"},
    "templates": ["alertmanager/en_GB.tmpl"],
    "route": {"receiver": "platform", "group_by": ["tenant", "alertname"]},
    "receivers": [{"name": "platform", "webhook_configs": []}],
}


def _file(tenant: str, locale: str) -> Map:
    return {
        "global": {"smtp_from": "old@example.org"},
        "templates": [f"../../shared/alertmanager/{locale}.tmpl"],
        "route": {"receiver": "platform", "routes": [{"matchers": [f'tenant="{tenant}"'], "receiver": "platform"}]},
        "receivers": [{"name": "platform", "email_configs": []}, {"name": f"{tenant}/team"}],
        "time_intervals": [{"name": f"{tenant}/business"}],
        "inhibit_rules": [{"equal": ["tenant"], "source_matchers": [f'tenant="{tenant}"']}],
    }


def _linked(
    files: dict[str, Value], strict: frozenset[str] = frozenset(), wants: Callable[[str], bool] = lambda _: True
) -> dict[str, Any]:
    members = tuple(
        Member(
            tenant,
            tenant in strict,
            fresh=True,
            files=(f"build/dev/tenants/{tenant}/alertmanager.yaml",) if file else (),
        )
        for tenant, file in files.items()
    )
    environment = Environment("dev", {"targets": {"alertmanager": {"version": "0.34"}}}, Stack(()))
    linking = Linking(environment, members, lambda *_: {}, lambda path: files[path.split("/")[3]], FRAME, Report())
    linking = linking._replace(wants=wants)
    return {artifact.path.partition("/shared/")[2]: artifact.data for artifact in link(linking)}


def _whole(files: dict[str, Value], strict: frozenset[str] = frozenset()) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(_linked(files, strict)["alertmanager.yaml"])
    return made


def test_every_sharing_tenant_has_its_own_node() -> None:
    made = _whole({"acme": _file("acme", "fr_FR"), "bank": _file("bank", "de_DE")})
    assert [node["matchers"] for node in made["route"]["routes"]] == [['tenant="acme"'], ['tenant="bank"']]
    assert [each["name"] for each in made["receivers"]] == ["platform", "acme/team", "bank/team"]
    assert [each["name"] for each in made["time_intervals"]] == ["acme/business", "bank/business"]
    assert len(made["inhibit_rules"]) == 2


def test_the_frame_is_the_current_one_and_not_that_of_a_kept_file() -> None:
    made = _whole({"acme": _file("acme", "fr_FR")})
    assert made["global"] == FRAME["global"]
    assert made["receivers"][0] == FRAME["receivers"][0]  # type: ignore[index]
    assert made["route"]["group_by"] == ["tenant", "alertname"]


def test_a_strict_tenant_is_left_out_but_its_texts_are_made() -> None:
    files: dict[str, Value] = {"acme": _file("acme", "fr_FR"), "bank": _file("bank", "de_DE")}
    made = _linked(files, frozenset({"bank"}))
    assert b"bank" not in made["alertmanager.yaml"]
    assert made.keys() == {"alertmanager.yaml", *(f"alertmanager/{each}.tmpl" for each in ("de_DE", "en_GB", "fr_FR"))}


def test_each_text_file_is_listed_once_by_its_relative_path() -> None:
    made = _whole({"acme": _file("acme", "fr_FR"), "bank": _file("bank", "fr_FR")})
    assert made["templates"] == ["alertmanager/en_GB.tmpl", "alertmanager/fr_FR.tmpl"]


def test_without_tenant_files_the_shared_file_is_the_frame() -> None:
    assert _whole({"acme": None, "bank": "no map"}) == FRAME


def test_only_wanted_artifacts_are_made() -> None:
    files: dict[str, Value] = {"acme": _file("acme", "fr_FR"), "bank": _file("bank", "de_DE")}
    whole = _linked(files)
    for name, data in whole.items():
        assert _linked(files, wants=f"build/dev/shared/{name}".__eq__) == {name: data}
