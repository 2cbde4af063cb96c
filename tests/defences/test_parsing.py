"""What a source can do to its reader: nothing. It is read as data, in bounded time, or refused at its place.

Every value passes one reader of each format. Where a whole reader is the defence, its test replaces it by the usual
library, which most programs would use.

Files that include others, and formats that contain code, do not apply: no format here has either. Pointers of Git LFS
are git's, and have their tests in `tests/world/git/test_content.py`.
"""

import json as plain_json
import math
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml as pyyaml

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
from tests.emit.repository import CHECKOUT
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.read import decode, parse, plain, reading, toml_marks, xml, yaml, yaml_marks

SERVICES: Final = "tenants/acme/services/"
NEVER: Final = re.compile("(?!)")
ENDLESS: Final = 1 << 60
ALERT: Final = "alerts: {{A: {{expr: up > 1, severity: info, summary: {}}}}}\n"
JSON_ALERT: Final = '{"alerts": {"A": {"expr": "up > 1", "severity": "info", "summary": "a"}}}'
XML_ALERT: Final = "<s><alerts><A><expr>up > 1</expr><severity>info</severity><summary>{}</summary></A></alerts></s>"
SHARED: Final = "scrape: {app: {targets: &all ['a:1', 'b:1']}, web: {targets: *all}}\n"
FOLLOWED: Final = "scrape: {app: &app {targets: ['a:1']}" + "".join(f", web{n}: {{<<: *app}}" for n in range(100))


def service(text: str | bytes, ending: str = "yaml") -> dict[str, str | bytes | None]:
    """The base repository with another content of its service."""
    return {CHECKOUT: None, f"{SERVICES}checkout.{ending}": text}


def loading(load: Callable[[str], Any], ending: str = ".yaml") -> Off:
    """Replace varve's reader of a format by a usual library."""
    own = parse._reader  # noqa: SLF001 - the defence
    usual = lambda text, _, __: load(text)  # noqa: E731
    return instead(parse, "_reader", lambda extension: usual if extension == ending else own(extension))


def first(text: str) -> object:
    """The result of a reader that stops after the first document."""
    return next(iter(pyyaml.safe_load_all(text)))


def powers(height: int, wide: int = 9) -> str:
    """Lists of lists by alias, `wide` to the power of `height` values in all."""
    rows = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * wide)}]\n" for n in range(1, height))
    return f"a0: &a0 [{', '.join(['x'] * wide)}]\n" + "".join(rows)


def merges(height: int) -> str:
    """Mappings that each merge the one before it four times."""
    rows = (f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 4)}], k{n}: 1}}\n" for n in range(1, height))
    return "a0: &a0 {x: 1}\n" + "".join(rows)


ALWAYS: Final = lambda *_: True  # noqa: E731
UNJUDGED: Final = instead(plain, "faults", lambda *_, **__: iter(()))

