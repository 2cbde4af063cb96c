"""In XML, elements are keys, text has the types of YAML, and everything else is refused."""

from itertools import pairwise

import pytest

from tests.read.parsing import accepted, assert_distinguished, assert_refused_quickly, refused, source
from varve.read.locate import locator

NAME = "source.xml"

REFUSED = {
    "a DOCTYPE": ("<?xml version='1.0'?>\n<!DOCTYPE t><t/>", "read/doctype 2:1-10", "<?xml version='1.0'?>\n<t/>"),
    "entities of one's own": (
        '<!-- <!DOCTYPE -->\r\n<!DOCTYPE t [<!ENTITY a "x">]><t>&a;</t>',
        "read/doctype 2:1-10",
        "<!-- <!DOCTYPE -->\r\n<t><a>&lt;</a></t>",
    ),
    "entities that multiply": (
        '<!DOCTYPE t [<!ENTITY a "aa">'
        + "".join(f"<!ENTITY {new} '{f'&{old};' * 9}'>" for old, new in pairwise("abcdefghijk"))
        + "]><t><a>&k;</a></t>",
        "read/doctype 1:1-10",
        "<t><a>k</a></t>",
    ),
    "a file from elsewhere": ('<!DOCTYPE t SYSTEM "file:///etc/passwd"><t/>', "read/doctype 1:1-10", "<t/>"),
    "a key is repeated": (
        "<t>\n <é>1</é>\n <é>2</é>\n</t>",
        "read/duplicate-key 3:3-4 2:3-4",
        "<t>\n <é>1</é>\n <e>2</e>\n</t>",
    ),
    "a key is repeated as an entry": (
        '<t><a/><entry type="str" key="a"/></t>',
        "read/duplicate-key 1:30-33 1:5-6",
        '<t><a/><entry type="str" key="b"/></t>',
    ),
    "an attribute": ('<t><a owner="x">1</a></t>', "read/unknown-attribute 1:13-16", "<t><a><owner>x</owner></a></t>"),
    "an attribute of the root": ('<t key="x"/>', "read/unknown-attribute 1:8-11", "<t/>"),
    "a key for an element that has a name": (
        '<t><a key="x"/></t>',
        "read/unknown-attribute 1:11-14",
        '<t><entry key="x"/></t>',
    ),
    "an entry without a key": (
        "<t><entry>1</entry></t>",
        "read/unknown-attribute 1:5-10",
        '<t><entry key="">1</entry></t>',
    ),
    "a type that is none": (
        '<t><a type="int">1</a></t>',
        "read/unknown-attribute 1:12-17",
        '<t><a type="str">1</a></t>',
    ),
    "text beside elements": ("<t><a>é x<b/></a></t>", "read/mixed-content 1:7-14", "<t><a><c>é x</c><b/></a></t>"),
    "text in a mapping": ('<t><a type="map"> x </a></t>', "read/mixed-content 1:19-20", '<t><a type="map">  </a></t>'),
    "items beside keys": (
        "<t><a><b/><item/></a></t>",
        "read/mixed-content 1:12-16",
        '<t><a><b/><entry key="item"/></a></t>',
    ),
    "keys beside items": ("<t><a><item/><b/></a></t>", "read/mixed-content 1:15-16", "<t><a><item/><item/></a></t>"),
    "items in a mapping": (
        '<t><a type="map"><item/></a></t>',
        "read/mixed-content 1:19-23",
        '<t><a type="list"><item/></a></t>',
    ),
    "elements in a text": (
        '<t><a type="str"><b/></a></t>',
        "read/mixed-content 1:19-20",
        '<t><a type="map"><b/></a></t>',
    ),
    "a processing instruction": ("<t>\n<?php x?></t>", "read/processing-instruction 2:1-10", "<t>\n<!-- php x --></t>"),
    "a namespace": ('<t xmlns="u"/>', "read/namespace 1:10-13", "<t/>"),
    "a prefix": ("<t><a:b/></t>", "read/namespace 1:5-8", '<t><entry key="a:b"/></t>'),
    "another encoding": (
        '<?xml version="1.0" encoding="latin-1"?><t/>',
        "read/declared-encoding 1:1-41",
        '<?xml version="1.0" encoding="utf-8"?><t/>',
    ),
    "an element that is not closed": ("<t>\n<a></t>", "read/syntax 2:6-7 2:2-3", "<t>\n<a/></t>"),
    "an entity that is none": ("<t><a>é&auml;</a></t>", "read/syntax 1:8-9", "<t><a>é&amp;</a></t>"),
    "no text at all": ("", "read/syntax 1:1-1", "<t/>"),
    "two roots": ("<t/><t/>", "read/syntax 1:5-6", "<t/>"),
    "65 collections": (
        "<t>" + "<a>" * 65 + "</a>" * 65 + "</t>",
        "read/too-deep 1:197-198",
        "<t>" + "<a>" * 64 + "</a>" * 64 + "</t>",
    ),
    "an empty list that is the 65th collection": (
        "<t>" + "<a>" * 63 + '<a type="list"/>' + "</a>" * 63 + "</t>",
        "read/too-deep 1:194-195",
        "<t>" + "<a>" * 63 + '<a type="str"/>' + "</a>" * 63 + "</t>",
    ),
    "an infinity": ("<t><a> .inf </a></t>", "read/not-finite 1:8-12", '<t><a type="str"> .inf </a></t>'),
    "an integer beyond 64 bits": (
        "<t><a>9223372036854775808</a></t>",
        "read/integer-too-large 1:7-26",
        "<t><a>9223372036854775807</a></t>",
    ),
    "a reference that turns text": (
        "<t><a>&#x202e;</a></t>",
        "read/bidirectional-character 1:7-15",
        "<t><a>&#x41;</a></t>",
    ),
    "a reference that writes a carriage return": (
        "<t><a type='str'>x&#13;y</a></t>",
        "read/control-character 1:18-25",
        "<t><a>x&#10;y</a></t>",
    ),
}


