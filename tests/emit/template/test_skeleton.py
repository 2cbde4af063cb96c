"""The structure of a template is parsed once, with the places of its values, and without exotic YAML."""

import pytest

from varve.emit.template.given import CLOSE, OPEN
from varve.emit.template.skeleton import Entries, Fixed, Items, Mixed, Node, Whole, parse

X, Y = f"{OPEN}0{CLOSE}", f"{OPEN}1{CLOSE}"


def shape(node: Node | None) -> object:
    """A node as plain data: places as numbers in angle brackets."""
    match node:
        case Entries(items=items):
            return {shape(key): shape(value) for key, value in items}
        case Items(items=nodes):
            return [shape(each) for each in nodes]
        case Fixed(value=value):
            return value
        case Whole(number=number, in_flow_list=listed):
            return f"<{number}{' listed' if listed else ''}>"
        case Mixed(parts=parts, indices=indices):
            return parts, indices
    return None


STRUCTURES: dict[str, tuple[str, object]] = {
    "a plain place is the whole value": (f"a: {X}", {"a": "<0>"}),
    "a quoted place is text": (f'a: "{X}"', {"a": (("", ""), (0,))}),
    "text around places": (f"a: x{X}y{Y}", {"a": (("x", "y", ""), (0, 1))}),
    "a place in a block": (f"a: |\n  {X}\n", {"a": (("", "\n"), (0,))}),
    "a place in a list between brackets": (f"[{X}, '{Y}']", ["<0 listed>", (("", ""), (1,))]),
    "a place in a block list": (f"- {X}", ["<0>"]),
    "a place as a key": (f"{X}: 1", {"<0>": 1}),
    "JSON": (f'{{"a":{X},"b":[true,null,1.5]}}', {"a": "<0>", "b": [True, None, 1.5]}),
    "plain scalars have types": (
        "a: [1, 0x10, 1e3, yes, 012, 2024-01-01, '1', ~]",
        {"a": [1, 16, 1000.0, "yes", 12, "2024-01-01", "1", None]},
    ),
    "keys are texts": ("1: a\ntrue: b\nnull: c", {"1": "a", "true": "b", "null": "c"}),
    "nothing": ("", {}),
    "nothing but a comment": (f"# {X}\n", {}),
    "one document with its mark": ("---\na: 1\n", {"a": 1}),
}


@pytest.mark.parametrize(("text", "expected"), STRUCTURES.values(), ids=STRUCTURES)
def test_a_structure(text: str, expected: object) -> None:
    node, flaws = parse(text)
    assert flaws == ()
    assert shape(node) == expected


FLAWS: dict[str, tuple[str, str, int]] = {
    "an unclosed list": ("a: [1\nb: 2", "template-structure", 7),
    "a tab among the indentation": ("a:\n\t- b", "template-structure", 3),
    "infinity": ("a: -.inf", "template-structure", 3),
    "what is no number": ("a: [.nan]", "template-structure", 4),
    "a number beyond 64 bits": ("a: 18446744073709551616", "template-structure", 3),
    "an anchor": ("a: &x 1", "template-structure", 3),
    "an anchor of a value": (f"a: &x {X}", "template-structure", 3),
    "an alias": ("a: *x", "template-structure", 3),
    "a tag": ("a: !!python/name:os.system ''", "template-structure", 3),
    "a merge key": ("<<: {a: 1}", "template-structure", 0),
    "a directive": ("%YAML 1.1\n---\na: 1", "template-structure", 0),
    "two documents": ("---\na: 1\n---\nb: 2", "template-structure", 9),
    "a scalar": ("a", "template-structure", 0),
    "a key that is a map": ("{a: 1}: 2", "template-structure", 0),
    "a nesting of 65": ("[" * 65 + "]" * 65, "template-structure", 64),
    "a nesting of 100,000": ("[" * 100_000, "template-structure", 64),
    "a control character": ("a: \x07", "template-structure", 4),
    "the same key twice": ("a: 1\nb: 2\na: 3", "duplicate-key", 10),
    "the same key in other quotes": ("a: 1\n'a': 2", "duplicate-key", 5),
    "a place as an anchor": (f"a: &{X} 1", "template-structure", 4),
    "a damaged place": (f"a: '{OPEN}0 {CLOSE}'", "template-structure", 3),
    "a forged place": (f'a: {X}\nb: "\\uE0000\\uE001"', "private-character", 11),
}


@pytest.mark.parametrize(("text", "code", "offset"), FLAWS.values(), ids=FLAWS)
def test_a_flaw_is_found_where_it_is(text: str, code: str, offset: int) -> None:
    (flaw,) = parse(text).flaws
    assert flaw.rule.code == f"emit/{code}"
    assert flaw.offset == offset


def test_every_repeated_key_is_found() -> None:
    assert [each.offset for each in parse("a: 1\na: 2\nb: {c: 1, c: 2}").flaws] == [5, 20]