ATTACKS: Final = {
    "aliases of aliases": Attack(
        service(powers(12)),
        "read/alias-expansion",
        {CHECKOUT: SHARED},
        instead(yaml, "EXPANSION", ENDLESS),
        End.EXHAUSTED,
        f"{CHECKOUT}:5:10",
    ),
    "more merges than anybody follows": Attack(
        {CHECKOUT: FOLLOWED + ", last: {<<: >>>*app}}\n"},
        "read/too-many-merges",
        {CHECKOUT: FOLLOWED + "}\n"},
        instead(yaml_marks, "MERGES", ENDLESS),
        "acme/checkout/last",
    ),
    "brackets without end": Attack(
        service("a: " + "[" * 63 + ">>>" + "[" * 500_000),
        "read/too-deep",
        {CHECKOUT: SHARED},
        instead(plain, "DEPTH", ENDLESS),
        RecursionError,
    ),
    "JSON without end": Attack(
        service('{"a": ' + "[" * 63 + ">>>" + "[" * 500_000 + "]" * 500_063 + "}", "json"),
        "read/too-deep",
        service(JSON_ALERT, "json"),
        loading(plain_json.loads, ".json"),
        RecursionError,
    ),
    "TOML without end": Attack(
        service("a = " + "[" * 63 + ">>>" + "[" * 500_000, "toml"),
        "read/too-deep",
        service("scrape.app.targets = ['a:1']\n", "toml"),
        without(toml_marks, "fault"),
        RecursionError,
    ),
    "XML without end": Attack(
        service("<a>" * 65 + "<>>>a>" + "<a>" * 10_000 + "</a>" * 10_066, "xml"),
        "read/too-deep",
        service(XML_ALERT.format("a"), "xml"),
        instead(plain, "DEPTH", ENDLESS),
        RecursionError,
    ),
    "a value that says itself twice": Attack(
        {CHECKOUT: ALERT.format("a, >>>expr: up > 2")},
        "read/duplicate-key",
        {CHECKOUT: ALERT.format("a, for: 5m")},
        without(plain, "report_repeats"),
        "} > 1",
    ),
    "a value that says itself twice, in JSON": Attack(
        service(JSON_ALERT.replace('"severity"', '>>>"expr": "up > 2", "severity"'), "json"),
        "read/duplicate-key",
        service(JSON_ALERT.replace('"severity"', '"for": "5m", "severity"'), "json"),
        without(plain, "report_repeats"),
        "} > 2",
    ),
    "a value that says itself twice, in XML": Attack(
        service(XML_ALERT.format("a").replace("<severity>", "<>>>expr>up > 2</expr><severity>"), "xml"),
        "read/duplicate-key",
        service(XML_ALERT.format("a").replace("<severity>", "<for>5m</for><severity>"), "xml"),
        without(plain, "report_repeats"),
        "} > 1",
    ),
    "a list that holds itself": Attack(
        {CHECKOUT: "scrape: {app: {targets: &all ['a:1', >>>*all]}}\n"},
        "read/alias-cycle",
        {CHECKOUT: SHARED},
        loading(pyyaml.safe_load),
        RecursionError,
    ),
    "a tag": Attack(
        {CHECKOUT: ALERT.format(">>>!!python/object/apply:os.getcwd told")},
        "read/tag",
        {CHECKOUT: ALERT.format("'!!python/object/apply:os.getcwd told'")},
        without(yaml, "_report_tag"),
        "summary: told",
    ),
    "an integer that readers disagree about": Attack(
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], sample_limit: >>>" + "9" * 5000 + "}}\n"},
        "read/integer-too-large",
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], sample_limit: 99}}\n"},
        loading(pyyaml.safe_load),
        ValueError,
    ),
    "text that is turned": Attack(
        {CHECKOUT: ALERT.format("a>>>\u202eb")},
        "read/bidirectional-character",
        {CHECKOUT: ALERT.format("العربية")},
        together(instead(decode, "_visible", ALWAYS), UNJUDGED),
        "a\\u202eb",
    ),
    "text that is turned by an escape": Attack(
        {CHECKOUT: ALERT.format('>>>"a\\u202eb"')},
        "read/bidirectional-character",
        {CHECKOUT: ALERT.format('"a\\u00e9b"')},
        UNJUDGED,
        "a\\u202eb",
    ),
    "text that is not there": Attack(
        {CHECKOUT: ALERT.format("a>>>\u200bb")},
        "read/hidden-character",
        {CHECKOUT: ALERT.format("'می\u200cخواهم 👩\u200d💻 ❤\ufe0f'")},
        together(instead(decode, "_visible", ALWAYS), UNJUDGED),
        "a\\u200bb",
    ),
    "text that is not there, by an escape": Attack(
        {CHECKOUT: ALERT.format('>>>"a\\u00adb"')},
        "read/hidden-character",
        {CHECKOUT: ALERT.format('"\\U0001F469\\u200D\\U0001F4BB"')},
        UNJUDGED,
        "a\\u00adb",
    ),
    "text that is not there, by an escape of JSON": Attack(
        service(JSON_ALERT.replace('"a"', '>>>"a\\u2060b"'), "json"),
        "read/hidden-character",
        service(JSON_ALERT.replace('"a"', '"\\u2764\\ufe0f"'), "json"),
        UNJUDGED,
        "a\\u2060b",
    ),
    "text that is not there, by an escape of TOML": Attack(
        service("[alerts.A]\nexpr = 'up > 1'\nseverity = 'info'\nsummary = >>>\"a\\U000E0041b\"\n", "toml"),
        "read/hidden-character",
        service("[alerts.A]\nexpr = 'up > 1'\nseverity = 'info'\nsummary = \"\\u2764\\uFE0F\"\n", "toml"),
        together(instead(decode, "_visible", ALWAYS), UNJUDGED),
        "a\U000e0041b",
    ),
    "text that is not there, by a reference of XML": Attack(
        service(XML_ALERT.format("a&#x200b;b"), "xml"),
        "read/hidden-character",
        service(XML_ALERT.format("&#x2764;&#xfe0f;"), "xml"),
        UNJUDGED,
        "a\\u200bb",
        f"{SERVICES}checkout.xml:1:{XML_ALERT.index('{') + 1}",
    ),
    "a name that a joiner makes another": Attack(
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], params: {>>>می\u200cخواهم: [a]}}}\n"},
        "read/hidden-character",
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], params: {میخواهم: [می\u200cخواهم]}}}\n"},
        UNJUDGED,
        "می\\u200cخواهم",
    ),
    "a name that an accent makes another": Attack(
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], params: {caf\u00e9: [a], >>>cafe\u0301: [b]}}}\n"},
        "read/not-composed",
        {CHECKOUT: "scrape: {app: {targets: ['a:1'], params: {caf\u00e9: [cafe\u0301]}}}\n"},
        UNJUDGED,
        "cafe\u0301",
    ),
    "a terminal's escape": Attack(
        {CHECKOUT: ALERT.format('>>>"a\\e[2Jb"')},
        "read/control-character",
        {CHECKOUT: ALERT.format('"a[2Jb"')},
        UNJUDGED,
        "a\\u001b[2Jb",
    ),
    "a comment that ends for one reader only": Attack(
        {CHECKOUT: "# nothing to see here >>>\x85" + ALERT.format("a")},
        "read/control-character",
        {CHECKOUT: "# nothing to see here \n" + ALERT.format("a")},
        instead(decode, "_visible", ALWAYS),
        "summary: a",
    ),
    "a file in another encoding": Attack(
        service(ALERT.format("a").encode("utf-16")),
        "read/not-utf8",
        service(ALERT.format("a").encode()),
        instead(decode, "_utf8", lambda source, _: source.data.decode("utf-16" if source.data[0] > 0x7F else "utf-8")),
        "summary: a",
        f"{CHECKOUT}:1:1",
    ),
    "a file that is larger than people write": Attack(
        {CHECKOUT: ALERT.format("a").ljust((1 << 20) + 1, "#")},
        "read/too-large",
        {CHECKOUT: ALERT.format("a").ljust(1 << 20, "#")},
        instead(decode, "LIMIT", ENDLESS),
        "summary: a",
        f"{CHECKOUT}:1:1",
    ),
    "a second document": Attack(
        {CHECKOUT: ALERT.format("first") + ">>>---\n" + ALERT.format("second")},
        "read/several-documents",
        {CHECKOUT: "---\n" + ALERT.format("first") + "...\n"},
        loading(first),
        "summary: first",
    ),
    "a directive": Attack(
        {CHECKOUT: ">>>%YAML 1.1\n---\n" + ALERT.format("a")},
        "read/directive",
        {CHECKOUT: "---\n" + ALERT.format("'%YAML 1.1'")},
        instead(yaml, "_DIRECTIVE", NEVER),
        "summary: a",
    ),
    "a file that is only a text": Attack(
        {CHECKOUT: "up > 1\n"},
        "read/not-a-mapping",
        {CHECKOUT: "{}\n"},
        loading(lambda text: value if isinstance(value := pyyaml.safe_load(text), dict) else {}),
        "service: checkout",
        f"{CHECKOUT}:1:1",
    ),
    "an extension that no format has": Attack(
        {f"{SERVICES}search.conf": ALERT.format("search")},
        "read/unknown-format",
        {f"{SERVICES}search.yml": ALERT.format("search")},
        instead(reading, "EXTENSIONS", (*parse.EXTENSIONS, ".conf")),
        "summary: search",
        f"{SERVICES}search.conf:1:1",
    ),
    "an entity": Attack(
        service("<!DOCTYPE s [<!ENTITY x 'told'>]>" + XML_ALERT.format("&x;"), "xml"),
        "read/doctype",
        service(XML_ALERT.format("&lt;x&gt;"), "xml"),
        instead(xml._Builder, "_doctype", lambda *_: None),  # noqa: SLF001 - the defence
        "summary: told",
        f"{SERVICES}checkout.xml:1:1",
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


# Dozens of payloads: each is judged in a separate process, within seconds and 256 MiB


def judged(text: str, ending: str = "yaml") -> str | End:
    """The codes that a service with this text gives, at places of its own file, or how the process ended."""
    seen = repository(service(text, ending))
    return ended(
        lambda: " ".join(sorted({code for code, place in findings(seen, pipeline.compile(seen)) if ":" in place})), 4
    )


BOMBS: Final = {
    **{f"aliases, 9 to the power of {n}": ("yaml", powers(n), "read/alias-expansion") for n in range(5, 13)},
    **{f"merges, 4 to the power of {n}": ("yaml", merges(n), "read/too-many-merges") for n in range(27, 33)},
    **{f"10 to the power of {n}, brackets": ("yaml", "[" * 10**n, "read/too-deep") for n in range(2, 7)},
    **{f"10 to the power of {n}, braces": ("yaml", "{a: " * 10**n, "read/too-deep") for n in range(2, 6)},
    **{f"10 to the power of {n}, dashes": ("yaml", "- " * 10**n, "read/too-deep") for n in range(2, 6)},
    **{f"10 to the power of {n}, keys of keys": ("yaml", "? " * 10**n, "read/too-deep") for n in range(2, 6)},
    **{f"10 to the power of {n}, JSON lists": ("json", "[" * 10**n, "read/") for n in range(2, 7)},
    **{f"10 to the power of {n}, JSON objects": ("json", '{"a":' * 10**n, "read/") for n in range(2, 6)},
    **{f"10 to the power of {n}, TOML lists": ("toml", "a = " + "[" * 10**n, "read/too-deep") for n in range(2, 6)},
    **{f"10 to the power of {n}, TOML keys": ("toml", "a." * 10**n + "a = 1", "read/too-deep") for n in range(2, 6)},
    **{f"10 to the power of {n}, TOML tables": ("toml", "a = {a = " * 10**n, "read/") for n in range(2, 6)},
    **{f"10 to the power of {n}, XML elements": ("xml", "<a>" * 10**n, "read/too-deep") for n in range(2, 6)},
    **{
        f"10 to the power of {n}, XML items": ("xml", "<a><b>" + "<item>" * 10**n, "read/too-deep") for n in range(2, 6)
    },
    **{f"10 to the power of {n}, quotes": ("yaml", "a: " + "'" * (10**n + 1), "read/") for n in range(2, 6)},
    **{f"10 to the power of {n}, anchors": ("yaml", "&a " * 10**n, "read/syntax") for n in range(2, 6)},
    **{f"10 to the power of {n}, attributes": ("xml", "<a " + "a='' " * 10**n, "read/") for n in range(2, 6)},
    **{f"10 to the power of {n}, repeated keys": ("yaml", "a: 1\n" * 10**n, "read/duplicate-key") for n in range(2, 6)},
    **{f"10 to the power of {n}, tables of one name": ("toml", "[a]\n" * 10**n, "read/duplicate") for n in range(2, 6)},
    "a number of a million digits, YAML": ("yaml", "a: " + "9" * 10**6, "read/integer-too-large"),
    "a number of a million digits, JSON": ("json", '{"a": ' + "9" * 10**6 + "}", "read/integer-too-large"),
    "a number of a million digits, TOML": ("toml", "a = " + "9" * 10**6, "read/integer-too-large"),
    "a number of a million digits, XML": ("xml", "<a><b>" + "9" * 10**6 + "</b></a>", "read/integer-too-large"),
    "an exponent of a million digits": ("yaml", "a: 1e" + "9" * 10**6, "read/not-finite"),
    "a key of a million characters": ("yaml", "k" * 10**6 + ": 1", "read/syntax"),
    "a million quotes in JSON": ("json", '{"a": ' + '\\"' * 500_000, "read/syntax"),
    "a million quotes in TOML": ("toml", "a = " + '\\"' * 500_000, "read/syntax"),
    "a key of a million letters": ("json", '{"' + "auth" * 250_000 + '": 1}', "check/unknown-key"),
    "a line of a million blanks": ("yaml", "a:" + " " * 10**6 + "!x 1", "read/tag"),
}


@pytest.mark.parametrize(("ending", "text", "code"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_soon(ending: str, text: str, code: str) -> None:
    found = judged(text, ending)
    assert isinstance(found, str)
    assert found.startswith(code)


def test_a_process_that_exceeds_its_limits_is_detected() -> None:
    """The counterpart of the test above, which would pass if nothing were limited."""

    def for_ever() -> str:
        while True:
            pass

    def without_end() -> str:
        return "x" * (1 << 40)

    def crash() -> str:
        os.kill(os.getpid(), signal.SIGSEGV)
        return ""

    assert [ended(each, 0.1) for each in (for_ever, without_end, crash)] == [End.EXHAUSTED, End.EXHAUSTED, End.CRASHED]
    assert ended(lambda: str(1 // 0)) == "ZeroDivisionError"


KINDS: Final = ("", "seq", "map", "str", "int", "float", "bool", "null", "binary", "timestamp", "set", "omap", "pairs")
OBJECTS: Final = (
    "object:os.environ",
    "object/apply:os.system",
    "object/new:type",
    "name:os.system",
    "module:os",
    "tuple",
)
HIDDEN: Final = (
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *"\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9",
    *"\U0001d173\U000e0001\U000e0020\U000e0041\U000e007f\U000e0100\U000e01ef",
)
HIDING: Final = {
    "a value in YAML": ("yaml", "owner: a%sb\n", str),
    "a key in YAML": ("yaml", "labels: {a%sb: c}\n", str),
    "a comment in YAML": ("yaml", "owner: a # b%sc\n", str),
    "an escape in YAML": ("yaml", 'owner: "a%sb"\n', lambda each: f"\\U{ord(each):08x}"),
    "a key by an escape in YAML": ("yaml", 'labels: {"a%sb": c}\n', lambda each: f"\\U{ord(each):08x}"),
    "a value in JSON": ("json", '{"owner": "a%sb"}', str),
    "an escape in JSON": ("json", '{"owner": "a%sb"}', lambda each: plain_json.dumps(each)[1:-1]),
    "a key by an escape in JSON": ("json", '{"labels": {"a%sb": "c"}}', lambda each: plain_json.dumps(each)[1:-1]),
    "a value in TOML": ("toml", "owner = 'a%sb'\n", str),
    "an escape in TOML": ("toml", 'owner = "a%sb"\n', lambda each: f"\\U{ord(each):08x}"),
    "a value in XML": ("xml", "<s><owner>a%sb</owner></s>", str),
    "a reference in XML": ("xml", "<s><owner>a%sb</owner></s>", lambda each: f"&#x{ord(each):x};"),
    "a key by a reference in XML": (
        "xml",
        "<s><labels><entry key='a%sb'>c</entry></labels></s>",
        lambda each: f"&#{ord(each)};",
    ),
}


@pytest.mark.parametrize(("ending", "text", "write"), HIDING.values(), ids=HIDING)
def test_hidden_characters_are_refused_in_every_format_and_spelling(
    ending: str, text: str, write: Callable[[str], str]
) -> None:
    for each_ in HIDDEN:
        report = Report()
        assert parse.parse(Source(f"a.{ending}", "", (text % write(each_)).encode()), report) is None, ascii(each_)
        (code,) = {diagnostic.rule.code for diagnostic in report}
        assert code in {"read/hidden-character", "read/bidirectional-character", "read/control-character"}
        assert all(diagnostic.place and diagnostic.place.span for diagnostic in report)


@pytest.mark.parametrize(("ending", "text", "write"), HIDING.values(), ids=HIDING)
def test_without_the_check_hidden_characters_would_pass(ending: str, text: str, write: Callable[[str], str]) -> None:
    with switched_off(together(instead(decode, "_visible", ALWAYS), UNJUDGED)):
        assert parse.parse(Source(f"a.{ending}", "", (text % write("\u2060")).encode()), Report()) is not None


TAGS: Final = (
    *(f"!!{kind}" for kind in KINDS if kind),
    *(f"!!python/{each}" for each in OBJECTS),
    "!",
    "!own",
    "!ruby/object:Gem::Installer",
    "!!javax.script.ScriptEngineManager",
    "!!com.sun.rowset.JdbcRowSetImpl",
    "!<tag:yaml.org,2002:str>",
    "!<tag:yaml.org,2002:python/object/apply:os.system>",
    "!include",
    "!vault",
    "!reference",
    "!env",
    "!!merge",
)
WHERE: Final = {
    "a value": "a: %s x",
    "a key": "%s a: x",
    "an item": "a: [%s x]",
    "a map": "a: %s {b: 1}",
    "the root": "%s {a: 1}",
}


@pytest.mark.parametrize("text", WHERE.values(), ids=WHERE)
@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_is_refused_at_every_place(tag: str, text: str) -> None:
    report = Report()
    assert parse.parse(Source("a.yaml", "", (text % tag).encode()), report) is None
    places = [each.place.span for each in report if each.place]
    assert {each.rule.code for each in report} == {"read/tag"}
    assert [each.column for each in places if each] == [text.index("%") + 1]


def test_a_tag_runs_nothing_but_would_with_the_usual_loader(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    text = ALERT.format(f"!!python/object/apply:os.mkdir ['{canary}']")
    seen = repository({CHECKOUT: text})
    assert {code for code, _ in findings(seen, pipeline.compile(seen))} == {"read/tag"}
    assert not canary.exists()
    with switched_off(loading(pyyaml.unsafe_load)):
        pipeline.compile(seen)
    assert canary.exists()


TWICE: Final = {
    "in blocks": ("yaml", "a: 1\na: 2"),
    "in braces": ("yaml", "{a: 1, a: 2}"),
    "in other quotes": ("yaml", "a: 1\n'a': 2\n"),
    "by an escape": ("yaml", 'a: 1\n"\\x61": 2\n'),
    "as a word and as a text": ("yaml", "yes: 1\n'yes': 2"),
    "as a number and as a text": ("yaml", "1: a\n'1': b"),
    "as true and as a text": ("yaml", "true: a\n'true': b"),
    "as a complex key": ("yaml", "? a\n: 1\n? a\n: 2"),
    "with an anchor": ("yaml", "&x a: 1\na: 2"),
    "two merges": ("yaml", "<<: {a: 1}\n<<: {b: 1}"),
    "deep in a list": ("yaml", "a: [[{b: 1, b: 1}]]"),
    "in JSON": ("json", '{"a": 1, "a": 2}'),
    "in JSON, by an escape": ("json", '{"a": 1, "\\u0061": 2}'),
    "in TOML": ("toml", "a = 1\na = 2"),
    "in TOML, by an escape": ("toml", 'a = 1\n"\\u0061" = 2'),
    "in TOML, as a table": ("toml", "[a]\n[a]"),
    "in TOML, by a dotted key": ("toml", "a.b = 1\n[a]\nb = 2"),
    "in XML": ("xml", "<t><a>1</a><a>2</a></t>"),
    "in XML, by an entry": ("xml", '<t><a>1</a><entry key="a">2</entry></t>'),
    "in XML, by a reference": ("xml", '<t><a>1</a><entry key="&#97;">2</entry></t>'),
}


@pytest.mark.parametrize(("ending", "text"), TWICE.values(), ids=TWICE)
def test_no_value_has_a_key_twice(ending: str, text: str) -> None:
    assert judged(text, ending) == "read/duplicate-key"


# Ambiguous types: each value has the type of YAML 1.2 or is refused; many programs differ
TRAPS: Final = {
    "no": "no",
    "y": "y",
    "on": "on",
    "012": 12,
    "0o14": 12,
    "0b11": "0b11",
    "0b_": "0b_",
    "0x_": "0x_",
    "1_000": "1_000",
    "12:30:45": "12:30:45",
    "190:20:30.15": "190:20:30.15",
    "2024-01-02": "2024-01-02",
    "2024-13-45": "2024-13-45",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "1e3": 1000.0,
    "=": "=",
    "<<": "<<",
    "nULL": "nULL",
    "NaN": "NaN",
    "+.": "+.",
    "1e400": "read/not-finite",
    "-1e400": "read/not-finite",
    ".nan": "read/not-finite",
    "-.INF": "read/not-finite",
    "9223372036854775808": "read/integer-too-large",
    "0x8000000000000000": "read/integer-too-large",
    "9" * 5000: "read/integer-too-large",
    "!!int ''": "read/tag",
    "!!bool x": "read/tag",
    "!!timestamp x": "read/tag",
    "%YAML": "read/syntax",
    "@a": "read/syntax",
    "`a`": "read/syntax",
}


@pytest.mark.parametrize(("text", "meaning"), TRAPS.items(), ids=[text[:30] for text in TRAPS])
def test_an_ambiguous_type_has_one_meaning_or_is_refused(text: str, meaning: str | float) -> None:
    report = Report()
    value = parse.parse(Source("a.yaml", "", f"a: {text}".encode()), report)
    codes = {each.rule.code for each in report}
    assert repr(value) == repr({"a": meaning}) if not codes else codes == {meaning}


def test_without_the_check_of_numbers_infinity_would_be_read() -> None:
    with switched_off(UNJUDGED):
        assert parse.parse(Source("a.yaml", "", b"a: -1e400"), Report()) == {"a": -math.inf}


DOCTYPES: Final = {
    "an entity": "<!DOCTYPE s [<!ENTITY x 'y'>]><s><a>&x;</a></s>",
    "an entity of a file": "<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><s><a>&x;</a></s>",
    "an entity of a host": "<!DOCTYPE s [<!ENTITY x SYSTEM 'http://127.0.0.1:1/'>]><s><a>&x;</a></s>",
    "a public entity": "<!DOCTYPE s [<!ENTITY x PUBLIC '-' 'http://127.0.0.1:1/'>]><s/>",
    "an entity without a parser": "<!DOCTYPE s [<!NOTATION n SYSTEM 'n'><!ENTITY x SYSTEM 'x' NDATA n>]><s/>",
    "an entity of parameters": "<!DOCTYPE s [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/'> %x;]><s/>",
    "a set of rules elsewhere": "<!DOCTYPE s SYSTEM 'http://127.0.0.1:1/s.dtd'><s/>",
    "a public set of rules": "<!DOCTYPE s PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'http://127.0.0.1:1/'><s/>",
    "an attribute by default": "<!DOCTYPE s [<!ATTLIST a type CDATA 'str'>]><s><a>1</a></s>",
    "entities of entities": "<!DOCTYPE s [<!ENTITY a 'x'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]><s><a>&m;</a></s>",
    "one long entity many times": "<!DOCTYPE s [<!ENTITY a '" + "x" * 9000 + "'>]><s>" + "&a;" * 9000 + "</s>",
    "an entity of itself": "<!DOCTYPE s [<!ENTITY a '&a;'>]><s><a>&a;</a></s>",
    "nothing": "<!DOCTYPE s><s/>",
}


@pytest.mark.parametrize("text", DOCTYPES.values(), ids=DOCTYPES)
def test_every_doctype_is_refused_where_it_begins(text: str) -> None:
    assert judged(text, "xml") == "read/doctype"
