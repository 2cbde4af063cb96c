"""Packs are folders with a description, rules, and usable catalogues."""

from dataclasses import replace

import pytest

from varve.language.message import LANGUAGES
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map
from varve.read import pack
from varve.read.reading import Reading, reading

FOLDER = "templates/packs/queue"
PACK = "applies_to: service\nparameters: {type: object}\n"
RULES = {f"{FOLDER}/pack.yaml": PACK, f"{FOLDER}/rules.yaml.j2": "rules: []\n"}
VALUE: Map = {"applies_to": "service", "parameters": {}}
FRENCH = 'msgid "%(depth)s wait"\nmsgstr "%(depth)s attendent"\n'


def read(files: dict[str, str]) -> Reading:
    entries = {path: Entry(path, "100644") for path in sorted(files)}
    return reading(Snapshot(entries, {path: text.encode() for path, text in files.items()}), Report())


def reported(view: Reading) -> list[str]:
    found = []
    for each in view.report:
        assert each.place is not None
        at = f" {each.place.span.line}:{each.place.span.column}-{each.place.span.end}" if each.place.span else ""
        found.append(f"{each.rule.code} {each.place.file}{at}")
    return found


def test_packs_are_the_folders_sorted() -> None:
    view = read({f"templates/packs/{name}/pack.yaml": PACK for name in ("queue", "http", "a_b")})
    assert pack.names(view, view.report) == ["http", "queue"]
    assert reported(view) == ["read/bad-id templates/packs/a_b/pack.yaml"]


@pytest.mark.parametrize(("other", "is_suggested"), [("queue", True), ("a-b", False)])
def test_a_suggested_name_is_not_that_of_another_pack(other: str, *, is_suggested: bool) -> None:
    view = read({f"templates/packs/{name}/pack.yaml": PACK for name in (other, "a_b")})
    pack.names(view, view.report)
    assert [each.hint.endswith("such as `a-b`") for each in view.report] == [is_suggested]


def test_a_file_beside_the_packs_is_not_a_pack() -> None:
    view = read({"templates/packs/README.md": "", "templates/packs/queue/pack.yaml": PACK})
    assert pack.names(view, view.report) == ["queue"]
    assert reported(view) == []


def test_a_valid_pack_has_its_document() -> None:
    view = read(RULES)
    found = pack.document(view, "queue", view.report)
    assert found is not None
    assert (found.path, reported(view)) == (f"{FOLDER}/pack.yaml", [])


def test_a_pack_without_a_description_is_refused() -> None:
    view = read({f"{FOLDER}/rules.yaml.j2": "rules: []\n"})
    assert pack.document(view, "queue", view.report) is None
    assert reported(view) == [f"read/no-pack-file {FOLDER}/rules.yaml.j2"]


def test_a_pack_without_rules_is_refused() -> None:
    view = read({f"{FOLDER}/pack.yaml": PACK})
    assert pack.document(view, "queue", view.report) is None
    assert reported(view) == [f"read/no-pack-rules {FOLDER}/pack.yaml"]


def test_a_pack_that_is_an_empty_folder_lacks_both() -> None:
    view = read({f"{FOLDER}/README.md": ""})
    assert pack.document(view, "queue", view.report) is None
    assert [each.split()[0] for each in reported(view)] == ["read/no-pack-file", "read/no-pack-rules"]


def test_a_pack_has_its_messages_in_each_language() -> None:
    view = read({**RULES, f"{FOLDER}/messages/fr.po": FRENCH})
    found = pack.pack(view, "queue", VALUE, view.report)
    assert (found.name, found.applies_to) == ("queue", "service")
    assert found.messages["fr"] == {"%(depth)s wait": "%(depth)s attendent"}
    assert found.messages["de"] == {}
    assert reported(view) == []


def test_shipped_catalogues_are_read_when_their_language_is_needed() -> None:
    path = f"{FOLDER}/messages/%s.po"
    view = read({**RULES, path % "de": FRENCH, path % "fr": FRENCH, path % "it": "msgid"})
    shipped = replace(view, snapshot=replace(view.snapshot, library=frozenset({path % "fr", path % "it"})))
    found = pack.messages(shipped, f"{FOLDER}/messages", shipped.report)
    assert reported(view) == []
    assert (found["fr"], found.get("pt"), [*found]) == (found["de"], None, [*LANGUAGES])
    assert {language: len(texts) for language, texts in found.items()} == {
        **dict.fromkeys(LANGUAGES, 0),
        "de": 1,
        "fr": 1,
    }
    assert reported(view) == [f"read/bad-catalogue {path % 'it'} 1:1-6"]


def test_an_unusable_catalogue_is_reported_at_its_entry() -> None:
    view = read({**RULES, f"{FOLDER}/messages/fr.po": "\n" + FRENCH.replace("%(depth)s a", "%(width)s a")})
    found = pack.pack(view, "queue", VALUE, view.report)
    assert found.messages["fr"] == {}
    assert reported(view) == [f"read/bad-catalogue {FOLDER}/messages/fr.po 2:1-23"]


def test_a_catalogue_that_is_not_text_is_reported_once() -> None:
    path = f"{FOLDER}/messages/fr.po"
    view = read({**RULES, path: "\ufeff" + FRENCH})
    pack.pack(view, "queue", VALUE, view.report)
    assert reported(view) == [f"read/not-utf8 {path} 1:1-1"]
