"""People see what is wrong, where, what else contributed, and how to fix it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span
from varve.model.situated import Situated, Spot
from varve.model.snapshot import Entry, Snapshot
from varve.render.situate import situate
from varve.render.text import text

POLICY = Rule("check/policy", "A policy is broken", "Its explanation.")
EATEN = Rule("read/comment-eats-value", "A comment eats a value", "Its explanation.", Severity.WARNING)
REMARK = Rule("resolve/remark", "A remark", "Its explanation.", Severity.NOTE)

CHECKOUT = "tenants/acme/services/checkout.yaml"
PRODUCTION = "environments/production.yaml"
FILES = {
    CHECKOUT: "description: Takes the money\nowner: payments\n\n\n\n\nalerts:\n  Slow:\n"
    "    expr: sum(rate(x[5m])\n    for: 5m\n    for: 10m\n\tサービス: é\x1b[2J\n    summary: "
    + "word " * 80
    + "WRONG"
    + " word" * 80
    + "\n",
    PRODUCTION: "platform: {}\n\nthreshold: 0.25\n",
}
SNAPSHOT = Snapshot(
    {path: Entry(path, "100644") for path in FILES}, {path: data.encode() for path, data in FILES.items()}
)


def at(file: str, line: int, column: int, end: int) -> Place:
    return Place(file, span=Span(line, column, end))


CASES = {
    "the places that contributed stand below, each in its file": [
        Diagnostic(
            POLICY,
            "0.75 is above the 0.6 that `latency-ceiling` allows",
            at(CHECKOUT, 9, 11, 26),
            (Note("0.25 was set here and overridden", at(PRODUCTION, 3, 12, 16)),),
            "ask the owner of the policy for a waiver",
        )
    ],
    "places of one file share a frame, from top to bottom": [
        Diagnostic(
            POLICY, "`for` is said twice", at(CHECKOUT, 11, 5, 8), (Note("first here", at(CHECKOUT, 10, 5, 8)),)
        ),
        Diagnostic(POLICY, "`Slow` has no owner", at(CHECKOUT, 8, 3, 7), (Note("nor this", at(CHECKOUT, 1, 1, 12)),)),
    ],
    "two places on one line are underlined one below the other": [
        Diagnostic(
            POLICY, "`sum` misses `)`", at(CHECKOUT, 9, 26, 26), (Note("it opens here", at(CHECKOUT, 9, 14, 15)),)
        )
    ],
    "tabs, wide characters and escapes are counted as they are shown": [
        Diagnostic(
            POLICY, "`サービス` \x1b[2J is unknown", at(CHECKOUT, 12, 2, 6), (Note("é", at(CHECKOUT, 12, 8, 10)),)
        )
    ],
    "a long line is cut around what matters": [Diagnostic(POLICY, "`WRONG` is wrong", at(CHECKOUT, 13, 414, 419))],
    "what has no line is said without a frame": [
        Diagnostic(POLICY, "the repository has no tenant", hint="run `varve init`"),
        Diagnostic(EATEN, "`environments/dev.yaml` is missing", Place("environments/dev.yaml")),
        Diagnostic(
            REMARK,
            "the file is wrong as a whole",
            Place(CHECKOUT),
            (Note("it was looked for here", Place("tenants/acme/x.yaml")), Note("twice")),
        ),
    ],
}


@pytest.mark.parametrize("diagnostics", CASES.values(), ids=CASES.keys())
def test_frames(diagnostics: list[Diagnostic], snapshot: SnapshotAssertion) -> None:
    assert text(situate(diagnostics, SNAPSHOT), width=100) == snapshot


def test_colours_follow_the_severity(snapshot: SnapshotAssertion) -> None:
    (diagnostic,) = CASES["the places that contributed stand below, each in its file"]
    remark = Diagnostic(EATEN, "a comment eats the value", at(PRODUCTION, 1, 1, 3))
    assert text(situate([diagnostic, remark], SNAPSHOT), colour=True).replace("\x1b", "ESC") == snapshot


def test_without_colours_it_is_the_same_text() -> None:
    situated = situate([each for case in CASES.values() for each in case], SNAPSHOT)
    assert re.sub(r"\x1b\[[0-9;]+m", "", text(situated, colour=True)) == text(situated)


def test_without_diagnostics_there_is_no_text() -> None:
    assert text([]) == ""


@pytest.mark.parametrize(
    ("rules", "summary"),
    [
        pytest.param([POLICY], "1 error; `varve rule check/policy` explains it", id="one error"),
        pytest.param(
            [REMARK, EATEN, POLICY, POLICY],
            "2 errors, 1 warning, 1 note; `varve rule check/policy` explains the first error",
            id="the gravest comes first",
        ),
        pytest.param(
            [EATEN, EATEN],
            "2 warnings; `varve rule read/comment-eats-value` explains the first warning",
            id="warnings alone",
        ),
    ],
)
def test_the_last_line_counts(rules: list[Rule], summary: str) -> None:
    situated = [Situated(Diagnostic(rule, "wrong"), None, ()) for rule in rules]
    assert text(situated).splitlines()[-1] == summary


ANYTHING = st.text(st.characters(codec=None), max_size=30) | st.text("#:[]a \n")


@given(ANYTHING, ANYTHING, ANYTHING.map(lambda line: line.replace("\n", "")), st.integers(1, 40), st.integers(20, 60))
def test_any_text_is_printable_and_no_ci_command(message: str, path: str, line: str, column: int, width: int) -> None:
    spot = Spot(path, Span(3, column, column + 4), line)
    diagnostic = Diagnostic(POLICY, message, Place(path), (Note(message, Place(path)), Note(message)), message)
    shown = text([Situated(diagnostic, spot, (spot, None))], width=width)
    assert shown.replace("\n", "").isprintable()
    assert not re.search(r"^\s*::|##\w*\[", shown, re.MULTILINE)
    assert sum(row.startswith("error[") for row in shown.splitlines()) == 1
