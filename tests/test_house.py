"""The laws of the house: floors, doors, sizes, names, paper, and a compiler that touches nothing."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = ROOT / "compiler/varve"
MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py"))
PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: Final = {each["id"]: each for each in PYPROJECT["tool"]["importlinter"]["contracts"]}
DOORS: Final = {name: each for name, each in CONTRACTS.items() if each["type"] == "protected"}
BELOW_WORLD: Final = tuple(name.removeprefix("varve.") for name in CONTRACTS["outside"]["source_modules"])

LOWER: Final = [path for path in MODULES if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in BELOW_WORLD]

WITHOUT_NAMESAKE: Final = {
    "__main__": "for `python -m varve`, which tests/defences/test_paths starts",
    "model": "nouns without behaviour; what they promise is tested where they are used",
}
# A story runs varve with the programs and the rights of whoever runs the tests; it can change neither.
WITHOUT_STORY: Final = {
    "check/not-compliant": "no command asks for a framework; tests/check/unit/test_given does",
    "check/not-resealed": "needs a SOPS that does something else; tests/api/secrets/test_rotate puts one there",
    "check/other-unit": "no command is handed a unit as data; tests/check/unit/test_given is",
    "check/misshapen-secret": "needs SOPS, and a value that it has sealed; tests/api/secrets/test_verify has one",
    "check/secret-in-history": "only a report looks, and its policy says it; tests/api/policy/test_history finds one",
    "world/broken-seal": "needs SOPS, and a file that it has sealed; tests/api/secrets/test_verify has one",
    "world/cannot-open": "needs SOPS, and a file that it has sealed; tests/api/secrets/test_verify has one",
    "world/cannot-read": "root may read everything; tests/api/test_opening takes that right away",
    "world/changed-meanwhile": "needs a second writer at one moment; tests/world/disk/test_exchange has one",
    "world/cannot-render": "needs SOPS, and a disk that is full; tests/world/secrets/test_release has one",
    "world/git-too-old": "needs another git on the PATH; tests/api/test_opening has one",
    "world/no-git": "needs a PATH without git; tests/api/test_opening has one",
    "world/not-edited": "needs a terminal; tests/api/secrets/test_edit has editors that fail at one",
    "world/no-sops": "needs a machine without SOPS; tests/world/secrets/test_sops has one",
    "world/on-disk": "needs a folder on a disk, and one in memory elsewhere; tests/world/secrets/test_release has both",
    "world/shallow-history": "only a report looks, and its policy says it; tests/api/policy/test_history has a clone",
    "world/unfit-worker": "needs a cluster; tests/world/executor/test_distributed has one",
    "world/unsafe-repository": "needs a repository of another user; tests/api/test_opening has one",
    "world/worker-lost": "needs a process that is killed; tests/world/executor has some",
}
FORBIDDEN_WORDS: Final = (
    *("/" + "work/", "/" + "root/"),  # machine paths, in two pieces so that this file does not say them
    *("pypi" + ".org", "python" + "hosted.org", "proxy." + "golang.org", "registry." + "npmjs", "deb." + "debian.org"),
)
OF_THE_OUTSIDE: Final = {"open", "input", "print", "breakpoint", "exec", "eval", "__import__"}
OF_THE_CLOCK: Final = {"now", "today", "utcnow"}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """The name of a module from the package's root, such as `read/yaml`."""
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


# Floors and doors


