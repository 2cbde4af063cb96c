"""The real Alertmanager reads matchers and hours as we do, text by text and minute by minute."""

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import yaml

from varve.language.fault import Fault
from varve.language.matcher import (
    Matcher,
    Operator,
    matches,
    read,
    read_fallback,
    write,
)
from varve.language.matcher.classic import read_classic
from varve.language.matcher.utf8 import read_utf8
from varve.language.time import hours
from varve.model.source import Map

SEED: Final = 20_260
QUESTIONS: Final = 6000

NAMES: Final = ("a", "foo", "a:b", "_x9", "tenant", "é", "a-b", "1a", '"a b"', '"foo"', '""', "🙂")
OPERATORS: Final = ("=", "!=", "=~", "!~", "=", "=~", "==", "!", "~", "=!")
VALUES: Final = (
    *("", "b", "bar", '""', '"b"', '"b c"', "b c", "'b'", "`b`", '"b,c"', "b}", "{b", '"}"', "🙂", '"é"', '"a|b"'),
    *(
        '"\\n"',
        "\\n",
        '"\\t"',
        '"\\\\d+"',
        '"\\d+"',
        "\\",
        '"\\"',
        '"\\""',
        "\\,",
        '"\\,"',
        '"\\u00e9"',
        '"\\xc3\\xa9"',
    ),
    *('"\\xc3"', '"\\ud800"', '"\\101"', '"\\U0001f642"', '"\\\'"', '"b\nc"', "b\rc", '"\t"', "\ufffd", '"\ufffd"'),
    *("b.*", '"b.*|c"', '"["', '"(?i)B+"', '"b)|(c"', '"b{2}"', '"^b$"', '"(?m)^b$"', '".*"', '".+"', '"[^b]"', '"b"c'),
)
SPACES: Final = ("", "", "", " ", "  ", "\t", "\n", "\v", "\x85", "\xa0", "\u2003", "\u200b", "\x1c")
TANGLE: Final = (*NAMES[:4], *OPERATORS[:4], *VALUES, *SPACES[3:], *'{},"\\', "\\\\", '\\"')
USUAL: Final = ('"b"', '"b.*|c"', '"bar"', '""', '"é"', '"\\n"', '".+"', '"[^b]"', '"(?i)B+"', '"\\\\d+"', "b")
PARTS: Final = (
    *((SPACES[:3], SPACES), (NAMES[:2], NAMES), (SPACES[:3], SPACES), (OPERATORS[:4], OPERATORS)),
    *((SPACES[:3], SPACES), (USUAL, VALUES), (SPACES[:3], SPACES)),
)
LABELS: Final = ("", "b", "bar", "B", "BB", "bb", "b c", "c", "\n", "b\nc", "é", "🙂", "d+", "12")


def texts(chance: Random) -> Iterable[str]:
    """Random texts: lists of matchers, whole and damaged, and pieces in any order."""
    for _ in range(QUESTIONS):
        if chance.random() < 0.3:
            yield "".join(chance.choices(TANGLE, k=chance.randint(0, 8)))
            continue
        tame = chance.choice((0.5, 0.9, 1))
        pairs = [
            "".join(chance.choice(usual if chance.random() < tame else each) for usual, each in PARTS)
            for _ in range(chance.choice((1, 1, 2, 3)))
        ]
        body = ",".join(pairs) + chance.choice(("", "", "", ",", ", ", ",,"))
        yield chance.choice(("", "", "", "{", " {")) + body + chance.choice(("", "", "", "}", "} ", "}}"))


def answers_of(program: Path, questions: Iterable[object]) -> list[Any]:
    """The answers of Alertmanager's parsers to each question."""
    lines = "".join(json.dumps(each) + "\n" for each in questions)
    done = subprocess.run([program], input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]


def shown(found: tuple[Matcher, ...] | Fault) -> list[list[str]] | None:
    return None if isinstance(found, Fault) else [list(each) for each in found]


