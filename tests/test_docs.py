"""What the documentation says is so: its links lead somewhere, its examples hold, its references are complete."""

import doctest
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

import click
import pytest

from tests.test_stories import STEP, play
from tests.workbench import deterministic, shell, varve
from varve.api.policy import listing
from varve.check.shape import kind, schema
from varve.check.shape.format.release import OLDEST
from varve.emit.alertmanager.field import TABLE
from varve.language.cel.function import FUNCTIONS
from varve.model.diagnostic import Place, Report
from varve.model.layer import Layer, Lock, Stack
from varve.model.policy import Scope
from varve.model.source import Map, Source, Value
from varve.policy.scope import DEFAULTS, VARIABLES
from varve.read.parse import parse
from varve.resolve.merge import merge

pytestmark = pytest.mark.usefixtures("one_kit")

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "policies").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)?(?:#([^)]+))?\)")
COMMIT = re.compile(r"\b[0-9a-f]{10} \d{4}-\d\d-\d\d .*$|\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(paper: str, language: str) -> list[str]:
    """The fenced blocks of one language in a paper of `docs/`, or in the README."""
    text = (ROOT / paper).read_text("utf-8")
    return [found[2] for found in BLOCK.finditer(text) if found[1] == language]


def anchors(paper: Path) -> set[str]:
    """The names by which the headings of a paper can be linked."""
    heads = re.findall(r"^#+ (.*)$", paper.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("paper", PAPERS, ids=[path.relative_to(ROOT).as_posix() for path in PAPERS])
def test_every_link_leads_somewhere(paper: Path) -> None:
    for target, anchor in LINK.findall(paper.read_text("utf-8")):
        there = (paper.parent / target).resolve() if target else paper
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


# docs/merge.md


class Example(NamedTuple):
    """Two layers, the locks of the weaker one, and what they give together: a value, or the code of a refusal."""

    locks: list[str]
    weaker: str
    stronger: str
    together: str
    refused: str


HEAD = re.compile(r"^# (locks|weaker|stronger|together|refused)(?:: (.*))?\n", re.MULTILINE)
MERGES = [block for block in blocks("docs/merge.md", "yaml") if "# weaker" in block]


def example(block: str) -> Example:
    """The parts of a block, each below a comment that names it."""
    _, *parts = HEAD.split(block)
    named = {name: rest if rest is not None else text for name, rest, text in zip(*[iter(parts)] * 3, strict=True)}
    texts = (named.get(name, "") for name in ("weaker", "stronger", "together", "refused"))
    return Example([named["locks"]] if "locks" in named else [], *texts)


def layer(owner: str, priority: int, text: str) -> Layer:
    value = parse(Source(f"{owner}.yaml", "", text.encode()), Report())
    assert value is not None, text
    return Layer(owner, priority, "platform" if owner == "platform" else "tenant", f"{owner}.yaml", value)


@pytest.mark.parametrize("block", MERGES, ids=[str(number) for number in range(len(MERGES))])
def test_every_example_of_the_merge_holds(block: str) -> None:
    given, report = example(block), Report()
    locks = tuple(Lock(tuple(path.split(".")), Place("platform.yaml")) for path in given.locks)
    layers = layer("platform", 0, given.weaker), layer("tenant", 1, given.stronger)
    merged = merge(Stack(layers, locks), kind.strategy("unit"), report)
    assert [each.rule.code for each in report] == ([given.refused] if given.refused else [])
    if not given.refused:
        assert merged == parse(Source("together.yaml", "", given.together.encode()), Report())


def test_the_examples_of_the_merge_were_found() -> None:
    assert len(MERGES) > 15


# docs/language.md


def read(block: str, language: str) -> Map:
    """What an example says."""
    report = Report()
    value = parse(Source(f"example.{language}", "", block.encode()), report)
    assert value is not None, [block, *report]
    return value


EXAMPLES = {
    "varve.yaml": ("settings", "apiVersion:"),
    "an environment": ("layer", "extends:"),
    "replicas": ("layer", "platform:\n  external_labels:"),
    "stores": ("layer", "platform:\n  remote_write:"),
    "files of targets": ("layer", "platform:\n  discovery:\n    files:"),
    "a server of targets": ("layer", "platform:\n  discovery:\n    http:"),
    "discovered targets": ("service", "scrape:\n  app: {discovered:"),
    "a service": ("service", "description:"),
    "a scrape in four formats": ("service", "owner:"),
    "an objective of good events": ("service", "slos:"),
    "features": ("tenant", "features:"),
    "references": ("tenant", "labels:"),
    "notifications": ("tenant", "notify:"),
    "a vendor's rules": ("rules", "groups:"),
}


@pytest.mark.parametrize(("name", "beginning"), EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_of_the_language_has_the_shape_of_its_kind(name: str, beginning: str) -> None:
    (block,) = [each for each in blocks("docs/language.md", "yaml") if each.startswith(beginning)]
    report = Report()
    schema.check(name, read(block, "yaml"), lambda keys, on: (Place("example.yaml", keys, on), ()), report)
    assert not list(report)


def test_every_example_of_the_language_is_tried() -> None:
    beginnings = tuple(beginning for _, beginning in EXAMPLES.values())
    assert [each for each in blocks("docs/language.md", "yaml") if not each.startswith(beginnings)] == [
        "basic_auth: {username: scraper, password: {secret: metrics/password}}\n"
    ]


def test_the_four_formats_say_the_same() -> None:
    texts = {language: blocks("docs/language.md", language)[0] for language in ("yaml", "json", "toml", "xml")}
    first, *others = [read(text, language) for language, text in texts.items()]
    assert others == [first] * 3


def properties(node: Value) -> Iterator[str]:
    """Every key that a schema knows by name, wherever in it."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from cast("Map", node["properties"])
        for each in node.values():
            yield from properties(each)
    elif isinstance(node, list):
        for each in node:
            yield from properties(each)


@pytest.mark.parametrize("name", ["settings", "layer", "unit", "platform", "rules"])
def test_the_reference_of_the_language_names_every_key(name: str) -> None:
    text = "".join(path.read_text("utf-8") for path in PAPERS if path.parent.name == "docs")
    words = set(re.findall(r"\$?[A-Za-z_]+", " ".join(re.findall(r"`[^`\n]+`", text))))
    assert not sorted(set(properties(kind.schema(name))) - words)


def choices(node: Value) -> Iterator[str]:
    """Every text that a schema lists as possible, wherever in it."""
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield from map(str, cast("list[Value]", node["enum"]))
        for each in node.values():
            yield from choices(each)


@pytest.mark.parametrize("name", ["unit", "platform"])
def test_the_reference_of_the_language_names_every_choice(name: str) -> None:
    text = (ROOT / "docs/language.md").read_text("utf-8")
    assert not [each for each in choices(kind.schema(name)) if f"`{each}`" not in text]


def packs() -> Iterator[tuple[str, dict[str, Map]]]:
    """The packs that a service can ask for, with the schemas of their parameters."""
    for path in sorted(ROOT.glob("templates/packs/*/pack.yaml")):
        value = read(path.read_text("utf-8"), "yaml")
        if value["applies_to"] == "service":
            yield path.parent.name, cast("dict[str, dict[str, dict[str, Map]]]", value)["parameters"]["properties"]


def test_every_parameter_of_a_pack_stands_in_the_reference_with_its_default() -> None:
    text = (ROOT / "docs/language.md").read_text("utf-8")
    known = dict(packs())
    assert known
    for name, parameters in known.items():
        section = text.split(f"\n`{name}`, ")[1].split("\n\n")[1]
        documented = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", section, re.MULTILINE))
        assert documented == {key: str(each["default"]) for key, each in parameters.items()}, name


def test_every_receiver_that_needs_a_newer_alertmanager_stands_in_the_reference() -> None:
    lines = (ROOT / "docs/language.md").read_text("utf-8").splitlines()
    documented = {tuple(cell.strip(" `") for cell in line.split("|")[1:4]) for line in lines if line.count("|") == 5}
    younger = [row for row in TABLE if row.since > OLDEST["alertmanager-version"]]
    assert not {(row.kind, row.field, str(row.since)) for row in younger} - documented


# docs/commands.md


def test_the_reference_of_the_commands_names_every_command_and_option() -> None:
    from varve.cli.main import cli

    text = (ROOT / "docs/commands.md").read_text("utf-8")
    for name, command in cli.commands.items():
        assert f"\n## varve {name}\n" in text
        section = text.split(f"\n## varve {name}\n")[1].split("\n## ")[0]
        below = command.commands if isinstance(command, click.Group) else {}
        assert not [each for each in below if f"`varve {name} {each}" not in section]
        params = [each for one in (command, *below.values()) for each in one.params]
        options = [each for each in params if isinstance(each, click.Option)]
        assert not [each.name for each in options if f"`{each.opts[-1]}" not in section]


@pytest.mark.parametrize("name", ["docs/commands.md", "docs/first-steps.md", "docs/policies.md"])
def test_the_examples_of_the_commands_print_what_is_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """They are played like a story, in the repository that `varve init` writes; only the commit's id may differ."""
    deterministic(monkeypatch)
    repository = tmp_path / "repository"
    repository.mkdir()
    begin = "git init -q -b main --template="
    assert shell(begin, repository) == (0, "")
    assert varve("init", repository)[0] == 0
    assert shell("git add -A && git commit -qm 'The sources'", repository) == (0, "")
    paper = ROOT / name
    shown = paper.read_text("utf-8")
    played = STEP.sub(lambda step: play(step, repository), shown)
    if request.config.getoption("--rewrite"):
        paper.write_text(played, "utf-8")
    else:
        assert COMMIT.sub("", played) == COMMIT.sub("", shown)


# docs/api.md


def test_the_examples_of_the_python_interface_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are run one after the other, like one program, in the repository that `varve init` writes."""
    deterministic(monkeypatch)
    assert shell("git init -q -b main --template=", tmp_path) == (0, "")
    assert varve("init", tmp_path)[0] == 0
    assert shell("git add -A && git commit -qm 'The sources'", tmp_path) == (0, "")
    monkeypatch.chdir(tmp_path)
    program = "\n".join(blocks("docs/api.md", "python"))
    examples = doctest.DocTestParser().get_doctest(program, {}, "docs/api.md", None, None)
    assert len(examples.examples) > 20
    failures: list[str] = []
    doctest.DocTestRunner().run(examples, out=failures.append)
    assert "".join(failures) == ""


def test_the_reference_of_the_python_interface_names_everything_public() -> None:
    import varve as package

    text = (ROOT / "docs/api.md").read_text("utf-8")
    assert not [name for name in package.__all__ if not re.search(rf"\b{name}\b", text, re.IGNORECASE)]


# docs/adopting.md


def test_the_overlay_of_a_trial_has_the_shape_of_one() -> None:
    (block,) = blocks("docs/adopting.md", "yaml")
    report = Report()
    schema.check("tenant", read(block, "yaml"), lambda keys, on: (Place("example.yaml", keys, on), ()), report)
    assert not list(report)


# docs/routing.md


def test_the_cases_hold_in_the_example(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    for path in ("environments", "tenants", "policies"):
        shutil.copytree(ROOT / path, repository / path)
    shutil.copy(ROOT / "varve.yaml", repository)
    (repository / "tenants/payments/tests/routes.yaml").write_text(blocks("docs/routing.md", "yaml")[0], "utf-8")
    assert shell("git init -q -b main --template= && git add -A", repository) == (0, "")
    assert varve("build -t payments -e production", repository)[0] == 0


# docs/secrets.md


def test_the_example_of_recipients_has_the_shape_of_an_environments_file() -> None:
    (block,) = blocks("docs/secrets.md", "yaml")
    report = Report()
    schema.check("layer", read(block, "yaml"), lambda keys, on: (Place("example.yaml", keys, on), ()), report)
    assert not list(report)


# docs/compliance.md

CHECKS = re.compile(r"(?<=<!-- checks -->\n).*(?=<!-- end of checks -->)", re.DOTALL)


def test_every_policy_that_is_shipped_stands_in_the_table_of_checks(request: pytest.FixtureRequest) -> None:
    rows = [
        f"| `{each.policy.id}` | {each.policy.scope.value} | {each.policy.title} | {each.policy.severity.value}"
        f"{', always' if each.policy.always else ''} | {each.policy.evidence} | {', '.join(each.controls) or '—'} |\n"
        for each in listing.by_code(None).values()
    ]
    head = "\n| id | about | what holds | severity | evidence | supports |\n|---|---|---|---|---|---|\n"
    paper = ROOT / "docs/compliance.md"
    shown = paper.read_text("utf-8")
    table = head + "".join(rows) + "\n"
    if request.config.getoption("--rewrite"):
        paper.write_text(CHECKS.sub(lambda _: table, shown), "utf-8")
    else:
        assert CHECKS.findall(shown) == [table]
    assert len(rows) >= 40


def test_every_framework_that_is_shipped_is_named() -> None:
    shipped = {path.stem for path in (ROOT / "policies/frameworks").iterdir()}
    documented = set(
        re.findall(r"^\| `([a-z0-9-]+)` \| [A-Z]", (ROOT / "docs/compliance.md").read_text("utf-8"), re.MULTILINE)
    )
    assert documented & shipped == shipped


def test_the_framework_of_the_reference_has_the_shape_of_one() -> None:
    (block,) = blocks("docs/compliance.md", "yaml")
    report = Report()
    schema.check("framework", read(block, "yaml"), lambda keys, on: (Place("example.yaml", keys, on), ()), report)
    assert not list(report)


# docs/policies.md


@pytest.mark.parametrize("scope", Scope)
def test_everything_that_a_scope_always_has_stands_in_the_reference(scope: Scope) -> None:
    words = set(re.findall(r"`([^`\n]+)`", (ROOT / "docs/policies.md").read_text("utf-8")))
    assert {scope.value, *VARIABLES[scope], *DEFAULTS[scope]} <= words


def test_every_function_and_key_of_policies_stands_in_the_reference() -> None:
    text = (ROOT / "docs/policies.md").read_text("utf-8")
    assert not [name for name in FUNCTIONS if f"{name}(" not in text]
    for name in ("policy", "policies", "waivers"):
        words = set(re.findall(r"[A-Za-z_]+", text))
        assert not sorted(set(properties(kind.schema(name))) - words)


# README.md

EXCERPT = re.compile(r"[Ii]n `([^`\n]+)`[^\n]*:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_excerpts_of_the_readme_stand_in_their_files() -> None:
    found = EXCERPT.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(found) == 4
    for path, excerpt in found:
        assert excerpt in (ROOT / path).read_text("utf-8"), path


@pytest.mark.parametrize("name", ["README.md", "docs/routing.md"])
def test_the_examples_of_the_readme_print_what_is_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """They are played in a copy of the example, in one commit: its id is the only thing that may differ."""
    deterministic(monkeypatch)
    repository = tmp_path / "repository"
    for path in ("environments", "tenants"):
        shutil.copytree(ROOT / path, repository / path)
    shutil.copy(ROOT / "varve.yaml", repository)
    (repository / "policies").mkdir()
    for own in (ROOT / "policies").glob("*.yaml"):
        shutil.copy(own, repository / "policies")
    begin = "git init -q -b main --template= && git add -A && git commit -qm 'The example'"
    assert shell(begin, repository) == (0, "")
    assert varve("build", repository)[0] == 0
    paper = ROOT / name
    shown = paper.read_text("utf-8")
    played = STEP.sub(lambda step: play(step, repository), shown)
    if request.config.getoption("--rewrite"):
        paper.write_text(played, "utf-8")
    else:
        assert COMMIT.sub("", played) == COMMIT.sub("", shown)


SHOWN = [
    (paper.relative_to(ROOT).as_posix(), line)
    for paper in PAPERS
    for line in re.findall(r"^(?:\$ |    )(varve [a-z].*)$", paper.read_text("utf-8"), re.MULTILINE)
]


def test_every_command_that_is_shown_exists_with_its_options() -> None:
    from varve.cli.main import cli

    assert SHOWN
    for paper, line in SHOWN:
        name, *words = re.sub(r"\s+(#|  ).*$", "", line).split()[1:]
        assert name in cli.commands, f"{paper}: {line}"
        command = cli.commands[name]
        if isinstance(command, click.Group):
            assert words[0] in command.commands, f"{paper}: {line}"
            command = command.commands[words.pop(0)]
        known = {option for each in command.params for option in each.opts}
        assert not [word for word in words if word.startswith("-") and word not in known], f"{paper}: {line}"
