import json
from datetime import UTC, datetime

from varve.model.diagnostic import Place, Span
from varve.model.layer import Layer
from varve.model.unit import Unit
from varve.render.blame import (
    ArtifactBlame,
    Default,
    LineBlame,
    Row,
    Source,
    Through,
    artifact_json,
    artifact_text,
    line_json,
    line_text,
)
from varve.render.history import Commit, Line
from varve.resolve.history import Contribution

ADA = Commit("a8904a6dac" + "0" * 30, "Ada", datetime(2025, 1, 31, 9, tzinfo=UTC))
VOICE = Contribution(Layer("tenant", 60, "tenant", "t.yaml", {}), "sets", "12h", Place("t.yaml", ("a", "b")))
ROW = Row("appears", Line(("a", "b"), VOICE, Span(3, 5, 8), ADA, beyond=False))
UNIT = Unit("acme", "one")
LINE = LineBlame("build/one/x.yaml", 7, "  repeat: 12h", UNIT, (ROW,), {"templates/x.yaml.j2": True})


def test_a_line_is_shown_with_its_words_and_templates() -> None:
    assert line_text(LINE) == (
        "build/one/x.yaml:7, of acme in one\n"
        "    repeat: 12h\n"
        "\n"
        "appears  a.b  12h  tenant  t.yaml:3:5  a8904a6dac 2025-01-31 Ada\n"
        "template  templates/x.yaml.j2  shipped with varve\n"
    )


def test_the_artifact_that_brought_a_line_is_shown() -> None:
    answer = LINE._replace(through=Through("build/one/y.yaml", 3, only=True))
    assert "brought by build/one/y.yaml:3\n" in line_text(answer)
    answer = LINE._replace(through=Through("build/one/y.yaml", None, only=False))
    assert "brought by build/one/y.yaml, and not by it alone\n" in line_text(answer)
    assert json.loads(line_json(answer))["through"] == {"artifact": "build/one/y.yaml", "line": None, "only": False}


def test_a_line_that_no_word_is_to_blame_for() -> None:
    answer = LINE._replace(rows=(), unit=Unit("", "one"))
    assert "of all who share one\n" in line_text(answer)
    assert "not from a source: a template contains it\n" in line_text(answer)
    assert "varve writes it by itself\n" in line_text(answer._replace(templates={}))


def test_a_long_line_is_cut_for_people_but_not_in_json() -> None:
    answer = LINE._replace(text="x" * 1000)
    assert line_text(answer).splitlines()[1] == f"  {'x' * 199}…"
    assert json.loads(line_json(answer))["text"] == "x" * 1000


def test_defaults_of_packs_are_shown_between_words_and_templates() -> None:
    answer = LINE._replace(rows=(), defaults=(Default("p/pack.yaml", "for", "5m", shipped=True),))
    assert line_text(answer).splitlines()[3:] == [
        "not from a source: the default of a pack sets it",
        "default  p/pack.yaml  for: 5m  shipped with varve",
        "template  templates/x.yaml.j2  shipped with varve",
    ]
    found = json.loads(line_json(answer))["defaults"]
    assert found == [{"file": "p/pack.yaml", "parameter": "for", "value": "5m", "shipped": True}]
    own = answer._replace(defaults=(Default("p/pack.yaml", "for", "5m", shipped=False),))
    assert "default  p/pack.yaml  for: 5m\n" in line_text(own)


def test_the_relation_untried_is_explained_once() -> None:
    answer = LINE._replace(rows=(ROW._replace(relation="untried"),) * 2)
    assert line_text(answer).count("was not sound with any other value") == 1


def test_no_text_is_a_command_to_a_ci_host() -> None:
    answer = LINE._replace(artifact="build/\x1b[2J", text="::error::x\x9b")
    assert not [line for line in line_text(answer).split("\n") if not line.isprintable() or line.startswith("::")]
    assert "\\x1b" in line_text(answer)


def test_json_has_the_same_content() -> None:
    record = json.loads(line_json(LINE))
    assert (record["artifact"], record["line"], record["text"], record["tenant"]) == (
        "build/one/x.yaml",
        7,
        "  repeat: 12h",
        "acme",
    )
    assert record["words"] == [
        {"relation": "appears", "path": "a.b", "layer": "tenant", "priority": 60, "owner": "tenant", "value": "12h"}
        | {"file": "t.yaml", "line": 3, "column": 5, "commit": ADA.id, "author": "Ada"}
        | {"date": "2025-01-31T09:00:00+00:00"}
    ]
    assert record["templates"] == [{"file": "templates/x.yaml.j2", "shipped": True}]


def test_an_artifact_is_shown_with_its_sources() -> None:
    older = Source("u.yaml", None, beyond=True)
    sources = {"platform": [Source("e.yaml", ADA)], "tenant": [Source("t.yaml", None), older]}
    answer = ArtifactBlame("build/one/x.yaml", UNIT, sources, {"templates/x.yaml.j2": False})
    assert artifact_text(answer) == (
        "build/one/x.yaml, of acme in one\n"
        "platform  e.yaml               a8904a6dac 2025-01-31 Ada\n"
        "tenant    t.yaml               not committed yet\n"
        "tenant    u.yaml               unknown\n"
        "template  templates/x.yaml.j2\n"
    )
    record = json.loads(artifact_json(answer))
    assert [(each["file"], each["of"], each["author"]) for each in record["sources"]] == [
        ("e.yaml", "platform", "Ada"),
        ("t.yaml", "tenant", None),
        ("u.yaml", "tenant", None),
    ]
