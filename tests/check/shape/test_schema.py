"""The schemas as validators: both agree, nothing is fetched, and possible secrets are never shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench import BASE, files, snapshot
from varve import pipeline
from varve.check.shape import schema
from varve.check.shape.kind import KINDS
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map, Value
from varve.render.github import github
from varve.render.json import json as as_json
from varve.render.situate import situate
from varve.render.text import text as as_text

CANARY = "hunter2-canary"
SERVICE = "tenants/acme/services/search.yaml"


def locate(keys: Keys, on: str) -> tuple[Place, tuple[()]]:
    return Place("x.yaml", keys, "key" if on == "key" else "value"), ()


def agree(kind: str, value: Value) -> bool:
    """Whether `value` is valid, on which the native and the detailed validator must agree."""
    native = schema._native(kind).is_valid(value)  # noqa: SLF001 - the two are compared here
    detailed = schema._detailed(kind).is_valid(value)  # noqa: SLF001
    report = Report()
    assert native == detailed == schema.check(kind, value, locate, report)
    assert native == (not len(report)), "an invalid value is always reported"
    return bool(native)


UNIT: Map = {
    "environment": "production",
    "tenant": {
        "id": "acme",
        "name": "ACME",
        "tier": "gold",
        "region": "eu-west-1",
        "isolation": "logical",
        "owners": ["sre@acme.example"],
    },
    "locale": "fr_FR",
    "timezone": "Europe/Paris",
    "services": {
        "checkout": {
            "description": {"fr": "Encaisse", "en": "Takes the money"},
            "scrape": {
                "app": {
                    "targets": ["checkout.acme.example:9090"],
                    "basic_auth": {"username": "varve", "password": {"secret": "metrics/password"}},
                }
            },
            "packs": {"host": {"cpu_ratio": 0.9}},
            "slos": {"up": {"objective": 99.9, "window": "30d", "errors": "a", "total": "b"}},
            "alerts": {"Down": {"expr": "up == 0", "severity": "critical", "summary": "{{ $labels.job }} is down"}},
        }
    },
}


def changed(at: Keys, value: Value) -> Value:
    """The unit with another value at one place."""
    copy: Value = json.loads(json.dumps(UNIT))
    here: Value = copy
    for key in at[:-1]:
        here = here[key]  # type: ignore[index]
    here[at[-1]] = value  # type: ignore[index]
    return copy


def paths(value: Value, at: Keys = ()) -> list[Keys]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([at] if at else []), *(path for key, each in inner for path in paths(each, (*at, key)))]


ODD: list[Value] = [
    None,
    True,
    0,
    -1,
    1.5,
    1e300,
    "",
    "x",
    "%{a}",
    "%%{a}",
    "$patch",
    "é" * 300,
    [],
    [1, 1],
    {},
    {"$a": 1},
]


def test_both_validators_agree_on_a_line_end_where_a_schema_refers_to_another() -> None:
    assert agree("layer", {"platform": {"blackbox": {"modules": ["http"]}}})
    assert not agree("layer", {"platform": {"blackbox": {"modules": ["http\n"]}}})


def test_a_whole_unit_is_valid() -> None:
    assert agree("unit", UNIT)


@pytest.mark.parametrize("at", paths(UNIT), ids=str)
def test_both_validators_agree_on_odd_values_anywhere(at: Keys) -> None:
    for value in ODD:
        agree("unit", changed(at, value))
        agree("tenant", changed(at, value))


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
WORDS = (
    "tenant services scrape alerts packs quotas labels contact slack series locks platform when layers groups rules "
    "record alert expr for parameters properties type $patch $remove secret password name email ab Down %{a}"
)
words = st.sampled_from(WORDS.split())
documents: st.SearchStrategy[Value] = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", KINDS)
@given(document=documents)
def test_both_validators_agree_on_any_document(kind: str, document: Value) -> None:
    agree(kind, document)


@given(at=st.sampled_from(paths(UNIT)), value=documents)
def test_both_validators_agree_on_any_value_in_a_unit(at: Keys, value: Value) -> None:
    agree("unit", changed(at, value))


# Secrets

SECRET_WAYS = {
    "a text": CANARY,
    "a number": 1234567890,
    "a list": [CANARY],
    "a map": {CANARY: CANARY},
    "a map with more": {"secret": "metrics/password", "value": CANARY},
    "a misspelt key": {"secrt": CANARY},
    "the secret itself": {"secret": CANARY},
    "a file that is no id": {"secret": f"{CANARY}!/x"},
    "a list of secrets": {"secret": [CANARY]},
    "a map of secrets": {"secret": {"value": CANARY}},
    "a word": {"$patch": CANARY},
    "a reference": f"%{{labels.{CANARY}}}",
    "a reference inside": {"secret": f"%{{labels.{CANARY}}}"},
    "a text of many lines": f"{CANARY}\nsecond line {CANARY}\n",
}
METHODS: dict[str, tuple[str, Map]] = {
    "basic_auth": ("password", {"username": "varve"}),
    "authorization": ("credentials", {"type": "Bearer"}),
}
SIBLINGS: dict[str, Value] = {
    "all of it a text": f"Bearer {CANARY}",
    "all of it a list": [CANARY],
    "a misspelt field": {"username": "u", "passwrd": CANARY, "credntials": CANARY},
    "the field of a file": {"username": "u", "password_file": CANARY, "credentials_file": CANARY},
    "a type that is a secret": {"type": f"Bearer {CANARY}", "credentials": {"secret": "metrics/password"}},
    "a user that is a map": {"username": {"value": CANARY}, "password": {"secret": "metrics/password"}},
    "an empty user and an unknown key": {"username": "", "password": {"secret": "metrics/password"}, "x": CANARY},
}
ELSEWHERE: dict[str, Map] = {
    "among the scrape's own keys": {"password": CANARY},
    "under an older name": {"bearer_token": CANARY},
    "in a target": {"targets": [f"me:{CANARY}@search.acme.example:9090"]},
    "in a proxy": {"proxy_url": f"http://me:{CANARY}@proxy.example", "api_key": CANARY},
}
SPREAD = (None, 2)
"""Written on one line, or spread over many."""


def _written(value: Map, spread: int | None) -> str:
    """The value as JSON, also in YAML files; with `spread`, over several lines."""
    return json.dumps(value, indent=spread, ensure_ascii=False) + "\n"


def _output(path: str, value: Map, spread: int | None) -> str:
    """The output for a repository with that source, in every form of output."""
    seen = snapshot({**files(BASE), path: _written(value, spread).encode()})
    built = pipeline.compile(seen)
    situated = situate(built.diagnostics, seen)
    assert situated, "the mistake must be found"
    assert not any(CANARY.encode() in artifact.data for artifact in built.artifacts.values())
    output = "".join((as_text(situated), as_text(situated, colour=True), as_json(situated), github(situated)))
    return output + repr(built.diagnostics)


def scraped(**job: Value) -> Map:
    return {"scrape": {"app": {"targets": ["search.acme.example:9090"], **job}}}


@pytest.mark.parametrize("spread", SPREAD)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", SECRET_WAYS)
def test_a_value_in_place_of_a_secret_is_never_shown(way: str, method: str, spread: int | None) -> None:
    field, more = METHODS[method]
    login: Map = {**more, field: SECRET_WAYS[way]}  # type: ignore[dict-item]
    output = _output("tenants/acme/services/search.json", scraped(**{method: login}), spread)
    assert CANARY not in output
    assert "1234567890" not in output


@pytest.mark.parametrize("spread", SPREAD)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", SECRET_WAYS)
def test_a_value_in_place_of_a_platform_secret_is_never_shown(way: str, method: str, spread: int | None) -> None:
    field, more = METHODS[method]
    far: Map = {"url": "https://far.example", method: {**more, field: SECRET_WAYS[way]}}  # type: ignore[dict-item]
    output = _output("environments/tiers/gold.json", {"platform": {"remote_write": {"far": far}}}, spread)
    assert CANARY not in output
    output = _output("environments/production.yaml", {"platform": {"remote_write": {"far": far}}}, spread)
    assert CANARY not in output


@pytest.mark.parametrize("spread", SPREAD)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", SIBLINGS)
def test_a_value_near_a_secret_is_never_shown(way: str, method: str, spread: int | None) -> None:
    output = _output("tenants/acme/services/search.json", scraped(**{method: SIBLINGS[way]}), spread)
    assert CANARY not in output


@pytest.mark.parametrize("spread", SPREAD)
@pytest.mark.parametrize("way", ELSEWHERE)
def test_a_value_that_sounds_like_a_secret_is_never_shown(way: str, spread: int | None) -> None:
    assert CANARY not in _output("tenants/acme/services/search.json", scraped(**ELSEWHERE[way]), spread)


@pytest.mark.parametrize("spread", SPREAD)
@pytest.mark.parametrize("way", ["an overlay over a valid service", "a text for the map of a weaker layer"])
def test_a_value_that_overrides_a_secret_is_never_shown(way: str, spread: int | None) -> None:
    login: Value = {"password": CANARY} if way.startswith("an overlay") else CANARY
    overlay: Map = {"services": {"checkout": {"scrape": {"app": {"basic_auth": login}}}}}
    assert CANARY not in _output("tenants/acme/overlays/production.json", overlay, spread)


def parameter(schema: Map, value: Value) -> list[tuple[str, str]]:
    """The diagnostics for one parameter of a pack: each code with its message."""
    whole: Map = {"type": "object", "additionalProperties": False, "properties": {"one": schema}}
    report = Report()
    valid = schema_check(whole, {"one": value}, locate, (), report)
    assert valid == (not len(report))
    return [(each.rule.code, each.message) for each in report]


schema_check = schema.check_parameters
HOSTILE = "a" * 30_000 + "!"


def test_no_pattern_of_a_pack_keeps_a_value_busy() -> None:
    """With backtracking, each would take longer than a lifetime."""
    assert parameter({"pattern": "^(a+)+$"}, HOSTILE)
    assert parameter({"patternProperties": {"^(a+)+$": True}, "additionalProperties": False}, {HOSTILE: 1})
    assert parameter({"patternProperties": {"^(a|a)*$": {"type": "text"}}}, {HOSTILE: 1}) == []


@pytest.mark.parametrize(
    ("one", "good", "bad", "code"),
    [
        ({"pattern": "^a+$"}, "aaa", "ab", "check/bad-shape"),
        ({"pattern": "^a+$"}, "aaa", "a\n", "check/bad-shape"),
        ({"patternProperties": {"^a": {"type": "integer"}}}, {"ab": 1, "b": "x"}, {"ab": "x"}, "check/wrong-kind"),
        (
            {"patternProperties": {"^a": True}, "properties": {"b": True}, "additionalProperties": False},
            {"ab": 1, "b": 1},
            {"c": 1},
            "check/unknown-key",
        ),
        ({"additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "x"}, "check/wrong-kind"),
        ({"format": "duration", "x-varve-at-most": "1d"}, "24h", "25h", "check/out-of-range"),
        ({"uniqueItems": True}, [1, True, "1", [1], [True], {"a": 1}, {"a": True}], [1, 1.0], "check/repeated-item"),
        (
            {"uniqueItems": True},
            [{"a": [1]}, {"a": [2]}],
            [{"a": [1], "b": 1}, {"b": 1, "a": [1.0]}],
            "check/repeated-item",
        ),
    ],
)
def test_the_keywords_of_a_schema_have_their_standard_meaning(one: Map, good: Value, bad: Value, code: str) -> None:
    assert parameter(one, good) == []
    assert [code_ for code_, _ in parameter(one, bad)] == [code]


_FINITE = st.floats(allow_nan=False, allow_infinity=False)
_COUNT = st.integers(0, 3)
_TEXTS = st.sampled_from(["", "a", "ab", "a\n", "é", "\u00a0", "5m", "25h", "0s", "fr_FR"])
_NUMBERS = st.sampled_from([0, -0.0, 1, 1.0, -1, 2.5, 2**53, 2**53 + 1, 2.0**53, 2**63 - 1, 2.0**63, 1e300])
_PLAIN = st.none() | st.booleans() | _NUMBERS | _TEXTS
_VALUES: st.SearchStrategy[Value] = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
_KINDS = ["object", "array", "string", "integer", "number", "boolean", "null"]
_WORDS: dict[str, st.SearchStrategy[Value]] = {
    "type": st.sampled_from(_KINDS) | st.lists(st.sampled_from(_KINDS), min_size=1, max_size=3, unique=True),
    "enum": st.lists(_VALUES, min_size=1, max_size=3),
    "const": _VALUES,
    "format": st.sampled_from(["duration", "id", "locale", "promql"]),
    "pattern": st.sampled_from(["^a+$", r"\s", r"^\w$", r"\A\pL+\z", ""]),
    "x-varve-at-most": st.sampled_from(["1s", "1d"]),
    "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
    "uniqueItems": st.booleans(),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBERS | _FINITE),
    **{f"{end}{what}": _COUNT for end in ("min", "max") for what in ("Length", "Items", "Properties")},
}
_SCHEMAS: st.SearchStrategy[Map] = st.recursive(
    st.fixed_dictionaries({}, optional=_WORDS),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("anyOf", "allOf", "oneOf"), st.lists(inner, min_size=1, max_size=2)),
            **dict.fromkeys(("items", "additionalProperties"), inner | st.booleans()),
            "properties": st.dictionaries(st.sampled_from("abc"), inner | st.booleans(), max_size=2),
            "type": _WORDS["type"],
        },
    ),
    max_leaves=4,
)


@given(said=_SCHEMAS, value=_VALUES | st.lists(_VALUES, max_size=3) | st.dictionaries(st.sampled_from("abc"), _VALUES))
def test_both_validators_agree_on_the_schema_of_a_pack(said: Map, value: Value) -> None:
    native = schema._native_of(said).is_valid(value)  # noqa: SLF001 - the two are compared here
    assert native == schema._validator(said).is_valid(value)  # noqa: SLF001 - as above


def test_valid_parameters_are_not_validated_in_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(schema, "_validator")
    assert parameter({"format": "duration", "x-varve-at-most": "1d", "pattern": "h$"}, "24h") == []
    with pytest.raises(NameError):
        parameter({"multipleOf": 2}, 4)


@pytest.mark.parametrize(
    ("one", "value"),
    [
        ({"multipleOf": 0.01}, 19.99),
        ({"items": {"multipleOf": 0.01}}, [19.99]),
        ({"additionalProperties": {"multipleOf": 0.01}}, {"a": 19.99}),
        ({"properties": {"properties": {"multipleOf": 0.01}}}, {"properties": 19.99}),
        ({"anyOf": [{"properties": {"$defs": {"multipleOf": 0.01}}}]}, {"$defs": 19.99}),
    ],
)
def test_keywords_that_differ_between_validators_are_validated_in_detail(one: Map, value: Value) -> None:
    assert schema._native_of(one).is_valid(value)  # noqa: SLF001 - as above
    assert parameter(one, value)


def test_the_maximum_of_a_duration() -> None:
    assert parameter({"x-varve-at-most": "1d"}, "90d") == [("check/out-of-range", "`90d` is too long")]
    assert parameter({"x-varve-at-most": "1d"}, 90) == []
