"""The real Alertmanager routes, groups, mutes and inhibits as we do, over made trees and written ones.

`VARVE_ROUTING_CONFIGURATIONS` is how many trees are made: a night has time for more than the hundreds of every run.
"""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias

import pytest
import yaml

from varve.language.fault import Fault
from varve.language.time import duration
from varve.link.routing import Decision, Tree, decide, read

Written: TypeAlias = dict[str, Any]


class Case(NamedTuple):
    """A configuration, alerts that are routed by it, when, and which others fire."""

    config: Written
    alerts: list[dict[str, str]]
    when: list[datetime]
    firing: list[dict[str, str]]


SEED: Final = 20_261
CONFIGURATIONS: Final = int(os.environ.get("VARVE_ROUTING_CONFIGURATIONS", "700"))
ALERTS: Final = 10
ROOT: Final = Path(__file__).parent.parent
WRITTEN: Final = sorted((Path(__file__).parent / "oracles/alertmanager/trees").glob("*.yaml"))
GENERATED: Final = sorted((ROOT / "build").glob("*/**/alertmanager.yaml"))

NAMES: Final = ("severity", "service", "tenant", "team", "a", "é", "a b")
VALUES: Final = ("", "critical", "warning", "info", "ledger", "cards", "b", "b c", "é", "b\nc", "B", "platform", "12")
PATTERNS: Final = ("critical|warning", ".*", ".+", "", "b.*", "[^b]*", "(?i)b", "b(.c)?", "é|b", "^b$", "\\d+", "b.c")
PACES: Final = ("10s", "1m", "90s", "5m", "1h30m", "4h", "1d")
HOURS: Final[dict[str, list[Written]]] = {
    "business": [{"times": [{"start_time": "09:00", "end_time": "18:00"}], "weekdays": ["monday:friday"]}],
    "night": [
        {"times": [{"start_time": "21:00", "end_time": "24:00"}], "location": "Europe/Paris"},
        {"times": [{"start_time": "00:00", "end_time": "07:30"}], "location": "Europe/Paris"},
    ],
    "weekend": [{"weekdays": ["saturday", "sunday"], "location": "America/New_York"}],
    "month": [{"days_of_month": ["1:7", "-2:-1"], "months": ["1:6"], "years": ["2026:2027"], "location": "UTC"}],
    "never": [],
}


def answers_of(program: Path, questions: Iterable[object]) -> list[Any]:
    """What Alertmanager answers to each question."""
    lines = "".join(json.dumps(each) + "\n" for each in questions)
    done = subprocess.run([program], input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]


# Trees that are made


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def named(name: str) -> str:
    return name if name.isidentifier() else quoted(name)


def matcher(chance: Random) -> str:
    """One matcher, or several in braces; in the classic grammar, in the other, or in both."""
    matchers = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        name, op = chance.choice(NAMES), chance.choice(("=", "=", "!=", "=~", "!~"))
        value = quoted(chance.choice(VALUES if op in ("=", "!=") else PATTERNS))
        plain = value[1:-1]
        bare = plain if plain.isalnum() and chance.random() < 0.3 else value
        matchers.append(f"{named(name)}{chance.choice(('', ' '))}{op}{bare}")
    return chance.choice(("{%s}", "%s", "%s", "%s,")) % ",".join(matchers)


def older(chance: Random, side: str = "") -> Written:
    """The words that matched before there were matchers."""
    matched: Written = {}
    if chance.random() < 0.2:
        matched[f"{side}match"] = {chance.choice(NAMES[:5]): chance.choice(VALUES)}
    if chance.random() < 0.2:
        matched[f"{side}match_re"] = {chance.choice(NAMES[:5]): chance.choice(PATTERNS)}
    return matched


def matching(chance: Random, side: str = "") -> Written:
    listed: Written = {f"{side}matchers": [matcher(chance) for _ in range(chance.choice((0, 1, 1, 1, 2)))]}
    return {**(listed if chance.random() < 0.9 else {}), **older(chance, side)}


