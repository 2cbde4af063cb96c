"""No pattern that we let pass is refused by a tool, newest or oldest, however deep or large it is."""

import json
import subprocess
import unicodedata
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.language.test_regex import LARGE_AND_SOUND, LOST_SCRIPTS, SOUND, TOO_DEEP, TOO_LARGE, YOUNG_SCRIPTS
from varve.language import regex
from varve.language.matcher import Matcher, write

SEED: Final = 20_261
PATTERNS: Final = 400

# What opens a level and what closes one; Go makes from one to five levels of its tree of it.
HEADS: Final = (
    *("(", "(?:", "(a|", "(?:a|b", "(.|..", "(?:ab|ac", "(?:^", "(x*", "(?:..a|..", "(?i:a|A", "(?P<n>a", "a(?i)"),
    *("(?:[ab]c|[ab]", "(?:a{2}b|a{2}", "(?:a|ab|abc|", "(?:(?:a|b)|", "(?:\\d|\\d\\d|", "(?s:.|", "(?:\\Qab\\E|ab"),
)
TAILS: Final = (")", ")*", ")+?", "){2}", ")|c", ")|..", ")|a)", "){1,3}", ")?|b", ")b|c", ")(?i)*(?i)+")
PIECES: Final = (
    *"aab.^$|*?é",
    *("\\d", "[ab]", "\\pL", "a{2}", ".{3}", "(?i)", "(?i)*", "(?-i)", "\\.", "\\x41", "[a]", "(?:)", "\\b", "{10}"),
    *("\\Qa|\\E", "[[:alpha:]]", "{0}", "{1000}", "{,3}", "(?:ab|ac)", "\\p{Greek}", "^*", "a.", "(?i)a(?-i)a"),
)


def nested(head: str, tail: str, depth: int) -> str:
    return head * depth + "a" + tail * depth


def deepest(head: str, tail: str) -> str:
    """The deepest nest of one kind that we let pass."""
    low, high = 0, 1000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if regex.fault(nested(head, tail, middle)) else (middle, high)
    return nested(head, tail, low)


def soup(chance: Random, longest: int) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(1, longest)))


def pattern(chance: Random) -> str:
    """Any pattern: a soup, one beginning of many alternatives, a large repetition or a nest of many kinds."""
    piece, count = chance.choice(PIECES), chance.choice((10, 100, 200, 400, 440, 460, 900, 2000))
    match chance.randrange(6):
        case 0:
            return soup(chance, 12)
        case 1:
            return "|".join(piece * each + chance.choice(("", "x")) for each in range(1, chance.randint(2, 120)))
        case 2:
            return f"{piece * count}a|{piece * count}{chance.choice(('b', '', '.'))}"
        case 3:
            empty = chance.choice(("^", "$", "^*", "\\b", "^?", "(?:)", "^|", "a"))
            return f"(?:{empty * chance.randint(1, 4000)}){{{chance.choice((0, 2, 500, 1000))}}}"
    depth = chance.choice((2, 20, 60, chance.randint(50, 300)))
    heads, tails = (chance.choices(each, k=depth) for each in (HEADS, TAILS))
    return "".join(heads) + soup(chance, 4) + "".join(tails)


def scripts() -> set[str]:
    """Every first word, and first two, of the names of characters, as if they were scripts."""
    words = [unicodedata.name(chr(point), "").title().split() for point in range(0x20000)]
    names = {"_".join(each[:count]) for each in words for count in (1, 2)}
    return {f"\\p{{{name}}}" for name in names if name.replace("_", "").isalpha()}


@cache
def passing() -> tuple[str, ...]:
    """Patterns without a fault."""
    chance = Random(SEED)  # noqa: S311 - not for secrets
    drawn = [found for found in (pattern(chance) for _ in range(PATTERNS)) if regex.fault(found) is None]
    borders = [deepest(head, chance.choice(TAILS)) for head in HEADS for _ in range(2)]
    known = [each for each in sorted(scripts()) if regex.fault(each) is None]
    assert len(drawn) > PATTERNS // 4
    assert len(known) > 50
    return (*SOUND, *LARGE_AND_SOUND.values(), *drawn, *borders, *known)


def rules(patterns: tuple[str, ...]) -> str:
    """A file of rules, which is JSON and so YAML."""
    found = [
        {"record": "a:b", "expr": f"x{{l=~{json.dumps(each, ensure_ascii=False)}}}", "labels": {"n": str(index)}}
        for index, each in enumerate(patterns)
    ]
    return json.dumps({"groups": [{"name": "g", "rules": found}]}, ensure_ascii=False)


def routes(patterns: tuple[str, ...]) -> str:
    found = [{"matchers": [write(Matcher("a", "=~", each))]} for each in patterns]
    route = {"receiver": "root", "routes": found}
    return json.dumps({"route": route, "receivers": [{"name": "root"}]}, ensure_ascii=False)


def refusal(tool: Path, patterns: tuple[str, ...], folder: Path) -> str:
    """What a tool says against a file that holds all of the patterns, or nothing."""
    file = folder / "file.yaml"
    file.write_text(rules(patterns) if tool.name == "promtool" else routes(patterns))
    check = ["check", "rules"] if tool.name == "promtool" else ["check-config"]
    done = subprocess.run([tool, *check, file], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr)[-2000:] if done.returncode else ""


TOOLS: Final = ("promtool_newest", "promtool_oldest", "amtool_newest", "amtool_oldest")


@pytest.mark.parametrize("tool", TOOLS)
def test_what_we_let_pass_every_tool_reads(tool: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert not refusal(request.getfixturevalue(tool), passing(), tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_we_find_too_deep_or_too_large_is_refused(
    tool: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program = request.getfixturevalue(tool)
    for each in (*TOO_DEEP.values(), *TOO_LARGE.values()):
        assert refusal(program, (each,), tmp_path), each[:40]


@pytest.mark.parametrize(
    ("tool", "scripts"),
    [("promtool_oldest", YOUNG_SCRIPTS), ("amtool_oldest", YOUNG_SCRIPTS), ("amtool_newest", LOST_SCRIPTS)],
)
def test_a_script_is_refused_by_a_tool_that_does_not_know_it(
    tool: str, scripts: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program = request.getfixturevalue(tool)
    for each in scripts:
        assert refusal(program, (each,), tmp_path), each
