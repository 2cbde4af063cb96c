"""The same files by Jsonnet: a library a layer, a program a unit, and a function that gives the files of any unit.

The function is written in two ways: as somebody would write it who has Jsonnet alone, from what the layers say, which
stands in `libsonnet/`; and as the texts that varve wrote with a few parameters in them, for which the layers hardly
matter.
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
_OURS: Final = re.compile(r"%\{([^}]+)\}")
_write: Final = partial(json.dumps, ensure_ascii=False)


def command(output: str) -> tuple[str, ...]:
    """What evaluates all programs, one after the other in each process, and writes what they give to `output`."""
    worker = Path(__file__).with_name("jsonnet_worker.py")
    return str(TOOL.bin / "python"), str(worker), ".", output, str(PROCESSES)


def prepare(folder: Path, layers: Mapping[str, Map], units: Iterable[Unit]) -> None:
    """Write the libraries of the layers, and the programs."""
    for name, says in layers.items():
        _put(folder / f"layers/{name.replace('.', '/')}.libsonnet", literal(says))
    for unit in units:
        _put(folder / f"units/{unit.environment}/{unit.tenant}.jsonnet", program(unit))


def by_hand(folder: Path) -> None:
    """Let every unit be made by the function that reads what the layers say."""
    for path in (Path(__file__).parent / "libsonnet").iterdir():
        shutil.copy(path, folder)


def by_filling(folder: Path, files: list[File]) -> None:
    """Let every unit be made of the texts of one."""
    _put(folder / "unit.libsonnet", library(files))


def program(unit: Unit) -> str:
    """What gives the files of one unit."""
    layers = (f"(import '../../layers/{name.replace('.', '/')}.libsonnet')" for name in unit.layers)
    return f"(import '../../unit.libsonnet')({' + '.join([*layers, literal(unit.facts)])})\n"


def library(files: list[File]) -> str:
    """A function that gives these files as texts, by their paths, from the parameters of a unit."""
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
    """A value that goes deeply into what is weaker, with references to what the whole says in the end."""
    match value:
        case dict():
            inner = (f"{_write(key)}{'+' * isinstance(each, dict)}: {literal(each)}" for key, each in value.items())
            return "{" + ", ".join(inner) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case str():
            pieces = _OURS.split(value)
            terms = [f"$.{each}" if index % 2 else _write(each) for index, each in enumerate(pieces)]
            return " + ".join(terms)
    return _write(value)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
