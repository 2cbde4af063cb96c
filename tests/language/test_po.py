"""Catalogues are read as gettext writes them."""

import pytest

from varve.language import po
from varve.language.fault import Fault

CATALOGUE = r"""# For translators.
msgid ""
msgstr ""
"Language: fr\n"
"Content-Type: text/plain; charset=UTF-8\n"

#. where it is used
#: rules.yaml.j2:12
#, python-format
msgid "the queue is stuck"
msgstr "la file est bloquée"

#, fuzzy, python-format
#| msgid "old"
msgid "a \"new\" text"
msgstr ""
"un\t"
"nouveau\\texte"

# fuzzy, but only in words
msgid "not yet"
msgstr ""

#, fuzzy

#~ msgid "gone"
#~ msgstr "parti"

msgid "the last"
msgstr "le dernier"
"""


def test_entries_are_read_in_their_order() -> None:
    entries = po.read(CATALOGUE)
    assert not isinstance(entries, Fault)
    assert [(entry.text, entry.translation, entry.fuzzy) for entry in entries] == [
        ("", "Language: fr\nContent-Type: text/plain; charset=UTF-8\n", False),
        ("the queue is stuck", "la file est bloquée", False),
        ('a "new" text', "un\tnouveau\\texte", True),
        ("not yet", "", False),
        ("the last", "le dernier", False),
    ]
    assert [CATALOGUE[entry.offset :].startswith("msgid ") for entry in entries] == [True] * 5


def test_crlf_line_breaks_are_accepted() -> None:
    unix, windows = po.read(CATALOGUE), po.read(CATALOGUE.replace("\n", "\r\n"))
    assert not isinstance(unix, Fault)
    assert not isinstance(windows, Fault)
    assert [each[1:] for each in windows] == [each[1:] for each in unix]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", '#~ msgid "a"\n#~ msgstr "b"'], ids=ascii)
def test_a_catalogue_may_be_empty(text: str) -> None:
    assert po.read(text) == ()


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "a"',
        'msgstr "a"',
        'msgid "a"\nmsgstr b',
        'msgid "a"\nmsgstr "b',
        'msgid "a"\nmsgstr "b" c',
        'msgid "a"\nmsgstr "\\x41"',
        'msgid "a"\nmsgstr "\ue000"',
        'msgid"a"\nmsgstr "b"',
        'msgctxt "c"\nmsgid "a"\nmsgstr "b"',
        'msgid "a"\nmsgid_plural "as"\nmsgstr[0] "b"\nmsgstr[1] "bs"',
        "<<<<<<< ours",
    ],
    ids=[
        "no translation",
        "no text",
        "no quotes",
        "a quote that stays open",
        "something behind the quotes",
        "an escape of another language",
        "a private character",
        "no blank",
        "a context",
        "a plural",
        "a conflict",
    ],
)
def test_an_invalid_entry_is_refused_at_its_offset(entry: str) -> None:
    fault = po.read('msgid "x"\nmsgstr "y"\n\n' + entry)
    assert isinstance(fault, Fault)
    assert fault.offset == len('msgid "x"\nmsgstr "y"\n\n')
