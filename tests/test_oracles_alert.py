"""What a real Prometheus does where varve warns of an alert: of `bool`, of labels that it misses, of printed values."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from tests.language.promql.test_boolean import UNFILTERED
from tests.language.promql.test_present import WITHOUT_QUEUE
from varve.language.gotemplate import prints_value
from varve.language.promql.boolean import is_unfiltered
from varve.language.promql.present import possible

_FIRED = re.compile(r'\{alertname="A(\d+)"')
_PRINTED = re.compile(r'alertname="A(\d+)".*?text="((?:[^"\\]|\\.)*)"', re.DOTALL)
_SERIES = ("x", "y", "x_bucket", "absent_fraction")
WITH_QUEUE = ["x", "sum by (queue) (x)", 'absent(none{queue="a"})', "x / on (queue) y", "sum(none) or x"]
FILTERED = ["x > 100", "(x > bool 100) == 1", "(x > 100) > bool 0", "x > bool 100 and x > 100", "absent(x) > bool 0"]


def fired(rules: Sequence[Mapping[str, object]], promtool: Path, folder: Path, values: str) -> str:
    """What promtool says of alerts that it did not expect; every series has the labels `queue`, `zone` and `job`."""
    named = [{"alert": f"A{index}", **rule} for index, rule in enumerate(rules)]
    series = [{"series": f'{name}{{queue="a", zone="b", job="c"}}', "values": values} for name in _SERIES]
    expected = [{"eval_time": "10m", "alertname": each["alert"], "exp_alerts": []} for each in named]
    tests = [{"interval": "1m", "input_series": series, "alert_rule_test": expected}]
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": named}]}))
    (folder / "test.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": tests}))
    command = [str(promtool), "test", "rules", str(folder / "test.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_an_alert_that_keeps_every_series_fires_even_for_nothing(tmp_path: Path, promtool_newest: Path) -> None:
    exprs = [*UNFILTERED, *FILTERED]
    output = fired([{"expr": expr} for expr in exprs], promtool_newest, tmp_path, "0x20")
    firing = {exprs[int(index)] for index in _FIRED.findall(output)}
    assert firing == {expr for expr in exprs if is_unfiltered(expr)} == set(UNFILTERED)


def test_a_label_that_no_result_has_is_printed_as_nothing(tmp_path: Path, promtool_newest: Path) -> None:
    exprs = [*WITHOUT_QUEUE, *WITH_QUEUE]
    text = {"annotations": {"text": "<{{ $labels.queue }}{{ $labels.severity }}{{ $labels.alertname }}>"}}
    rules = [{"expr": expr, "labels": {"severity": "info"}, **text} for expr in exprs]
    printed = {
        exprs[int(index)]: found for index, found in _PRINTED.findall(fired(rules, promtool_newest, tmp_path, "1x20"))
    }
    assert len(printed) > len(exprs) / 2
    assert set(WITH_QUEUE) <= printed.keys()
    for expr, found in printed.items():
        assert found == ("<a>" if possible(expr, frozenset({"queue"})) else "<>"), expr


def test_an_alert_with_its_value_in_a_label_never_waits_long_enough(tmp_path: Path, promtool_newest: Path) -> None:
    texts = ["{{ $value }}", "{{ .Value | humanize }}", "{{ if gt $value 0.0 }}page{{ else }}warn{{ end }}", "plain"]
    rules = [{"expr": "x", "for": "5m", "labels": {"at": text}} for text in texts]
    output = fired(rules, promtool_newest, tmp_path, "1+1x20")
    firing = {texts[int(number)] for number in _FIRED.findall(output)}
    assert firing == {text for text in texts if not prints_value(text)} == set(texts[2:])
