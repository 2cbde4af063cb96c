"""The same files by Kapitan: a class for each source, a target for each unit, files by Jinja2 templates or Kadet."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from benchmarks import sample
from benchmarks.layers import Unit
from benchmarks.sample import File, Piece
from benchmarks.tool import Tool
from varve.language import canonical
from varve.model.source import Map, Value

TOOL: Final = Tool(
    "kapitan", "kapitan[reclass-rs,rapidyaml]", ("kapitan", "kadet", "reclass-rs", "rapidyaml", "jinja2")
)
COMMAND: Final = (
    str(TOOL.bin / "kapitan"),
    *("--mp-method", "fork", "compile", "--inventory-backend", "reclass-rs", "--yaml-use-rapidyaml", "--quiet"),
)
"""The fast settings of its documentation: forked workers, the inventory in Rust, and YAML by a C++ library."""

_BRACES: Final = re.compile(r"\{[{%#]|[%#}]\}")
"""Text that Jinja2 may take for its own delimiters, also next to one of its expressions."""
_REFERENCE: Final = re.compile(r"%\{([^}]+)\}")


def prepare(folder: Path, layers: Mapping[str, Map], units: Iterable[Unit], files: list[File]) -> None:
    """Write the inventory, the templates and the Kadet component."""
    for name, value in layers.items():
        _write(folder / "inventory/classes" / f"{name.replace('.', '/')}.yml", {"parameters": _referring(value)})
    for unit in units:
        name = f"{unit.tenant}-{unit.environment}"
        parameters: Map = {**unit.facts, "kapitan": {"vars": {"target": name}}}
        classes: list[Value] = [*unit.layers, "compiled"]
        _write(folder / "inventory/targets" / f"{name}.yml", {"classes": classes, "parameters": parameters})
    for file in files:
        path = folder / "templates/unit" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template(file.text), encoding="utf-8")
    component = folder / "components/unit/__init__.py"
    component.parent.mkdir(parents=True)
    component.write_text(kadet(files), encoding="utf-8")


def by_templates(folder: Path) -> None:
    """Make every target from the templates."""
    _compiled(folder, {"input_type": "jinja2", "input_paths": ["templates/unit"], "output_path": "."})


def by_kadet(folder: Path) -> None:
    """Make every target with the component."""
    entry: Map = {"input_type": "kadet", "input_paths": ["components/unit"], "output_path": ".", "output_type": "auto"}
    _compiled(folder, entry)


def template(text: str) -> str:
    """A text as a template for Kapitan's Jinja2, which by default removes the first line end after a block."""
    return "{% set p = inventory.parameters -%}\n" + "".join(map(_templated, sample.cut(text))) + "\n"


def kadet(files: list[File]) -> str:
    """A Kadet component that returns these files."""
    lines = [
        "from kapitan.inputs.kadet import inventory",
        "",
        "",
        "def main(input_params):",
        "    p = inventory().parameters",
        "    files = {}",
    ]
    given = (f"    files[{file.path!r}] = {sample.expression(file.value, repr)}" for file in files)
    return "\n".join([*lines, *given, "    return files", ""])


def _templated(piece: Piece) -> str:
    raw = _BRACES.search(f"}}{piece.text}{{")
    text = f"{{%+ raw %}}{piece.text}{{% endraw +%}}" if raw else piece.text
    return text + (f"{{{{ p.{piece.parameter} }}}}" if piece.parameter else "")


def _compiled(folder: Path, entry: Map) -> None:
    _write(folder / "inventory/classes/compiled.yml", {"parameters": {"kapitan": {"compile": [entry]}}})


def _referring(value: Value) -> Value:
    """A value with its references in the syntax of reclass."""
    match value:
        case dict():
            return {key: _referring(each) for key, each in value.items()}
        case list():
            return [_referring(each) for each in value]
        case str():
            return _REFERENCE.sub(lambda found: f"${{{found[1].replace('.', ':')}}}", value)
    return value


def _write(path: Path, value: Value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(canonical.yaml(value))
