from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from benchmarks.kapitan import kadet, template
from benchmarks.sample import WORDS, File


def parameters() -> dict[str, Any]:
    """What the inventory says of the sample's unit."""
    found: dict[str, Any] = {}
    for word, name in WORDS.items():
        *above, last = name.split(".")
        inner = found
        for each in above:
            inner = inner.setdefault(each, {})
        inner[last] = word
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- tenant-0001\n", id="a text with a word"),
        pytest.param("a: '{{ $labels.queue }}'\nb: tenant-0001\n", id="braces that are not Jinja2's"),
        pytest.param("{{ $a }}\n{{ $b }}\n\n  {% x %}\n{# y #}\n", id="line ends after braces, and blanks before them"),
        pytest.param("up{tenant-0001}: {tenant-0001}tenant-0001{\n", id="braces beside words"),
    ],
)
def test_a_template_of_the_sample_gives_the_sample(text: str) -> None:
    # As Kapitan makes it.
    engine = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    assert engine.from_string(template(text)).render(inventory={"parameters": parameters()}) == text


def test_a_component_gives_the_values_of_the_sample() -> None:
    component = kadet([File("rules/service-0.yaml", "", {"name": "tenant-0001/service-0", "keep": True})])
    values = parameters()
    p = SimpleNamespace(tenant=SimpleNamespace(**values["tenant"]), service=values["service"])
    stated = component.partition("files = {}\n")[2].replace("    return files\n", "").strip()
    names: dict[str, Any] = {"files": {}, "p": p}
    exec(stated, names)  # noqa: S102 - as Kapitan runs it
    assert names["files"] == {"rules/service-0.yaml": {"name": "tenant-0001/service-0", "keep": True}}