def test_every_text_is_read_or_refused_as_alertmanager_does(alertmanager_ask: Path) -> None:
    chance = Random(SEED)  # noqa: S311 - not for secrets
    all_texts = sorted(set(texts(chance)))
    labels = [{name: chance.choice(LABELS) for name in ("a", "foo", "é")} for _ in all_texts]
    answers = answers_of(
        alertmanager_ask, [{"matchers": text, "labels": each} for text, each in zip(all_texts, labels, strict=True)]
    )
    wrong: list[object] = []
    both = 0
    for text, each, answer in zip(all_texts, labels, answers, strict=True):
        own = [read_classic(text), read_utf8(text), read_fallback(text)]
        expected = [answer[mode] for mode in ("classic", "utf8", "fallback")]
        if [shown(found) for found in own] != [None if "fault" in one else one["matchers"] for one in expected]:
            wrong.append((text, own, expected))
        usual = own[2]
        if not isinstance(usual, Fault) and matches(usual, each) is not expected[2]["matches"]:
            wrong.append((text, each, expected[2]))
        sure = read(text)
        both += not isinstance(sure, Fault)
        if not isinstance(sure, Fault) and any(one["matchers"] != shown(sure) for one in expected):
            wrong.append((text, sure, expected))
    assert not wrong, f"{len(wrong)} of {len(all_texts)}, such as {wrong[0]}"
    assert both > len(all_texts) // 20


CHARACTERS: Final = "ab.*+?()[]{}^$|\\\"'`,=!~ \n\t\r\xa0é🙂\ufffd\x00\x85"


def written(chance: Random) -> Matcher:
    """A matcher of any value, which is a pattern where it must be one."""
    name = chance.choice(("a", "b", "foo", "tenant", "a:b"))
    op: Operator = chance.choice(("=", "!=", "=~", "!~"))
    value = "".join(chance.choices(CHARACTERS, k=chance.randint(0, 8)))
    found = Matcher(name, op, value)
    return found if not isinstance(read(write(found)), Fault) else Matcher(name, op, chance.choice(("a|b", ".+", "")))


def test_what_we_write_means_the_same_in_every_mode(alertmanager_ask: Path) -> None:
    chance = Random(SEED)  # noqa: S311 - not for secrets
    lists = [[written(chance) for _ in range(chance.randint(1, 3))] for _ in range(2000)]
    answers = answers_of(alertmanager_ask, [{"matchers": ",".join(map(write, each))} for each in lists])
    for matchers, answer in zip(lists, answers, strict=True):
        for mode in ("classic", "utf8", "fallback"):
            assert answer[mode]["matchers"] == [list(each) for each in matchers], write(matchers[0])


