"""What templates and the schemas of packs can do: bounded work on plain data, whatever a tenant's strings contain.

Templates and schemas are the platform's. Tenants have neither, so these tests are about mistakes of the platform,
unreviewed changes, and strings of tenants that try to be taken for templates.
"""

import json
import re
import threading
import warnings
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import process_time
from typing import Any, Final

import jsonschema
import pytest
import yaml
from jinja2 import Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment
from referencing.exceptions import Unresolvable

from tests.defences.attack import (
    Attack,
    Off,
    each,
    findings,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    switched_off,
    together,
    without,
)
from tests.defences.child import End, ended
from tests.emit.repository import CHECKOUT, pack
from varve import pipeline
from varve.check.shape import definition, schema
from varve.emit import pack as packs
from varve.emit import unused
from varve.emit.template import run, sandbox, tree
from varve.emit.template.engine import Engine
from varve.language import regex
from varve.model.diagnostic import Report
from varve.pipeline import opening

FOLDER: Final = "templates/packs/mine"
CHOSEN: Final = {CHECKOUT: "packs: {mine: {}}\n"}
OTHER: Final = "templates/packs/mine/other.j2"
NOTE: Final = "rules: [{alert: A, expr: vector(1), labels: {severity: info}, annotations: {note: %s}}]\n"
MANY: Final = "{% for a in range(9999) %}"
ANY: Final = re.compile("(?s).*")
CHAIN: Final = "a24: {type: string}" + "".join(
    f", a{n}: {{allOf: [{{$ref: '#/properties/a{n + 1}'}}, {{$ref: '#/properties/a{n + 1}'}}]}}" for n in range(24)
)


def writing(text: str) -> dict[str, str | None]:
    """Other rules for the pack."""
    return {f"{FOLDER}/rules.yaml.j2": NOTE % text}


def noting(text: str) -> dict[str, str | None]:
    """A pack that writes a text into a note."""
    return {**pack(NOTE % text), **CHOSEN}


def taking(schema_: str, value: str, more: str = "y: {type: string}") -> dict[str, str | None]:
    """A pack with a parameter of this schema, and a service that sets it."""
    files = pack(NOTE % "'{{ pack.x }}'", properties=f"{{x: {schema_}, {more}}}")
    return {**files, CHECKOUT: f"packs: {{mine: {{x: {value}}}}}\n"}


def backtracking(patch: pytest.MonkeyPatch) -> None:
    """The usual validator, whose patterns are Python's."""
    patch.setattr(schema, "_dialect", lambda: jsonschema.Draft202012Validator)


def everywhere(patch: pytest.MonkeyPatch) -> None:
    """Templates that may be any file."""
    patch.setattr(sandbox, "_NAME", ANY)
    patch.setattr(opening, "Engine", lambda templates: Engine({**templates, "tenants/beta/x.j2": "secret of beta"}))


REACHES: Final[Off] = together(without(tree, "_check"), instead(sandbox.Sandbox, "getattr", Environment.getattr))