def grouping(chance: Random) -> Written:
    names = chance.choice((["..."], [], list(NAMES[:1]), chance.sample(NAMES, k=3), ["alertname"]))
    settings: Written = {
        "group_by": names,
        "group_wait": chance.choice(("0s", *PACES)),
        "group_interval": chance.choice(PACES),
        "repeat_interval": chance.choice(PACES),
    }
    return {key: value for key, value in settings.items() if chance.random() < 0.4}


def route(chance: Random, depth: int) -> Written:
    hours = {key: chance.sample(sorted(HOURS), k=chance.choice((1, 1, 2))) for key in ("active", "mute")}
    return {
        **matching(chance),
        **grouping(chance),
        **({"receiver": f"r{chance.randrange(9)}"} if chance.random() < 0.7 else {}),
        **({"continue": True} if chance.random() < 0.4 else {}),
        **{f"{key}_time_intervals": names for key, names in hours.items() if chance.random() < 0.3},
        **routes(chance, depth - 1),
    }


def routes(chance: Random, depth: int) -> Written:
    count = chance.choice((0, 1, 2, 3, 4)) if depth else 0
    return {"routes": [route(chance, depth) for _ in range(count)]} if count else {}


def inhibition(chance: Random) -> Written:
    equal = chance.choice(([], ["tenant"], ["tenant", "service"], ["é"], ["cluster"]))
    return {**matching(chance, "source_"), **matching(chance, "target_"), "equal": equal}


def configuration(chance: Random) -> Written:
    field = chance.choice(("time_intervals", "time_intervals", "mute_time_intervals"))
    return {
        "route": {"receiver": "r0", **grouping(chance), **routes(chance, 4)},
        "receivers": [{"name": f"r{index}"} for index in range(9)],
        field: [{"name": name, "time_intervals": specs} for name, specs in HOURS.items()],
        "inhibit_rules": [inhibition(chance) for _ in range(chance.choice((0, 1, 2, 3)))],
    }


def alert(chance: Random) -> dict[str, str]:
    """Labels of which none is empty: Alertmanager drops such before it looks at an alert."""
    labels = {name: chance.choice(VALUES) for name in NAMES if chance.random() < 0.6}
    return {name: value for name, value in {"alertname": "Any", **labels}.items() if value}


def instants(chance: Random) -> list[datetime]:
    first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    return [datetime.fromtimestamp(first + chance.randrange(2 * 365 * 86400), UTC) for _ in range(3)]


# Trees that are written: alerts of the values that they speak of


def spoken(tree: Tree) -> dict[str, list[str]]:
    """Values to try of each label that a tree asks about."""
    found: dict[str, set[str]] = {}
    nodes = [tree.root]
    for node in nodes:
        nodes += node.nodes
    matchers = [each for node in nodes for each in node.matchers]
    matchers += [each for rule in tree.inhibitions for each in (*rule.source, *rule.target)]
    for each in matchers:
        found.setdefault(each.name, {"", "other"}).update(each.value.replace(".*", "x").split("|"))
    return {name: sorted(values) for name, values in sorted(found.items())}


def fitting(tree: Tree, chance: Random) -> dict[str, str]:
    labels = {"alertname": "Any", **{name: chance.choice(values) for name, values in spoken(tree).items()}}
    return {name: value for name, value in labels.items() if value}


# Both are asked


def own_deliveries(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "receiver": each.receiver,
            "path": list(each.node.path),
            "group": dict(each.group),
            "wait": duration.milliseconds(each.node.group_wait),
            "interval": duration.milliseconds(each.node.group_interval),
            "repeat": duration.milliseconds(each.node.repeat_interval),
        }
        for each in decision.deliveries
    ]


