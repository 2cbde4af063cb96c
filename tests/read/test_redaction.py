"""Places that may contain a secret are found in every format, and other places remain visible."""

import pytest

from tests.read.parsing import source
from varve.model.diagnostic import Diagnostic, Note, On, Place, Rule, Span
from varve.read import plain
from varve.read.locate import marked
from varve.read.redaction import Veil, redacted, redacted_note, veil

READING = Rule("read/rule", "A text is wrong", "Its explanation.")
CHECKING = Rule("check/rule", "A value is wrong", "Its explanation.")


def veiled(text: str, name: str = "source.yaml") -> Veil:
    given = source(text, name)
    return veil(given, marked(given))


def hidden(text: str, rule: Rule, name: str = "source.yaml") -> list[int]:
    """The numbers of the lines that are hidden."""
    over = veiled(text, name)
    return [number for number in range(1, text.count("\n") + 2) if over.hides(number, rule)]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    {
        "a value": ("a.yaml", "owner: x\npassword: y\nlimit: 1", [2]),
        "a map and all in it": ("a.yaml", "headers:\n  X-One: a\n  X-Two: b\nlimit: 1", [2, 3]),
        "a list": ("a.yaml", "api_keys:\n- a\n- b\nlimit: 1", [2, 3]),
        "a text of several lines": ("a.yaml", "token: |\n  a\n  b\nlimit: 1", [2, 3]),
        "a flow mapping": ("a.yaml", "owner: {a: 1, password: x}\nlimit: 1", [1]),
        "a reference": ("a.yaml", "password: {secret: metrics/password}", []),
        "a value beside a reference": ("a.yaml", "basic_auth: {username: x, password: {secret: a/b}}", []),
        "a comment behind a reference": ("a.yaml", "password: {secret: a/b} #x", [1]),
        "a reference that names no file": ("a.yaml", "password: {secret: x}", [1]),
        "a reference among other things": ("a.yaml", "password: {secret: a/b, other: x}", [1]),
        "where the platform's secrets lie": ("a.yaml", "secrets: {root: /run/secrets}", []),
        "an alert of such a name": ("a.yaml", "alerts: {TokenExpired: {expr: up}}", []),
        "a service of such a name": ("a.yaml", "services: {token: {owner: x}}", []),
        "a text for such a name": ("a.yaml", "services: {token: x}", [1]),
        "a matcher of PromQL": ("a.yaml", 'expr: up{key="x"}', []),
        "who wrote it": ("a.yaml", "author: x", []),
        "a word that removes from what may be one": ("a.yaml", "basic_auth: {$remove: [x]}", [1]),
        "what an alias shares": ("a.yaml", "one: &a\n  b: x\npassword: *a", [2, 3]),
        "a URL of Slack's": ("a.yaml", "notify: https://hooks.slack.com/services/x", [1]),
        "a URL with a password": ("a.yaml", "notify: https://a:b@host", [1]),
        "a private key": (
            "a.yaml",
            "a: |\n  -----BEGIN PRIVATE KEY-----\n  MIIE\n  -----END PRIVATE KEY-----\nb: 1",
            [2, 3, 4],
        ),
        "JSON": ("a.json", '{"password":\n"x",\n"owner": "y"}', [2]),
        "TOML": ("a.toml", "[headers]\nx = 'y'\n[other]\nx = 'y'", [2]),
        "XML": ("a.xml", "<a>\n<password>x</password>\n<owner>y</owner></a>", [2]),
        "XML, further down": ("a.xml", "<a><password>\nx\n</password><owner>y</owner></a>", [2]),
        "a template's line": ("a.yaml.j2", "password: x\nowner: y", [1]),
        "a template's reference": ("a.yaml.j2", "password: {secret: {{ x }}}", []),
    }.values(),
)
def test_a_line_is_hidden_if_it_may_contain_a_secret(name: str, text: str, lines: list[int]) -> None:
    assert hidden(text, CHECKING, name) == lines