@pytest.mark.parametrize(("bad", "expected", "good"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_reported_at_its_place_and_its_counterpart_is_accepted(bad: str, expected: str, good: str) -> None:
    assert_distinguished(bad, expected, good, NAME)


@pytest.mark.parametrize("text", ["<t>text</t>", "<t><item>1</item></t>", '<t type="list"/>', '<t type="str"/>'])
def test_a_root_that_is_not_a_mapping_is_refused(text: str) -> None:
    assert refused(text, NAME) == ["read/not-a-mapping 1:1-1"]


VALUES = {
    "an empty root": ("<anything/>", {}),
    "a root with blanks": ("<tenant>\n  <!-- nothing -->\n</tenant>", {}),
    "text as YAML types it": (
        "<t><a>1</a><b>1.5</b><c>true</c><d>on</d><e>2024-01-02</e><f>~</f></t>",
        {"a": 1, "b": 1.5, "c": True, "d": "on", "e": "2024-01-02", "f": None},
    ),
    "text that stays text": ('<t><a type="str">1</a><b type="str"> x\n</b></t>', {"a": "1", "b": " x\n"}),
    "blanks around a text": ("<t><a>\n  x  y\n  z\n</a></t>", {"a": "x  y\n  z"}),
    "what is empty": (
        '<t><a/><b></b><c type="str"/><d type="map"/><e type="list"/></t>',
        {"a": None, "b": None, "c": "", "d": {}, "e": []},
    ),
    "lists": (
        "<t><a><item>1</item><item><b>2</b></item><item><item/></item></a></t>",
        {"a": [1, {"b": 2}, [None]]},
    ),
    "keys of all kinds": (
        '<t><a-b.c/><entry key="x y"/><entry key="item">1</entry><entry key=\'a"b\'/></t>',
        {"a-b.c": None, "x y": None, "item": 1, 'a"b': None},
    ),
    "entities, CDATA and comments inside a text": (
        "<t><a>1 &lt; 2 &amp;&#38; <![CDATA[<3>]]><!-- no -->!</a></t>",
        {"a": "1 < 2 && <3>!"},
    ),
    "a root that is called like an item": ("<item><a>1</a></item>", {"a": 1}),
    "CRLF line ends": ("<t>\r\n<a type='str'>x\r\ny</a>\r\n</t>", {"a": "x\ny"}),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_the_value_of_a_text(text: str, value: object) -> None:
    assert repr(accepted(text, NAME)) == repr(value)


@pytest.mark.parametrize(
    ("text", "written"),
    {
        "a text in CDATA": ("<t>\n<a><![CDATA[x]]></a></t>", "<![CDATA[x]]>"),
        "blanks in CDATA": ("<t>\n<a> <![CDATA[ x ]]> </a></t>", "<![CDATA[ x ]]>"),
        "CDATA behind a text": ("<t>\n<a>é <![CDATA[<x>]]></a></t>", "é <![CDATA[<x>]]>"),
        "CDATA before a text": ("<t>\n<a><![CDATA[é]]> x </a></t>", "<![CDATA[é]]> x"),
        "a text behind empty CDATA": ("<t>\n<a><![CDATA[]]>x</a></t>", "x"),
        "a text without CDATA": ("<t>\n<a><!-- é -->x</a></t>", "x"),
    }.values(),
)
def test_the_place_of_a_text(text: str, written: str) -> None:
    span = locator(source(text, NAME))(("a",), "value")
    assert text.split("\n")[span.line - 1][span.column - 1 : span.end - 1] == written


BOMBS = {
    "elements": "<a>" * 100_000,
    "attributes": "<t " + " ".join(f'a{each}=""' for each in range(50_000)) + "/>",
    "laughs": '<!DOCTYPE t [<!ENTITY a "aaaa">'
    + "".join(f'<!ENTITY a{each} "&a;&a;">' for each in range(30))
    + "]><t/>",
    "one key for ever": "<t>" + "<a/>" * 60_000 + "</t>",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_text_is_refused_soon(text: str) -> None:
    assert_refused_quickly(text, NAME)
