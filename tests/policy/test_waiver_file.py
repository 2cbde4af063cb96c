"""Waivers are valid for existing, waivable policies, and for 90 days at most."""

from datetime import date

import pytest

from tests.policy.reading import findings, policy, read
from varve.language import canonical
from varve.model.source import Keys, Map

WAIVER: Map = {
    "policy": "owned",
    "reason": "its team is being formed",
    "owner": "sre@meridian.example",
    "granted": "2026-11-01",
    "until": "2027-01-30",
}
WRONG: dict[str, tuple[Map, str, Keys]] = {
    "91 days": ({"until": "2027-01-31"}, "long-waiver", ("until",)),
    "years": ({"until": "2036-11-01"}, "long-waiver", ("until",)),
    "an end before its beginning": ({"until": "2026-10-31"}, "bad-date", ("until",)),
    "a text for a date": ({"granted": "yesterday"}, "bad-date", ("granted",)),
    "a day that is none": ({"granted": "2026-11-31"}, "bad-date", ("granted",)),
    "a week for a date": ({"granted": "2026-W45"}, "bad-date", ("granted",)),
    "digits that are none of ours": ({"granted": "٢٠٢٦-11-01"}, "bad-date", ("granted",)),
    "a policy that is none": ({"policy": "owner"}, "unknown-policy", ("policy",)),
    "a policy that must hold": ({"policy": "kept"}, "not-waivable", ("policy",)),
    "a policy that counts rules": ({"policy": "counted"}, "not-waivable", ("policy",)),
    "no path": ({"path": "services..checkout"}, "bad-path", ("path",)),
    "no address": ({"owner": "the team"}, "check/bad-email-address", ("owner",)),
    "hardly a reason": ({"reason": "later"}, "check/wrong-size", ("reason",)),
    "a key that is none": ({"tenants": "acme"}, "check/unknown-key", ("tenants",)),
}


def files(changes: Map) -> dict[str, bytes]:
    rules: Map = {"id": "counted", "scope": "unit", "rules": ["check/leaked-secret"]}
    return {
        "policies/owned.json": policy(),
        "policies/kept.json": policy({"id": "kept", "waivable": False}),
        "policies/counted.json": policy(rules, without=("require", "message", "examples")),
        "policies/waivers.json": canonical.json({"waivers": [{**WAIVER, **changes}]}),
    }


@pytest.mark.parametrize(("changes", "code", "keys"), WRONG.values(), ids=WRONG)
def test_invalid_waivers_are_reported(changes: Map, code: str, keys: Keys) -> None:
    found, _, report = read(files(changes))
    ((rule, place),) = [(each.rule.code.removeprefix("policy/"), each.place) for each in report]
    assert (rule, place and place.keys) == (code, ("waivers", 0, *keys))
    assert found.waivers == ()


def test_the_fields_of_a_waiver() -> None:
    found, _, report = read(files({"tenant": "acme", "path": "services.checkout"}))
    assert findings(report) == []
    (waiver,) = found.waivers
    assert (waiver.granted, waiver.until) == (date(2026, 11, 1), date(2027, 1, 30))
    assert (waiver.tenant, waiver.environment, waiver.path) == ("acme", None, ("services", "checkout"))
    assert (waiver.place.file, waiver.place.keys) == ("policies/waivers.json", ("waivers", 0))


def test_a_policy_that_is_turned_off_can_still_be_named() -> None:
    off = {"policies/settings.json": b'{"policies": {"owned": {"enabled": false}}}'}
    found, _, report = read(files({}) | off)
    assert findings(report) == []
    assert "owned" not in found.policies


PATHS: dict[str, Keys] = {
    "691452ae064e": ("691452ae064e",),
    "691452064123": ("691452064123",),
    "abc452ae064e": ("abc452ae064e",),
    'labels["691452ae064e"]': ("labels", "691452ae064e"),
}


@pytest.mark.parametrize(("path", "keys"), PATHS.items())
def test_a_change_is_named_by_the_digits_of_its_commit(path: str, keys: Keys) -> None:
    found, _, report = read(files({"path": path}))
    assert findings(report) == []
    assert [each.path for each in found.waivers] == [keys]


@pytest.mark.parametrize("path", ["691452ae064", "691452ae064e0", "691452AE064E", "691452ae064e.paths"])
def test_other_digits_name_none(path: str) -> None:
    _, _, report = read(files({"path": path}))
    assert [each[0] for each in findings(report)] == ["bad-path"]
