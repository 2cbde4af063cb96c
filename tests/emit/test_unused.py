"""A repository's own templates are used, or warned of; its catalogues have the texts that templates use."""

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.emit.repository import CHECKOUT, build, built, findings, pack, repository
from varve import pipeline
from varve.emit import unused
from varve.emit.template.reference import references
from varve.language.message import LANGUAGES, Catalogue, catalogue
from varve.world.package import library

MINE = pack('{% from "templates/packs/mine/_lib.j2" import a %}\nrules: []\n')
PARTIAL = {
    "templates/packs/mine/_lib.j2": '{% import "templates/lib/deep.yaml.j2" as deep %}{% macro a() %}b{% endmacro %}',
    "templates/lib/deep.yaml.j2": "{% macro b() %}c{% endmacro %}",
}
SHIPPED = {path: data.decode() for path, data in library.files() if path.startswith("templates/")}
FRENCH = "templates/packs/http-service/messages/fr.po"


def unread(changed: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The files that nothing reads, each with its hint; nothing else is reported."""
    found = build(changed).diagnostics
    assert {each.rule.code for each in found} <= {"read/unread-file"}
    return [(each.place.file, each.hint) for each in found if each.place]


NOTHING = "move it to where it is read, or delete it"
LANGUAGE = "name it `messages/<language>.po`, for one of the languages fr, en, de, es, it"
UNREAD = {
    "templates/rules.yml.j2": "did you mean `templates/prometheus/rules.yaml.j2`?",
    "templates/prometheus/servic.yaml.j2": "did you mean `templates/grafana/service.yaml.j2`?",
    "templates/prometheus/rule.yaml.j2": "did you mean `templates/prometheus/rules.yaml.j2`?",
    "templates/prometheus/rules.yaml": "did you mean `templates/prometheus/rules.yaml.j2`?",
    "templates/packs/slo/dashbord.yaml.j2": "did you mean `templates/packs/slo/dashboard.yaml.j2`?",
    "templates/messages/pt.po": LANGUAGE,
    "templates/packs/slo/messages/fr_FR.po": LANGUAGE,
    "templates/lib/labels.yaml.j2": NOTHING,
    "templates/packs/pack.yaml": NOTHING,
}


@pytest.mark.parametrize(("path", "hint"), UNREAD.items())
def test_a_template_that_nothing_reads_is_warned_of(path: str, hint: str) -> None:
    assert unread({path: "{{"}) == [(path, hint)]


def test_a_name_that_an_own_file_has_already_is_not_suggested() -> None:
    rules = {"templates/prometheus/rules.yaml.j2": SHIPPED["templates/prometheus/rules.yaml.j2"]}
    stray = "templates/prometheus/rule.yaml.j2"
    assert unread({**rules, stray: ""}) == [(stray, NOTHING)]


@pytest.mark.parametrize(
    "path",
    [
        *("templates/README.md", "templates/packs/README.md", "templates/packs/slo/runbook.md", "templates/LICENSE"),
        *("templates/.gitkeep", "templates/packs/slo/rules.yaml.j2~", "templates/picture.png"),
    ],
)
def test_files_for_people_may_be_anywhere(path: str) -> None:
    assert unread({path: "ours"}) == []


def test_included_files_are_read_unless_only_unread_templates_include_them() -> None:
    assert unread({**MINE, **PARTIAL}) == []
    assert [path for path, _ in unread({**PARTIAL, **pack("rules: []\n")})] == sorted(PARTIAL)


def test_every_file_of_a_pack_is_read() -> None:
    files = {f"templates/packs/mine/{name}": "" for name in ("dashboard.yaml.j2", "tests.yaml.j2")}
    catalogues = {f"templates/packs/mine/messages/{each}.po": "" for each in LANGUAGES}
    assert unread({**pack("rules: []\n"), **files, **catalogues}) == []


def test_all_that_varve_ships_is_read_and_every_catalogue_is_whole() -> None:
    assert unread(SHIPPED) == []


def test_templates_used_by_name_are_those_that_varve_ships() -> None:
    named = {f"templates/{folder}/{each}.yaml.j2" for folder, names in unused.USED_BY_NAME.items() for each in names}
    shipped = {path for path in SHIPPED if path.endswith(".j2") and "/packs/" not in path}
    included = {each for path in shipped for each in references(SHIPPED[path]).templates}
    assert named == shipped - included
    of_packs = {path.rpartition("/")[2] for path in SHIPPED if path.endswith(".j2") and "/packs/" in path}
    assert of_packs == {*unused.PACK_TEMPLATES}


def test_a_broken_repository_gets_no_such_warnings() -> None:
    files = {CHECKOUT: "ownr: payments\n", "templates/prometheus/rule.yaml.j2": ""}
    assert "read/unread-file" not in {each.rule.code for each in build(files).diagnostics}


# Catalogues


def _entries(path: str) -> Iterator[tuple[str, str]]:
    read = catalogue(SHIPPED[path], path[-5:-3])
    assert isinstance(read, Catalogue)
    yield from read.texts.items()


def _written(texts: Mapping[str, str]) -> str:
    quoted = ((re.sub(r'(["\\])', r"\\\1", each) for each in pair) for pair in texts.items())
    return "\n".join(f'msgid "{text}"\nmsgstr "{translation}"\n' for text, translation in quoted)


def test_a_catalogue_that_lacks_texts_is_warned_of() -> None:
    texts = dict(_entries(FRENCH))
    lost = sorted(texts)[:2]
    files = {FRENCH: _written({text: each for text, each in texts.items() if text not in lost})}
    wrong = "emit/other-messages: this catalogue does not translate %s, so the text of the template is used"
    assert findings(build(files)) == [wrong % ", ".join(f"`{each}`" for each in lost)]
    assert findings(build({FRENCH: _written(texts)})) == []


def test_many_are_counted() -> None:
    texts = dict(_entries(FRENCH))
    (message,) = findings(build({FRENCH: _written({text: texts[text] for text in sorted(texts)[:1]})}))
    assert message.count("`") == 6
    assert f" and {len(texts) - 4} more," in message


def test_a_text_that_is_fuzzy_is_not_translated() -> None:
    texts = dict(_entries(FRENCH))
    fuzzy = _written(texts).replace('msgid "', '#, fuzzy\nmsgid "', 1)
    (message,) = findings(build({FRENCH: fuzzy}))
    assert message.startswith(f"emit/other-messages: this catalogue does not translate `{next(iter(texts))}`")


def test_english_need_not_be_translated() -> None:
    assert findings(build({FRENCH.replace("fr.po", "en.po"): ""})) == []


def test_a_text_that_no_template_uses_is_warned_of() -> None:
    files = {FRENCH: _written({**dict(_entries(FRENCH)), "%(a)s is slov": "%(a)s est lent"})}
    assert findings(build(files)) == ["emit/other-messages: no template uses `%(a)s is slov`"]


def test_messages_of_included_templates_are_used() -> None:
    lib = {**PARTIAL, "templates/lib/deep.yaml.j2": '{% macro b() %}{{ text("deep") }}{% endmacro %}'}
    po = {"templates/packs/mine/messages/de.po": _written({"deep": "tief"})}
    assert findings(build({**MINE, **lib, **po})) == []


def test_the_shared_catalogue_has_varves_own_messages() -> None:
    path = "templates/messages/fr.po"
    texts = dict(_entries(path))
    assert texts.keys() >= unused.OWN_MESSAGES
    left = {text: each for text, each in texts.items() if text not in unused.OWN_MESSAGES}
    (message,) = findings(build({path: _written(left)}))
    assert all(f"`{text[:20]}" in message or " more" in message for text in unused.OWN_MESSAGES)
    assert findings(build({path: _written(texts)})) == []


# Caches


def test_an_added_template_is_warned_of_with_another_trusted_commit() -> None:
    stray = {"templates/prometheus/rule.yaml.j2": ""}
    before, after = repository(built({})), repository({**built({}), **stray})
    made = pipeline.compile(after, means=pipeline.Means(trusted=before))
    assert [each.rule.code for each in made.diagnostics] == ["read/unread-file"]
    assert pipeline.compile(after, means=pipeline.Means(trusted=after)).diagnostics == ()
