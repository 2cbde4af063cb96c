import pytest
from jsonschema import Draft202012Validator

from varve.check.shape import kind
from varve.check.shape.kind import KINDS, bundled, is_entry, is_unit_path, node, schema, secret_keys, strategy
from varve.check.shape.schema import check
from varve.language.name import keys as path
from varve.model.diagnostic import Place, Report
from varve.model.source import Map, Value


def is_valid(kind_: str, value: Value) -> bool:
    return check(kind_, value, lambda keys, on: (Place("x", keys, on), ()), Report())


@pytest.mark.parametrize("name", KINDS)
def test_every_schema_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    Draft202012Validator.check_schema(bundled(name))


@pytest.mark.parametrize("name", KINDS)
def test_a_bundled_schema_is_self_contained(name: str) -> None:
    whole = bundled(name)
    inside = {whole.get("$id"), *(each.get("$id") for each in _maps(whole.get("$defs", {})))}
    references = {str(each["$ref"]).partition("#")[0] for each in _maps(whole) if isinstance(each.get("$ref"), str)}
    assert references - {""} <= inside


def _maps(node: object) -> list[Map]:
    match node:
        case dict():
            return [node, *(each for value in node.values() for each in _maps(value))]
        case list():
            return [each for value in node for each in _maps(value)]
    return []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"timezone": "%{labels.zone}"}, id="a reference for a text"),
        pytest.param({"quotas": "%{services.a1}"}, id="a reference for a map"),
        pytest.param({"quotas": {"series": "%{labels.n}"}}, id="a reference for a number"),
        pytest.param({"tenant": {"owners": "%{users}"}}, id="a reference for a list"),
        pytest.param({"tenant": {"owners": ["%{contact.email}"]}}, id="a reference inside a list"),
        pytest.param({"contact": {"slack": "%{labels.channel}"}}, id="a reference inside an atomic value"),
        pytest.param({"services": {"$patch": "delete"}}, id="a dollar key in a map of ids"),
        pytest.param({"quotas": {"$remove": ["series"]}}, id="a dollar key in a map of known keys"),
        pytest.param({"tenant": {"owners": {"$remove": ["a@b.example"]}}}, id="a dollar key for a set"),
        pytest.param({"$remove": ["labels"]}, id="a dollar key at the top"),
        pytest.param({"services": {"ab": {"alerts": {"Down": {"for": "5m"}}}}}, id="part of an alert"),
    ],
)
def test_a_source_may_have_references_and_dollar_keys_and_be_incomplete(value: Map) -> None:
    assert is_valid("tenant", value)
    assert is_valid("layer", value)


@pytest.mark.parametrize(
    "platform",
    [
        pytest.param(
            {"receiver": {"$patch": "replace", "email": {"to": ["a@b.example"]}}}, id="a dollar key in a receiver"
        ),
        pytest.param(
            {"receiver": {"email": {"to": {"$remove": ["a@b.example"]}}}}, id="a dollar key in place of a set"
        ),
        pytest.param({"receiver": {"slack": {"channel": "#a"}}}, id="part of a channel"),
        pytest.param({"remote_write": {"far": {"basic_auth": {"username": "a"}}}}, id="part of a login"),
        pytest.param({"prometheus": {"scrape_interval": "%{interval}"}}, id="a reference"),
    ],
)
def test_parts_of_the_platforms_schema_from_the_units_may_be_incomplete_too(platform: Map) -> None:
    assert is_valid("layer", {"platform": platform})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"environment": "production"}, id="the environment"),
        pytest.param({"tenant": {"id": "umbra"}}, id="the tenant's id"),
        pytest.param({"timezone": "CEST"}, id="a text that is neither valid nor a reference"),
        pytest.param({"quotas": {"series": "many"}}, id="a text for a number"),
        pytest.param({"timezone": {"$remove": ["a"]}}, id="a dollar key where there is no set"),
        pytest.param(
            {"tenant": {"owners": {"$remove": ["a@b.example"], "more": 1}}}, id="a dollar key with another key"
        ),
        pytest.param({"services": {"Ab": {}}}, id="an invalid id"),
    ],
)
def test_no_source_may_set(value: Map) -> None:
    assert not is_valid("tenant", value)
    assert not is_valid("layer", value)


@pytest.mark.parametrize(
    "value", [{"platform": {"secrets": {"root": "/run"}}}, {"locks": ["quotas"]}, {"extends": "ab"}]
)
def test_only_the_platform_may_set(value: Map) -> None:
    assert is_valid("layer", value)
    assert not is_valid("tenant", value)


@pytest.mark.parametrize(
    "secret",
    ["%{labels.a}", {"secret": "%{labels.a}"}, {"$patch": "replace", "secret": "a1/b"}, {"$remove": ["secret"]}],
)
def test_a_secret_cannot_be_a_reference_or_have_dollar_keys(secret: Value) -> None:
    login: Map = {"username": "u", "password": secret}
    assert not is_valid("tenant", {"services": {"ab": {"scrape": {"cd": {"basic_auth": login}}}}})


def test_the_keys_of_secrets() -> None:
    logins = {"basic_auth", "password", "authorization", "credentials", "smtp"}
    channels = {"pagerduty", "webhook", "opsgenie", "msteams", "discord", "telegram"}
    # Not `slack` and `url`, which are not secret elsewhere: a channel to ask in and the address of a probe.
    assert secret_keys() == logins | channels | {"routing_key", "token", "api_key", "bot_token"} | {
        "heartbeat",
        "heartbeat_url",
    }


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("quotas.series", True),
        ("tenant.owners", True),
        ("services.any.alerts.Down.for", True),
        ("services.any.scrape.app.basic_auth.password.secret", True),
        ("services.any.packs.host.cpu_ratio", True),
        ("services.any.packs.host.deep.er[0]", True),
        ('labels["any key"]', True),
        ("contact.slack", True),
        ("quota", False),
        ("quotas.serie", False),
        ("timezone.offset", False),
        ("services.any.alerts.Down.forr", False),
        ("platform.targets", False),
    ],
)
def test_the_paths_of_a_unit(written: str, known: bool) -> None:  # noqa: FBT001 - a row of the table
    keys = path(written)
    assert keys is not None
    assert is_unit_path(keys) is known


def test_the_schema_sets_how_paths_merge() -> None:
    unit = strategy("unit")
    assert unit.at("tenant").at("owners").how == "set"
    assert unit.at("contact").atom
    assert unit.at("services").at("any").at("description").atom
    assert unit.at("services").at("any").at("scrape").at("app").at("basic_auth").at("password").atom
    assert unit.at("services").at("any").at("scrape").at("app").at("targets").how == "replace"
    assert strategy("platform").at("alertmanagers").how == "set"


def test_the_written_kinds_are_files_of_the_package() -> None:
    assert [kind.written(each)["$id"] for each in kind.WRITTEN] == [f"varve:{each}" for each in kind.WRITTEN]


def test_the_schema_of_a_path_in_a_unit_or_below_platform() -> None:
    assert (node(("services", "any", "alerts", "Down", "for")) or {})["format"] == "duration"
    assert (node(("platform", "prometheus", "scrape_interval")) or {})["format"] == "duration"
    assert node(("prometheus",)) is None


def test_entries_have_chosen_names_or_positions() -> None:
    entries = ("services", "any"), ("services", "any", "alerts", "Down"), ("tenant", "owners", 0)
    assert all(map(is_entry, entries))
    assert not any(map(is_entry, ((), ("services",), ("services", "any", "alerts"), ("platform", "prometheus"))))
