"""The same files by Jsonnet: a library for each layer, a program for each unit, a function that makes a unit's files.

The function is written in two ways: in idiomatic Jsonnet, from the values of the layers, in `libsonnet/`; and as the
texts that varve wrote, with a few parameters filled in, so that hardly anything of the layers is read.
"""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import sample
from benchmarks.layers import Unit
from benchmarks.sample import File
from benchmarks.tool import Tool
from varve.model.source import Map, Value

TOOL: Final = Tool("rjsonnet", "rjsonnet", ("rjsonnet",))
PROCESSES: Final = 2
_REFERENCE: Final = re.compile(r"%\{([^}]+)\}")
_write: Final = partial(json.dumps, ensure_ascii=False)


def command(output: str) -> tuple[str, ...]:
    """The command that evaluates all programs, in several processes, and writes their files to `output`."""
    worker = Path(__file__).with_name("jsonnet_worker.py")
    return str(TOOL.bin / "python"), str(worker), ".", output, str(PROCESSES)


def prepare(folder: Path, layers: Mapping[str, Map], units: Iterable[Unit]) -> None:
    """Write the libraries of the layers, and the programs."""
    for name, value in layers.items():
        _put(folder / f"layers/{name.replace('.', '/')}.libsonnet", literal(value))
    for unit in units:
        _put(folder / f"units/{unit.environment}/{unit.tenant}.jsonnet", program(unit))


def by_hand(folder: Path) -> None:
    """Make every unit with the function that reads the layers."""
    for path in (Path(__file__).parent / "libsonnet").iterdir():
        shutil.copy(path, folder)


def by_filling(folder: Path, files: list[File]) -> None:
    """Make every unit from the texts of one unit."""
    _put(folder / "unit.libsonnet", library(files))


def program(unit: Unit) -> str:
    """The program that returns the files of one unit."""
    layers = (f"(import '../../layers/{name.replace('.', '/')}.libsonnet')" for name in unit.layers)
    return f"(import '../../unit.libsonnet')({' + '.join([*layers, literal(unit.facts)])})\n"


def library(files: list[File]) -> str:
    """A Jsonnet function that returns these files, path to text, from the parameters of a unit."""
    lines = ["function(p) {"]
    for file in files:
        value = sample.expression(file.value, _write)
        written = (
            f"std.manifestJsonEx({value}, '  ')"
            if file.path.endswith(".json")
            else f"std.manifestYamlDoc({value}, indent_array_in_object=true, quote_keys=false)"
        )
        lines.append(f"  {_write(file.path)}: {written},")
    return "\n".join([*lines, "}", ""])


def literal(value: Value) -> str:
    """A value as Jsonnet that merges deeply into weaker layers, with references to the final values."""
    match value:
        case dict():
            inner = (f"{_write(key)}{'+' * isinstance(each, dict)}: {literal(each)}" for key, each in value.items())
            return "{" + ", ".join(inner) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case str():
            pieces = _REFERENCE.split(value)
            terms = [f"$.{each}" if index % 2 else _write(each) for index, each in enumerate(pieces)]
            return " + ".join(terms)
    return _write(value)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
