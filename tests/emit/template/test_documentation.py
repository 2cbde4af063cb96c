"""docs/templates.md is right: its example, its lists and its rules."""

import re
from pathlib import Path

import yaml

from tests.emit.repository import CHECKOUT, build, findings
from varve.emit.template import bind, captured, filter, operation, run, sandbox, skeleton, tree  # noqa: A004
from varve.emit.template.engine import Engine
from varve.emit.template.field import Field, FieldTree
from varve.emit.template.given import Given
from varve.language.message import Catalogue
from varve.model.diagnostic import Report, Rule

TEXT = (Path(__file__).parents[3] / "docs/templates.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PATH = "templates/packs/queue/rules.yaml.j2"
RULES: FieldTree = {
    "rules": {"*": {"expr": Field.PROMQL, "for": Field.DURATION, "annotations": {"*": Field.GOTEMPLATE}}}
}


def render(name: str, limit: Given) -> tuple[object, Report]:
    report = Report()
    queues: dict[str, Given] = {name: {"window": "15m", "limit": limit}}
    context: dict[str, Given] = {"tenant": {"id": "acme"}, "service": {"id": "checkout"}, "pack": {"queues": queues}}
    value = Engine({PATH: BLOCKS[0]}).render(PATH, {**context, "text": Catalogue("en", {})}, RULES, report)
    return value, report


def test_the_worked_example_gives_what_is_shown() -> None:
    value, report = render("orders", 100)
    assert list(report) == []
    assert value == yaml.safe_load(BLOCKS[1])


def test_the_attacks_on_the_example_end_as_documented() -> None:
    value, _ = render('x"} or up{job="', 100)
    assert isinstance(value, dict)
    assert 'queue="x\\"} or up{job=\\""}' in value["rules"][0]["expr"]
    (diagnostic,) = list(render("orders", "1) or (up")[1])
    assert BLOCKS[2] == f"error[{diagnostic.rule.code}]: {diagnostic.message}\n"


def test_the_pack_of_the_example_is_complete() -> None:
    packs = {"templates/packs/queue/pack.yaml": BLOCKS[3], PATH: BLOCKS[0]}
    made = build({**packs, CHECKOUT: "packs: {queue: {queues: {orders: {window: 15m, limit: 100}}}}\n"})
    assert findings(made) == []
    assert any("QueueStuck" in each.data.decode() for each in made.artifacts.values())


def listed(begin: str) -> set[str]:
    """The words in code in the list item that begins so."""
    (point,) = re.findall(rf"^- {begin}: (.*?)(?=^-|^$)", TEXT, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([a-z]+)`", point))


def test_every_filter_test_and_method_is_listed() -> None:
    own = {tree.BIND, tree.CONSTANT, tree.EACH, tree.JOIN, tree.SPEND}
    assert listed("Filters") == operation.FILTERS.keys() - own
    assert listed("Tests") - {"selectattr", "rejectattr"} == set(operation.TESTS)
    assert listed("Methods") == {"get", "items", "keys", "values"} | sandbox.METHODS[str]


def test_every_rule_of_templates_is_listed() -> None:
    modules = (bind, captured, filter, operation, run, sandbox, skeleton, tree)
    declared = {each.code for module in modules for each in vars(module).values() if isinstance(each, Rule)}
    assert set(re.findall(r"^\| `(emit/[a-z-]+)` \|", TEXT, re.MULTILINE)) == declared