def test_diagnostics_of_parsing_show_no_references_either() -> None:
    assert hidden("password: {secret: metrics/password}\nowner: x", READING) == [1]


@pytest.mark.parametrize(
    ("text", "lines"),
    {
        "the line itself": ("owner: x\npassword x\n: [", [2]),
        "a line below it": ("owner: [\nheaders:\n  X-One: x", [3]),
        "no line that is not": ("owner: [\nlimit: 1", []),
    }.values(),
)
def test_at_a_syntax_error_the_enclosing_lines_decide(text: str, lines: list[int]) -> None:
    assert hidden(text, plain.SYNTAX) == lines


@pytest.mark.parametrize(
    ("rule", "span", "on", "covered"),
    [
        pytest.param(CHECKING, Span(1, 1, 8), "key", False, id="a secret's key is none"),
        pytest.param(CHECKING, Span(1, 11, 15), "key", True, id="a key inside it may be"),
        pytest.param(CHECKING, Span(1, 17, 18), "value", True, id="a value inside it may be"),
        pytest.param(CHECKING, Span(2, 8, 9), "value", False, id="another value is none"),
        pytest.param(CHECKING, Span(3, 11, 24), "value", False, id="a reference is none"),
        pytest.param(READING, Span(3, 11, 24), "value", True, id="a reference that is not read yet may be"),
        pytest.param(READING, Span(3, 1, 9), "key", False, id="and its key is none"),
    ],
)
def test_messages_about_a_secret_are_covered(rule: Rule, span: Span, on: On, covered: bool) -> None:  # noqa: FBT001
    over = veiled("headers: {X-One: x}\nowner: y\npassword: {secret: a/b}")
    assert over.covers(span, on, rule) is covered


def test_a_private_key_in_a_broken_text_is_hidden() -> None:
    torn = "a: |\n  -----BEGIN PRIVATE KEY-----\nMIIE\nMIIF"
    assert hidden(torn, plain.SYNTAX) == [2, 3, 4]
    assert veiled(torn).covers(Span(3, 1, 5), "value", plain.SYNTAX)


def test_aliases_of_aliases_cost_no_more_than_the_text_itself() -> None:
    levels = [f"a{level}: &a{level} {{x: *a{level - 1}, y: *a{level - 1}}}" for level in range(1, 3000)]
    over = veiled("\n".join(["a0: &a0 {password: x}", *levels]))
    assert over.hides(1, CHECKING)
    assert not over.hides(2, CHECKING)


def test_a_circle_of_aliases_has_an_end() -> None:
    assert hidden("password: &a {b: *a}", CHECKING) == [1]


def test_a_redacted_diagnostic_contains_no_quotation() -> None:
    place = Place("source.yaml", ("password",))
    diagnostic = redacted(Diagnostic(CHECKING, "`hunter2` is wrong", place, (), "write `hunter3`"))
    assert (diagnostic.message, diagnostic.place) == ("a value is wrong", place)
    assert "hunter" not in diagnostic.hint


def test_a_diagnostic_that_quotes_nothing_is_unchanged() -> None:
    diagnostic = Diagnostic(CHECKING, "this is wrong", hint="take it out")
    assert redacted(diagnostic) == diagnostic


def test_a_redacted_note_keeps_its_place() -> None:
    place = Place("source.yaml", ("password",))
    assert redacted_note(Note("hunter2 was set here", place)).place == place
    assert "hunter" not in redacted_note(Note("hunter2 was set here", place)).message


def test_the_passing_data_of_a_policy_example_is_shown_except_secrets() -> None:
    assert hidden("examples:\n  - pass: {service: {id: ab}}\n", CHECKING) == []
    assert hidden("examples:\n  - pass: hunter2\n", CHECKING) == [2]
    assert hidden("examples:\n  - pass: {receiver: {password: hunter2}}\n", CHECKING) == [2]
    assert hidden("login:\n  pass: {service: hunter2}\n", CHECKING) == [2]
