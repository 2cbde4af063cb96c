"""What the real Prometheus makes of an alert's text is never longer than varve takes it to be."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from varve.language import gotemplate
from varve.language.gotemplate.function import Operand
from varve.language.gotemplate.length import LABEL, LONGEST
from varve.language.gotemplate.lexer import lex
from varve.language.gotemplate.pipeline import pipeline

AGES = ("newest", "oldest")

# Small ones: the same shapes, nested once more, end a Prometheus for lack of memory.
BOMBS = {
    "a long replacement": f'{{{{ reReplaceAll "." "{"a" * 100}" $labels.a }}}}',
    "a label as the replacement": '{{ reReplaceAll "." $labels.a $labels.a }}',
    "many references": f'{{{{ reReplaceAll "." "{"$0" * 100}" $labels.a }}}}',
    "replacements of nothing, nested": '{{ reReplaceAll "" "aaaaaaaa" (reReplaceAll "" "aaaaaaaa" $labels.a) }}',
    "a wide number": '{{ printf "%70000d" 5 }}',
    "a width from an argument": '{{ printf "%*d" 70000 5 }}',
    "an argument again and again": f'{{{{ printf "{"%[1]s" * 70}" $labels.a }}}}',
    "blanks in words": '{{ urlquery (urlquery (urlquery (reReplaceAll "." "%%%%%%%%%%" $labels.a))) }}',
    "many labels": "{{ $labels.a }}" * 70,
}
TWINS = {
    "a short replacement": '{{ reReplaceAll "a{8}" "bbbbbbbb " $labels.a }}',
    "a reference": '{{ reReplaceAll "(a+)" "<$1>" $labels.a }}',
    "a number": '{{ printf "%9d %.2f" 5 $value }}',
    "an argument": '{{ printf "%s" $labels.a }}',
    "blanks": "{{ urlquery $labels.a }}",
    "some labels": "{{ $labels.a }}" * 3,
}


def rendered(texts: Sequence[str], promtool: Path, folder: Path, label: str = "a" * LABEL) -> dict[int, str]:
    """The annotations of an alert with these texts, as promtool prints an alert that it did not expect."""
    annotations = {f"n{index}": text for index, text in enumerate(texts)}
    expr = f"label_replace(vector(1e300), 'a', {label!r}, '', '')"
    rules = {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expr, "annotations": annotations}]}]}
    expected = [{"eval_time": "1m", "alertname": "A", "exp_alerts": []}]
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
    (folder / "test.yaml").write_text(
        yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [{"alert_rule_test": expected}]})
    )
    command = [str(promtool), "test", "rules", str(folder / "test.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.findall(r'\bn(\d+)="((?:[^"\\]|\\.)*)"', done.stdout + done.stderr)
    return {int(index): text for index, text in found}


@pytest.mark.parametrize("age", AGES)
def test_without_the_defence_a_text_would_come_out_huge(
    age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    texts = rendered([*BOMBS.values()], request.getfixturevalue(f"promtool_{age}"), tmp_path)
    assert {name: len(texts[index]) > LONGEST for index, name in enumerate(BOMBS)} == dict.fromkeys(BOMBS, True)
    assert [name for name, text in BOMBS.items() if gotemplate.fault(text) is None] == []


@pytest.mark.parametrize("age", AGES)
def test_what_is_modest_is_allowed_and_comes_out_modest(
    age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    texts = rendered([*TWINS.values()], request.getfixturevalue(f"promtool_{age}"), tmp_path)
    assert {name: 0 < len(texts[index]) < LONGEST for index, name in enumerate(TWINS)} == dict.fromkeys(TWINS, True)
    assert [fault for text in TWINS.values() if (fault := gotemplate.fault(text))] == []


VALUES = ("$labels.a", "$labels", "$value", "1", "1.5", "true", '"é"', "(len $labels)")
UNITS = tuple(value for value in VALUES if value != "$labels")
CALLS = (
    *(f"print {value} {other}" for value in VALUES for other in VALUES),
    *(f"urlquery {value}" for value in VALUES),
    *(f'printf "%{form}" {value}' for form in ("v", "s", "-9v", "4.4s") for value in VALUES),
    *(f'printf "%{form}" {value}' for form in ("#v", "99.99f", "+d", "# x", "08.3X") for value in UNITS),
    *(f'printf "%{verb}" {value}' for verb in "bcdeEfFgGoOqstTUvxX" for value in UNITS),
    *('printf "%s" 1 $labels.a', 'printf "%d %s"', 'printf "100%%"'),
    *(f"{name} $labels.a" for name in ("title", "toUpper", "toLower", "stripPort", "stripDomain")),
    *(f"{name} $value" for name in ("humanize", "humanize1024", "humanizeDuration", "humanizePercentage")),
    *(
        f'reReplaceAll "{pattern}" "{to}" $labels.a'
        for pattern in ("", ".", "(.)(.)", "x*")
        for to in ("", "é", "$1$2b")
    ),
)


@pytest.mark.parametrize("label", ["a", "%", "ɐ", "\u0001", "\U0010ffff", "<"], ids=ascii)
def test_no_call_gives_more_than_varve_takes_it_to_give(label: str, tmp_path: Path, promtool_newest: Path) -> None:
    whole = label * (LABEL // len(label.encode()))
    texts = rendered([f"{{{{ len (print ({call})) }}}}" for call in CALLS], promtool_newest, tmp_path, whole)
    for index, call in enumerate(CALLS):
        tokens = lex(f"{{{{{call}}}}}")
        assert isinstance(tokens, list)
        given = pipeline(tokens[1:-1], 0)
        assert isinstance(given, Operand)
        assert int(texts[index]) <= given.length, call