def compare(
    program: Path, cases: Iterable[tuple[Written, list[dict[str, str]], list[datetime], list[dict[str, str]]]]
) -> int:
    """How many pairs of a configuration and an alert both were asked about; they agree on each."""
    tried = list(cases)
    questions = [
        {
            "config": yaml.safe_dump(config, allow_unicode=True, sort_keys=False),
            "alerts": alerts,
            "instants": [int(each.timestamp()) for each in when],
            "firing": firing,
        }
        for config, alerts, when, firing in tried
    ]
    count = 0
    for (config, alerts, when, firing), answer in zip(tried, answers_of(program, questions), strict=True):
        tree = read(config)
        if "fault" in answer:
            continue
        assert not isinstance(tree, Fault), (tree, config)
        for labels, expected in zip(alerts, answer["routed"], strict=True):
            notified = [each.pop("told") for each in expected["deliveries"]]
            decisions = [decide(tree, labels, at, firing) for at in when]
            assert own_deliveries(decisions[0]) == expected["deliveries"], (labels, config)
            assert [[not each.is_muted for each in one.deliveries] for one in decisions] == [
                [each[index] for each in notified] for index in range(len(when))
            ], (labels, when, config)
            assert bool(decisions[0].inhibited) is expected["inhibited"], (labels, firing, config)
            count += 1
    return count


def made(chance: Random) -> Iterator[Case]:
    while True:
        config = configuration(chance)
        alerts = [alert(chance) for _ in range(ALERTS)]
        yield Case(config, alerts, instants(chance), [alert(chance) for _ in range(4)])


def test_made_trees_route_as_alertmanager_does(alertmanager_ask: Path) -> None:
    """Few of them are refused for what no tree of ours holds, so far more than half of the pairs are compared."""
    chance = Random(SEED)  # noqa: S311 - not for secrets
    compared = compare(alertmanager_ask, islice(made(chance), CONFIGURATIONS))
    assert compared > CONFIGURATIONS * ALERTS * 8 // 10


@pytest.mark.parametrize("path", [*WRITTEN, *GENERATED], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_written_and_generated_trees_route_as_alertmanager_does(path: Path, alertmanager_ask: Path) -> None:
    chance = Random(SEED)  # noqa: S311 - not for secrets
    config = yaml.safe_load(path.read_text("utf-8"))
    tree = read(config)
    assert not isinstance(tree, Fault)
    alerts = [fitting(tree, chance) for _ in range(60)]
    firing = [fitting(tree, chance) for _ in range(20)]
    assert compare(alertmanager_ask, [Case(config, alerts, instants(chance), firing)]) == len(alerts)


def test_there_are_trees_that_people_wrote() -> None:
    assert len(WRITTEN) >= 6
    assert len(GENERATED) >= 20


@pytest.mark.parametrize("amtool", ["amtool_newest", "amtool_oldest"])
def test_amtool_says_the_same(amtool: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Its command `config routes test`, on alerts whose labels it can be given."""
    tool, chance = request.getfixturevalue(amtool), Random(SEED)  # noqa: S311 - not for secrets
    file, compared = tmp_path / "alertmanager.yaml", 0
    for path in (*WRITTEN, *GENERATED[::5]):
        config = yaml.safe_load(path.read_text("utf-8"))
        if "oldest" in amtool and path.name in TOO_YOUNG:
            continue
        receivers = [{"name": each["name"]} for each in config["receivers"]]
        kept = {
            key: value for key, value in config.items() if key in ("route", "time_intervals", "mute_time_intervals")
        }
        file.write_text(yaml.safe_dump({**kept, "receivers": receivers}, allow_unicode=True), "utf-8")
        tree = read(config)
        assert not isinstance(tree, Fault)
        for _ in range(15):
            labels = fitting(tree, chance)
            arguments = [f"{named(name)}={quoted(value)}" for name, value in labels.items()]
            command = [tool, "config", "routes", "test", f"--config.file={file}", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            receivers_expected = [each.receiver for each in decide(tree, labels).deliveries]
            assert done.stdout.strip().split(",") == receivers_expected, (path, labels)
            compared += 1
    assert compared >= 150


TOO_YOUNG: Final = ("utf8.yaml", "empty-group.yaml")
"""Trees that only Alertmanager of 0.27 or later reads."""