def lint(source: Path, cache_folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """What import-linter says of the package below `source`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    where = ["--config", str(ROOT / "pyproject.toml"), "--cache-dir", str(cache_folder), "--no-logo"]
    return subprocess.run([*command, *where, *options], cwd=source, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("grimp")


def test_every_contract_is_kept(cache_folder: Path) -> None:
    done = lint(PACKAGE.parent, cache_folder)
    assert done.returncode == 0, done.stdout + done.stderr


FORBIDDEN: Final = {
    "a lower floor knows a higher one": ("floors", "read/attic.py", "import varve.resolve.merge"),
    "neighbours know each other": ("floors", "check/attic.py", "import varve.emit.target"),
    "a room that stands on no floor": ("floors", "attic/__init__.py", ""),
    "a room of api knows a higher one": ("api", "api/secrets/attic.py", "import varve.api.policy.review"),
    "a room of api that stands on no floor": ("api", "api/attic/__init__.py", ""),
    "a room of check knows a higher one": ("check", "check/shape/attic.py", "import varve.check.source.soundness"),
    "a room of check that stands on no floor": ("check", "check/attic/__init__.py", ""),
    "a room of language knows a higher one": ("language", "language/cel/attic.py", "import varve.language.grafana.uid"),
    "a language knows its neighbour": ("language", "language/cel/attic.py", "import varve.language.matcher.matcher"),
    "a room of language that stands on no floor": ("language", "language/attic/__init__.py", ""),
    "a room of world knows a higher one": ("world", "world/git/attic.py", "import varve.world.disk.file"),
    "a room of world that stands on no floor": ("world", "world/attic/__init__.py", ""),
    "the outside, below world": ("outside", "language/attic.py", "import os"),
    "the outside, through a submodule": ("outside", "render/attic.py", "from os.path import join"),
    **{f"{name} by another door": (name, "model/attic.py", f"import {name[5:].replace('-', '_')}") for name in DOORS},
}


@pytest.mark.parametrize(("contract", "file", "line"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_one_forbidden_import_breaks_its_contract(
    contract: str, file: str, line: str, tmp_path: Path, cache_folder: Path
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "varve", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "varve" / file).parent.mkdir(exist_ok=True)
    (tmp_path / "varve" / file).write_text(f"{line}\n")
    done = lint(tmp_path, cache_folder, "--contract", contract)
    assert done.returncode == 1
    assert "attic" in done.stdout, done.stdout + done.stderr


def test_every_contract_is_broken_on_purpose() -> None:
    assert {contract for contract, _, _ in FORBIDDEN.values()} == CONTRACTS.keys()


def test_every_third_party_library_has_a_door() -> None:
    imported = {name.split(".")[0] for path in MODULES for name in imports(tree(path))}
    doors = {name for door in DOORS.values() for name in door["protected_modules"]}
    assert imported - sys.stdlib_module_names - {"varve"} == doors


def imports(module: ast.Module) -> Iterator[str]:
    """The names that a module imports, wherever in it."""
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(name)):
                yield name


def test_below_world_no_builtin_touches_the_outside() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in LOWER
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OF_THE_OUTSIDE)
        or (isinstance(node, ast.Attribute) and node.attr in OF_THE_CLOCK)
    ]
    assert not found


def test_below_world_a_library_that_also_acts_is_used_for_what_it_computes() -> None:
    """import-linter sees a library of the outside only as a whole."""
    allowed = {"urllib.parse", "importlib.resources", "importlib.resources.abc"}
    mixed = {name for path in LOWER for name in imports(tree(path)) if name.split(".")[0] in {"urllib", "importlib"}}
    assert mixed <= allowed


# Sizes


def test_the_package_has_modules() -> None:
    assert len(MODULES) > 40


def test_a_module_is_at_most_400_lines() -> None:
    length = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {name: lines for name, lines in length.items() if lines > 400}


def functions() -> Iterator[tuple[str, Function]]:
    """Every function, with where it stands."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, Function):
                yield f"{name_of(path)}:{node.lineno} {node.name}", node


def test_a_function_is_at_most_40_lines() -> None:
    assert not {where: lines(each) for where, each in functions() if lines(each) > 40}


def test_a_function_takes_at_most_5_parameters() -> None:
    assert not {where: parameters(each) for where, each in functions() if parameters(each) > 5}


def lines(function: Function) -> int:
    """How long a function is, without its docstring."""
    begin, end = function.lineno, function.end_lineno or function.lineno
    docstring = function.body[0] if ast.get_docstring(function) else None
    return end - begin + 1 - (docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0)


def parameters(function: Function) -> int:
    """How many parameters a function takes, without `self` and `cls`."""
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


# Names


def declared() -> list[tuple[str, Path]]:
    """The code of every rule, with the module that declares it."""
    return [
        (node.args[0].value, path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Rule"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def test_a_rules_code_begins_with_the_room_that_declares_it() -> None:
    assert declared()
    assert not [(code, name_of(path)) for code, path in declared() if code.split("/")[0] != name_of(path).split("/")[0]]


def test_no_two_rules_have_one_code() -> None:
    assert not [code for code, times in Counter(code for code, _ in declared()).items() if times > 1]


def test_the_catalogue_knows_every_rule() -> None:
    from varve.api.catalogue import rules

    assert rules().keys() == {code for code, _ in declared()}


def test_every_rule_reads_like_one() -> None:
    from varve.api.catalogue import rules

    for rule in rules().values():
        assert re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", rule.code)
        assert not re.search(r"\n|\.$", rule.title), rule.code
        assert rule.explanation.endswith("."), rule.code
        assert len(rule.explanation) > len(rule.title), rule.code


def test_every_rule_has_a_story_that_shows_it() -> None:
    stories = {code: ROOT / f"tests/stories/{code}.md" for code, _ in declared()}
    texts = {code: path.read_text("utf-8") if path.is_file() else "" for code, path in stories.items()}
    missing = sorted(code for code, text in texts.items() if f"[{code}]" not in text)
    assert "\n".join(code for code in missing if code not in WITHOUT_STORY) == ""
    assert WITHOUT_STORY.keys() <= set(missing)


def test_every_story_of_a_stage_is_told_of_something_that_exists() -> None:
    stages = {code.split("/")[0] for code, _ in declared()}
    paths = [path.relative_to(ROOT / "tests/stories").as_posix() for path in (ROOT / "tests/stories").rglob("*.md")]
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()} | stages
    assert not [story for story in paths if not story.startswith("base/") and story.split("/")[0] not in rooms]


def test_every_module_has_a_namesake_among_the_tests() -> None:
    names = [Path(name_of(path)) for path in MODULES if path.stem != "__init__"]
    tests = {
        name: name.with_name(f"test_{name.name}.py")
        for name in names
        if not {str(name), name.parts[0]} & WITHOUT_NAMESAKE.keys()
    }
    missing = [str(name) for name, test in tests.items() if not (ROOT / "tests" / test).is_file()]
    assert "\n".join(missing) == ""


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "service", "handler", "misc"}
    assert not [name_of(path) for path in MODULES if nothing & set(Path(name_of(path)).parts)]


# Before 3.11.5, Python leaves what follows a possessive group where its last, failed turn had come to (gh-106052). A
# turn that may be empty never fails, and a choice with nothing, in an atomic group, has no turns.
MISREAD: Final = re.compile(r"(?<![|(])\)\*\+|\)[+?]\+|\)\{[0-9,]*\}\+")


def test_no_pattern_is_one_that_early_pythons_misread() -> None:
    assert all(MISREAD.search(f"(?:ab{end}") for end in (")*+", ")++", ")?+", "){2,}+"))
    assert not any(MISREAD.search(each) for each in ("(?:ab|)*+", "(?>ab|)"))
    texts = {path: ast.walk(ast.parse(path.read_text())) for path in MODULES}
    assert not [
        (name_of(path), node.value)
        for path, nodes in texts.items()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and MISREAD.search(node.value)
    ]


# Paper


def test_nothing_under_build_is_ignored_by_git() -> None:
    names = ["dist", "venv", "lib", "target", "log", "tmp", "env", "cache"]
    paths = [f"build/production/tenants/{name}/rules/{name}.yaml" for name in names]
    there = [path.relative_to(ROOT).as_posix() for path in (ROOT / "build").rglob("*") if path.is_file()]
    command = ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--verbose", "--stdin"]
    done = subprocess.run(
        command, cwd=ROOT, input="\n".join(paths + there), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr


def committed() -> list[Path]:
    """Every file of the repository that is committed, or would be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_no_file_names_a_machines_path_or_a_registrys_host() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), word)
        for path in committed()
        for word in FORBIDDEN_WORDS
        if word.encode() in path.read_bytes()
    ]
    assert not found


def test_the_readme_begins_with_the_two_commands_that_the_makefile_has() -> None:
    shown = re.findall(r"^\$? ?make (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert shown[:2] == ["build", "test"]
    assert set(shown) <= targets


def test_ci_runs_the_command_that_the_readme_names() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert re.search(r"^make test ", script, re.MULTILINE)


@pytest.mark.parametrize("table", ["ignore", "per-file-ignores"])
def test_every_rule_of_style_that_is_ignored_says_why(table: str) -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text[text.index(f"{table}") :]
    listed = re.findall(r'^  "[A-Z]+[0-9]+",(.*)$', section[: section.index("\n[tool.mypy]")], re.MULTILINE)
    assert listed
    assert all(reason.strip().startswith("# ") for reason in listed)


# A compiler that touches nothing

WATCHED: Final = """
import sys, pickle
from varve import pipeline
entries, contents, library, allowed = pickle.loads(sys.stdin.buffer.read())
from varve.model.snapshot import Entry, Snapshot
seen = []
def watch(event, arguments):
    path = str(arguments[0]) if arguments else ""
    if event in {"open", "os.listdir", "os.scandir", "glob.glob"} and path.startswith(allowed):
        return
    if event == "open" or event.split(".")[0] in {"os", "socket", "subprocess", "shutil", "glob", "ctypes", "urllib"}:
        seen.append((event, path))
snapshot = Snapshot({path: Entry(*entry) for path, entry in entries.items()}, contents, library)
sys.addaudithook(watch)
build = pipeline.compile(snapshot)
found = tuple(seen)
assert build.artifacts, [each.message for each in build.diagnostics]
for each in found:
    print(*each)
"""


def test_a_compile_opens_no_file_and_starts_nothing_outside_the_installed_packages(tmp_path: Path) -> None:
    import pickle
    import sysconfig

    from tests.workbench import BASE, files, snapshot

    given = snapshot(files(BASE))
    installed = (str(PACKAGE), *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
    entries = {path: tuple(entry) for path, entry in given.entries.items()}
    message = pickle.dumps((entries, dict(given.contents), given.library, installed))
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED], cwd=tmp_path, input=message, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, ""), (done.stdout + done.stderr).decode()
