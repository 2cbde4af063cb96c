"""A template compiled before is not compiled again, and has the same output and diagnostics."""

import marshal
from collections.abc import Mapping
from types import CodeType
from typing import Final, NoReturn

import pytest

from tests.workbench import ROOT, files
from varve.emit.template.engine import Engine
from varve.emit.template.sandbox import Sandbox
from varve.model.diagnostic import Report

PATH: Final = "templates/rules.yaml.j2"
LABELS: Final = "templates/labels.yaml.j2"
TEMPLATES: Final = {
    PATH: f"{{% from '{LABELS}' import label %}}\na: {{{{ label(b) }}}}\nc: '{{{{ b ~ d.e }}}}'\n",
    LABELS: "{% macro label(b) %}<{{ b }}>{% endmacro %}",
}
MISTAKES: Final = {
    "a value that is not given": "a: 1\nb: {{ c.d }}\n",
    "an item between brackets that is joined": "a: [{{ b | join }}]\n",
    "a value that is null in a text": "a: 'x{{ d.n }}'\n",
    "a wrong structure": "a: 1\na: 2\n",
    "something forbidden": "a: {{ b.__class__ }}\n",
}


class Shelf:
    """Code as it comes from a disk, serialised."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}
        self.recalled: list[str] = []

    def recall(self, template: str, key: str) -> CodeType | None:
        """Deserialised, as if another process had stored it."""
        self.recalled.append(template)
        found = self.known.get((template, key))
        code: CodeType | None = marshal.loads(found) if found else None  # noqa: S302 - our own
        return code

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Serialised, as if for another process."""
        self.known[template, key] = marshal.dumps(code)


def rendered(templates: Mapping[str, str], shelf: Shelf | None) -> tuple[object, list[object]]:
    report = Report()
    engine = Engine(templates, codes=shelf)
    return engine.render(PATH, {"b": "x", "d": {"e": 5, "n": None}}, {}, report), list(report)


def refuse(*_: object) -> NoReturn:
    raise AssertionError


def test_a_template_is_compiled_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    first = rendered(TEMPLATES, shelf)
    assert first == ({"a": "<x>", "c": "x5"}, [])
    monkeypatch.setattr(Sandbox, "_parse", refuse)
    assert rendered(TEMPLATES, shelf) == first
    with pytest.raises(AssertionError):
        rendered(TEMPLATES, None)


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_at_the_same_place(text: str) -> None:
    shelf = Shelf()
    first = rendered({PATH: text}, shelf)
    assert first[0] is None
    assert first[1]
    assert rendered({PATH: text}, shelf) == rendered({PATH: text}, None) == first


def test_a_forbidden_template_leaves_no_code() -> None:
    shelf = Shelf()
    rendered({PATH: MISTAKES["something forbidden"]}, shelf)
    assert shelf.known == {}


def test_another_text_or_another_template_beside_it_is_compiled_anew() -> None:
    shelf = Shelf()
    rendered(TEMPLATES, shelf)
    changed = {**TEMPLATES, LABELS: TEMPLATES[LABELS].replace("<{{ b }}>", "({{ b }})")}
    assert rendered(changed, shelf) == ({"a": "(x)", "c": "x5"}, [])
    # It was checked while the template that it includes existed.
    alone = {PATH: TEMPLATES[PATH]}
    assert rendered(alone, shelf) == rendered(alone, None)
    assert rendered(alone, shelf)[1]


def test_traced_rendering_never_uses_stored_code() -> None:
    shelf = Shelf()
    rendered({PATH: MISTAKES["a wrong structure"]}, shelf)
    assert shelf.recalled == [PATH]


def test_all_shipped_templates_can_be_stored() -> None:
    templates = {f"templates/{path}": data.decode() for path, data in files(ROOT / "templates").items()}
    shelf, found = Shelf(), [path for path in templates if path.endswith(".j2")]
    sandbox = Sandbox(templates, shelf)
    codes = {path: sandbox.compile(templates[path], path) for path in found}
    for path in found:
        sandbox.get_template(path)
    assert {name: marshal.loads(code) for (name, _), code in shelf.known.items()} == codes  # noqa: S302 - our own