@pytest.mark.parametrize("amtool", ["amtool_newest", "amtool_oldest"])
def test_what_we_write_selects_what_we_say(amtool: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One tree with a route for each list of matchers, and each label set walks through all of it."""
    tool, chance = request.getfixturevalue(amtool), Random(SEED)  # noqa: S311 - not for secrets
    lists = [[written(chance)] for _ in range(400)]
    routes = [
        {"receiver": f"r{index}", "matchers": [*map(write, each)], "continue": True} for index, each in enumerate(lists)
    ]
    config = {
        "route": {"receiver": "root", "routes": routes},
        "receivers": [{"name": name} for name in ("root", *(f"r{index}" for index in range(len(lists))))],
    }
    (tmp_path / "alertmanager.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))
    for _ in range(20):
        labels = {name: chance.choice(("", "a", "b", "aa", "ab", "a b", "é", ".", "(")) for name in ("a", "b", "foo")}
        arguments = [write(Matcher(name, "=", value)) for name, value in labels.items() if value]
        command = [tool, "config", "routes", "test", f"--config.file={tmp_path}/alertmanager.yaml", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        receivers = [f"r{index}" for index, each in enumerate(lists) if matches(each, labels)]
        assert done.stdout.strip().split(",") == (receivers or ["root"]), arguments


ZONES: Final = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London")
# Up to 0.34, Alertmanager counts a day too few in a month in which clocks go forward, and is wrong about its last days.
STEADY: Final = ("UTC", "Asia/Kolkata", "Africa/Nairobi")


def some(chance: Random, names: Iterable[str]) -> list[Any]:
    """One or two single names or ranges of them."""
    listed = list(names)
    pairs = [sorted(chance.choices(range(len(listed)), k=2)) for _ in range(chance.randint(1, 2))]
    return [listed[a] if a == b else f"{listed[a]}:{listed[b]}" for a, b in pairs]


def random_hours(chance: Random) -> Map:
    """Random hours, over midnight too."""
    clock = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 59)]
    dates = [*map(str, range(-27, 0)), *map(str, range(1, 32))]
    parts: Map = {
        "days": [":".join(chance.choices(hours.DAYS, k=2)) for _ in range(chance.randint(1, 2))],
        "from": chance.choice(clock),
        "to": chance.choice([*clock, "24:00"]),
        "months": some(chance, hours.MONTHS),
        "days_of_month": [each for each in some(chance, dates) if not hours.fault_dates(each)] or ["1:7"],
        "years": some(chance, ("2026", "2027", "2028")),
    }
    found = {key: value for key, value in parts.items() if chance.random() < (0.7 if key in "days from to" else 0.2)}
    return {**found, "timezone": chance.choice(STEADY if "days_of_month" in found else ZONES)}


def instants(chance: Random) -> list[datetime]:
    """Minutes of three years, many of them around the changes of the clocks."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    changes = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1))]
    found = [begin + timedelta(minutes=chance.randrange(3 * 365 * 1440)) for _ in range(30)]
    return found + [change + timedelta(minutes=chance.randrange(-1440, 2880)) for change in changes for _ in range(5)]


def test_intervals_hold_when_alertmanagers_do(alertmanager_ask: Path) -> None:
    chance = Random(SEED)  # noqa: S311 - not for secrets
    cases = [
        (found, instants(chance)) for found in (random_hours(chance) for _ in range(1500)) if not hours.fault(found)
    ]
    specs = [hours.intervals(found, "UTC") for found, _ in cases]
    questions = [
        {"intervals": each, "instants": [int(instant.timestamp()) for instant in when]}
        for each, (_, when) in zip(specs, cases, strict=True)
    ]
    held = 0
    for each, (found, when), answer in zip(specs, cases, answers_of(alertmanager_ask, questions), strict=True):
        assert "fault" not in answer, (found, answer)
        holds = [hours.contains(each, instant) for instant in when]
        assert holds == answer["holds"], found
        held += any(holds)
    assert len(cases) // 2 < held


REFUSED: Final[dict[str, list[str]]] = {
    "weekdays": ["funday", "monday:funday", "1", "monday:tuesday:friday", ""],
    "months": ["martius", "june:january", "12:1", "1:2:3", ""],
    "days_of_month": ["0", "32", "-32", "-5:5", "10:5", "-1:-5", "28:-1", "1:-28", "one", "1:0", ""],
    "years": ["2020:2019", "twenty", "2020:2021:2022", ""],
}
FAULTS: Final = {
    "weekdays": hours.fault_days,
    "months": hours.fault_months,
    "days_of_month": hours.fault_dates,
    "years": hours.fault_years,
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, all_ in REFUSED.items() for text in all_])
def test_what_alertmanager_refuses_is_refused_by_us(key: str, text: str, alertmanager_ask: Path) -> None:
    assert "fault" in answers_of(alertmanager_ask, [{"intervals": [{key: [text]}], "instants": []}])[0]
    assert FAULTS[key](text)


@pytest.mark.parametrize("text", ["24:01", "9:00", "09:60", "0900", "25:00", "09:00:00", "", "morning"])
def test_a_time_that_alertmanager_refuses_is_refused_by_us(text: str, alertmanager_ask: Path) -> None:
    times = [{"start_time": "00:00", "end_time": text}]
    assert "fault" in answers_of(alertmanager_ask, [{"intervals": [{"times": times}], "instants": []}])[0]
    assert hours.fault_time(text)
