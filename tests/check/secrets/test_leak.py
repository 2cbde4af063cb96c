"""A credential in an artifact is reported at its source: a layer, a file that is included as it is, or a template."""

import base64
from collections.abc import Iterator

import pytest

from varve.check.secrets.leak import check, check_known, check_linked
from varve.language import credential
from varve.language.credential import Credential
from varve.model.artifact import Artifact
from varve.model.diagnostic import Diagnostic, Report
from varve.model.layer import Layer, Stack
from varve.model.secret import Secret
from varve.model.source import Document, Map, Source
from varve.model.unit import Environment, Resolved, Unit

TOKEN = "glpat-" + "q8Zr4Tb1XwYc7NnV2eLs"
PATH = "build/production/tenants/acme/rules/checkout.yaml"


def diagnostics(value: Map, data: str, **more: Map | str) -> list[Diagnostic]:
    """The diagnostics of an artifact with `data`, for a unit with `value` and files or templates in `more`."""
    stack = Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),))
    vendor = {"node": Document("rules/node.yaml", each)} if isinstance(each := more.get("vendor"), dict) else {}
    templates = {"templates/a.j2": each} if isinstance(each := more.get("template"), str) else {}
    report = Report()
    check(
        Resolved(Unit("acme", "production"), value, stack, vendor), templates, [Artifact(PATH, data.encode())], report
    )
    return list(report)


def places(found: list[Diagnostic]) -> list[tuple[str, object, object]]:
    return [(each.place.file, each.place.keys or each.place.span, each.place.on) for each in found if each.place]


def test_a_text_of_a_layer() -> None:
    found = diagnostics({"labels": {"a": "fine", "b": f"see {TOKEN}"}}, f"b: see {TOKEN}\n")
    assert places(found) == [("tenant.yaml", ("labels", "b"), "value")]


def test_a_key_of_a_layer() -> None:
    assert places(diagnostics({"labels": {TOKEN: "x"}}, f"{TOKEN}: x\n")) == [("tenant.yaml", ("labels", TOKEN), "key")]


def test_an_item_of_a_vendors_file() -> None:
    found = diagnostics({}, TOKEN, vendor={"groups": [{"name": "a"}, {"name": TOKEN}]})
    assert places(found) == [("rules/node.yaml", ("groups", 1, "name"), "value")]


def test_a_line_of_a_template() -> None:
    ((file, span, _),) = places(diagnostics({}, TOKEN, template=f"a: 1\nb: {TOKEN}\n"))
    assert (file, getattr(span, "line", 0), getattr(span, "column", 0)) == ("templates/a.j2", 2, 4)


def test_without_a_source_the_artifact_is_reported() -> None:
    assert places(diagnostics({}, TOKEN)) == [(PATH, None, "value")]


def test_the_credential_is_never_shown_and_its_place_is_sealed() -> None:
    (found,) = diagnostics({"a": TOKEN}, f"{TOKEN} {TOKEN}")
    assert TOKEN not in f"{found.message} {found.hint} {found.notes}"
    assert found.place
    assert found.place.sealed


def test_a_credential_of_the_platform_in_a_linked_artifact() -> None:
    platform: Map = {"external_labels": {"agent": TOKEN}}
    stack = Stack((Layer("environment", 1, "platform", "production.yaml", {"platform": platform}),))
    report = Report()
    linked = [
        Artifact(f"build/production/shared/{name}.yaml", TOKEN.encode()) for name in ("alertmanager", "prometheus")
    ]
    check_linked(Environment("production", platform, stack), {}, linked, report)
    assert places(list(report)) == [("production.yaml", ("platform", "external_labels", "agent"), "value")]


def test_without_a_credential_nothing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert diagnostics({"a": "glpat-"}, "glpat-") == []
    monkeypatch.setattr(credential, "find", lambda _: iter(()))
    assert diagnostics({"a": TOKEN}, TOKEN) == []


VALUE = b"correct horse/battery+staple"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(b"a: 1\nb: " + VALUE + b"\n", [2], id="plain"),
        pytest.param(b"x\n\n" + VALUE[::-1], [3], id="backwards"),
        pytest.param(VALUE.hex().encode(), [1], id="hexadecimal"),
        pytest.param(b"https://x/?p=" + b"correct%20horse%2fbattery%2bstaple", [1], id="in a URL"),
        pytest.param(base64.b64encode(b"varve:" + VALUE), [1], id="a login"),
        pytest.param(base64.b64encode(b"varve1:" + VALUE + b"x"), [1], id="a login that begins elsewhere"),
        pytest.param(VALUE + b"\n" + VALUE, [1, 2], id="twice"),
        pytest.param(VALUE[:-1], [], id="most of it"),
        pytest.param(b"correct horse", [], id="words of it"),
    ],
)
def test_a_known_secret_is_found_in_every_encoding_and_never_shown(text: bytes, lines: list[int]) -> None:
    report = Report()
    values = {"tenants/a/secrets/x.sops.yaml": {"password": Secret(VALUE), "short": Secret(b"correct")}}
    check_known(values, [Source("docs.md", "", text), Source("clean", "", b"")], report)
    places = [each.place for each in report]
    assert [place and place.span and place.span.line for place in places] == lines
    assert all(place and place.sealed and place.span and place.span.column == 1 for place in places)
    assert "horse" not in repr(list(report))


def test_hundreds_of_known_secrets_are_searched_for_at_once() -> None:
    report = Report()
    many = {f"k{number}": Secret(f"value-{number}-{number * 7919}".encode()) for number in range(300)}
    check_known({"f": many}, [Source("x", "", b"a value-299-" + str(299 * 7919).encode())], report)
    assert [each.rule.code for each in report] == ["check/leaked-secret"]
    assert "`k299` in `f`" in next(iter(report)).message


def test_equal_artifacts_of_many_tenants_are_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[bytes] = []
    find = credential.find

    def noted(data: bytes) -> Iterator[Credential]:
        searched.append(data)
        return find(data)

    monkeypatch.setattr(credential, "find", noted)
    shared, leaking = b'{"text": "fine and shared"}\n', f"text: {TOKEN}\n".encode()
    for tenant in ("acme", "globex"):
        made = [
            Artifact(f"build/production/tenants/{tenant}/{name}", data)
            for name, data in (("a", shared), ("b", leaking))
        ]
        report = Report()
        check(Resolved(Unit(tenant, "production"), {}, Stack(()), {}), {}, made, report)
        assert [each.place.file for each in report if each.place] == [f"build/production/tenants/{tenant}/b"]
    assert searched.count(shared) == 1