ATTACKS: Final = {
    "a way out of the sandbox": Attack(
        noting(">>>'{{ ''.__class__.__name__ }}'"),
        "emit/template-forbids",
        noting("'{{ 'a'.upper() }}'"),
        REACHES,
        "note: str",
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a loop that does not end": Attack(
        noting("'" + MANY * 3 + "{% endfor %}" * 3 + "'"),
        "emit/template-does-too-much",
        noting("'{% for a in range(99) %}a{% endfor %}'"),
        without(run.Run, "spend"),
        End.EXHAUSTED,
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a text without end": Attack(
        noting("'{{ 'x' * 900000000 }}'"),
        "emit/template-failed",
        noting("'{{ 'x' ~ 900000000 }}'"),
        instead(sandbox.Sandbox, "call_binop", ImmutableSandboxedEnvironment.call_binop),
        End.EXHAUSTED,
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a file of another tenant": Attack(
        noting("'{% include 'tenants/beta/x.j2' %}'"),
        "emit/template-not-found",
        {**noting(f"'{{% include '{OTHER}' %}}'"), OTHER: "ours"},
        everywhere,
        "note: secret of beta",
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a file that a value names": Attack(
        {
            **taking("{type: string}", OTHER),
            **writing("'{% include pack.x %}'"),
            OTHER: "chosen",
        },
        "emit/template-not-found",
        {**noting(f"'{{% include '{OTHER}' %}}'"), OTHER: "chosen"},
        together(without(tree, "_check_name"), without(unused, "check")),
        "note: chosen",
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a template with a name of code": Attack(
        {**noting("'{% include \"templates/a'b.j2\" %}'"), "templates/a'b.j2": "run"},
        "emit/template-not-found",
        {**noting("'{% include \"templates/a-b.j2\" %}'"), "templates/a-b.j2": "run"},
        instead(sandbox, "_NAME", ANY),
        "note: run",
        f"{FOLDER}/rules.yaml.j2:1:1",
    ),
    "a schema of a host": Attack(
        taking("{$ref: >>>'http://127.0.0.1:1/x'}", "a"),
        "check/bad-pack-schema",
        taking("{$ref: '#/properties/y'}", "a"),
        instead(definition, "_flaws", lambda _: iter(())),
        Unresolvable,
    ),
    "a schema of a file": Attack(
        taking("{$ref: >>>'file:///etc/passwd'}", "a"),
        "check/bad-pack-schema",
        taking("{type: string}", "a"),
        instead(definition, "_flaws", lambda _: iter(())),
        Unresolvable,
    ),
    "a schema of itself": Attack(
        taking("{$ref: >>>'#/properties/x'}", "a"),
        "check/bad-pack-schema",
        taking("{type: string}", "a"),
        without(definition, "_endless"),
        RecursionError,
    ),
    "a schema of schemas of schemas": Attack(
        taking("{$ref: '#/properties/a0'}", "a", CHAIN),
        "check/bad-pack-schema",
        taking("{$ref: '#/properties/a1'}", "a", "a1: {allOf: [{$ref: '#/properties/a2'}]}, a2: {type: string}"),
        without(definition, "_endless"),
        End.EXHAUSTED,
        f"{FOLDER}/pack.yaml:5:69",
    ),
    "a value that keeps a pattern busy": Attack(
        taking("{type: string, pattern: '^(a+)+$'}", ">>>" + "a" * 4000 + "b"),
        "check/bad-shape",
        taking("{type: string, pattern: '^(a+)+$'}", "a" * 4000),
        backtracking,
        End.EXHAUSTED,
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


# Strings of tenants, and what they could do without the defences

STRINGS: Final = (
    *("{{ 7 * 7 }}", "{{7*'7'}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{= 7*7 }}", "*{7*7}", "@(7*7)", "{7*7}"),
    *("[[7*7]]", "{% raw %}x{% endraw %}", "{%- if 1 -%}x{%- endif -%}", "{# gone #}", "{{", "}}", "{%", "%}"),
    *("{{ x }}", "{{ pack }}", "{{ self }}", "{{ self.__init__.__globals__ }}", "{{ config }}"),
    *("{{ request.application }}", "{{ g.pop }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
    *("{{ ().__class__.__bases__[0] }}", "{{ lipsum.__globals__ }}"),
    *("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ joiner }}", "{{ namespace }}", "{{ dict }}"),
    *("{{ ''|attr('__class__') }}", "{{ ['id']|map('system')|join }}", "{{ range(10**9)|list }}"),
    *("{{ 'a' * 10**9 }}", "{% include 'templates/a.yaml.j2' %}", "{% import 'os' as o %}", "{% extends x %}"),
    *("{% set x = 1 %}{{ x }}", "{% for a in [1] %}{{ a }}{% endfor %}", "{% macro m() %}{% endmacro %}"),
    *("{% call m() %}{% endcall %}", "a, evil: true", "a\nevil: true", "a\n  - receiver: beta"),
    *("'}, evil: true, {a: '", '", evil: "', "]}\nevil: 1\n---", "a #gone", "a: b", "- a", "[a", "{a", "&a", "*a"),
    *("!a", "|", ">", "%", "@", "`", "? a", "<<", "a\n---\nb", "...", "~", "no", "on", "1e3", "0x1", "1_000"),
    *("12:30", ".inf", "null", "true", "2024-01-02", " a ", "", "é", "\t", "a\n", "\n a"),
)


@pytest.mark.parametrize(
    "template", ["a: {{ x }}", "a: '{{ x }}'", 'a: "{{ x }}"', "{a: {{ x }}, b: [{{ x }}]}", "a: >-\n  {{ x }}"]
)
def test_a_tenants_string_is_always_only_a_string(template: str) -> None:
    engine = Engine({"templates/a.yaml.j2": template})
    for text in STRINGS:
        found: Any = engine.render("templates/a.yaml.j2", {"x": text}, {}, Report())
        assert found == ({"a": text, "b": [text]} if "b" in template else {"a": text})


def notes(text: str) -> Any:  # noqa: ANN401 - YAML
    """The notes of the alert with a service's parameter, as another reader parses them."""
    files = taking("{type: string}", json.dumps(text))
    build = pipeline.compile(repository({**files, **writing("{{ pack.x }}")}))
    rules = build.artifacts["build/production/tenants/acme/rules/checkout.yaml"].data
    return yaml.safe_load(rules)["groups"][0]["rules"][0]["annotations"]


def test_a_bound_value_stays_a_value_and_a_pasted_one_would_not() -> None:
    text = "a, evil: b"
    assert notes(text)["note"] == text
    with switched_off(instead(run.Run, "place", lambda _, value, __: str(value))):
        assert notes(text)["evil"] == "b"


def test_a_pack_sees_nothing_of_another_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-of-beta"
    facts = f"tenant: {{name: {canary}, tier: gold, region: eu-west-1, isolation: logical, owners: [a@beta.example]}}\n"
    files = {**noting("'{{ tenant.name }} {{ others | default(\"nothing\") }}'"), "tenants/beta/tenant.yaml": facts}

    def of_acme() -> str:
        found = pipeline.compile(repository(files)).artifacts
        return "".join(each.data.decode() for path, each in found.items() if "/acme/" in path)

    assert canary not in of_acme()
    shared = packs._unit_facts  # noqa: SLF001 - the defence
    monkeypatch.setattr(packs, "_unit_facts", lambda task, pack: {**shared(task, pack), "others": canary})
    assert canary in of_acme()


# Schemas and patterns


def test_no_schema_is_fetched_but_would_be_by_the_usual_library() -> None:
    requested: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/x"
        seen = repository(taking(f"{{$ref: '{url}'}}", "a"))
        assert {code for code, _ in findings(seen, pipeline.compile(seen))} == {"check/bad-pack-schema"}
        assert requested == []
        with warnings.catch_warnings(), suppress(Exception):
            for kind in (DeprecationWarning, ResourceWarning):
                warnings.simplefilter("ignore", kind)
            jsonschema.Draft202012Validator({"$ref": url}).is_valid({})
        server.shutdown()
    assert requested == ["/x"]


def test_many_maps_are_quickly_found_to_be_unique() -> None:
    items = ", ".join(f"{{a: {n}, b: [{n}]}}" for n in range(3000))
    files = taking("{type: array, uniqueItems: true}", f"[{items}]")
    seen = repository({**files, **writing("'{{ pack.x | length }}'")})
    assert ended(lambda: repr(findings(seen, pipeline.compile(seen))), 8) == "[]"


EVIL: Final = (
    *("(a+)+$", "(a*)*$", "(a|a)+$", "(a|aa)+$", "(.*a){20}$", "(a+){10}b", "([a-z]+)*$", "(\\w+\\s?)*$"),
    *("(a?){30}a{30}", "^(([a-z])+.)+[A-Z]$", "(x+x+)+y", "(.*)(.*)(.*)(.*)b", "a*a*a*a*a*b", "(?:a|b|ab)*c"),
    *("((a*)+)+$", "(a{1,9}){1,9}b", "^\\s+|\\s+$", "(\\d+)*!", "([^,]*,)*x", "(a|b|c|d|e)*f"),
)


@pytest.mark.parametrize("pattern", EVIL)
def test_no_pattern_of_a_schema_is_slow(pattern: str) -> None:
    text = ("a" * 30_000) + "!"
    regex.finds(pattern, "")
    begun = process_time()
    regex.finds(pattern, text)
    assert process_time() - begun < 0.2


def test_such_a_pattern_would_be_slow_in_pythons_engine() -> None:
    assert ended(lambda: str(re.search("(a+)+$", "a" * 40 + "!")), 0.3) == End.EXHAUSTED
