"""Policies are rendered as a table, as JSON, and one by one."""

import json as standard
from typing import Final

from varve.model.diagnostic import Severity
from varve.model.policy import Policy, Scope
from varve.render.policy import Listed, rows, whole
from varve.render.policy import json as as_json

POLICY: Final = Policy(
    id="told",
    file="policies/told.yaml",
    title="Services say what they do",
    severity=Severity.WARNING,
    scope=Scope.SERVICE,
    match="",
    require="has(service.description)",
    at=(),
    message="`{service.id}` does not",
    remediation="Say `description` at the service.",
    always=False,
    waivable=True,
    evidence="design",
    limits="that it is true",
    cwe=("CWE-1059",),
    rules=(),
    parameters={},
    examples=(),
    controls={},
)
LISTED: Final = Listed(POLICY, "by frameworks", {"soc2": ["CC2.2", "CC7.4"], "house": ["H1"]}, shipped=True)
OWN: Final = Listed(POLICY._replace(id="own", waivable=False), "everywhere", {}, shipped=False)


def test_each_policy_is_a_line_below_the_header() -> None:
    assert rows([LISTED, OWN]) == (
        "POLICY  SCOPE    SEVERITY  ASKED          WAIVABLE  FROM   FRAMEWORKS\n"
        "told    service  warning   by frameworks  yes       varve  soc2, house\n"
        "own     service  warning   everywhere     no        own\n"
    )


def test_without_any_there_is_no_table() -> None:
    assert rows([]) == ""


def test_policies_as_json() -> None:
    first, second = standard.loads(as_json([LISTED, OWN]))
    assert first == {
        "id": "told",
        "title": "Services say what they do",
        "scope": "service",
        "severity": "warning",
        "asked": "by frameworks",
        "waivable": True,
        "shipped": True,
        "file": "policies/told.yaml",
        "evidence": "design",
        "limits": "that it is true",
        "cwe": ["CWE-1059"],
        "rules": [],
        "parameters": {},
        "controls": {"soc2": ["CC2.2", "CC7.4"], "house": ["H1"]},
    }
    assert (second["waivable"], second["shipped"], second["controls"]) == (False, False, {})


def test_a_policy_is_shown_with_everything_in_its_file() -> None:
    assert whole(LISTED) == (
        "warning[policy/told]: Services say what they do\n"
        "\n"
        "Say `description` at the service.\n"
        "\n"
        "file       policies/told.yaml, which varve ships\n"
        "about      every service\n"
        "require    has(service.description)\n"
        "asked      by frameworks\n"
        "waivable   yes\n"
        "evidence   design\n"
        "not shown  that it is true\n"
        "cwe        CWE-1059\n"
        "supports   soc2 CC2.2, CC7.4\n"
        "supports   house H1\n"
    )


def test_parameters_are_shown_with_their_values() -> None:
    policy = POLICY._replace(parameters={"teams": ["a", "é"], "most": 5})
    assert 'parameter  teams: ["a", "é"]\nparameter  most: 5\nasked' in whole(LISTED._replace(policy=policy))
    assert standard.loads(as_json([LISTED._replace(policy=policy)]))[0]["parameters"] == policy.parameters


def test_a_long_parameter_is_cut_and_a_credential_is_masked() -> None:
    long = whole(LISTED._replace(policy=POLICY._replace(parameters={"directory": ["ada@acme.example"] * 99})))
    lines = [line for line in long.splitlines() if "ada@" in line]
    assert len(lines) == 4
    assert lines[-1].endswith(" …")
    token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    assert token not in whole(LISTED._replace(policy=POLICY._replace(parameters={"x": token})))


def test_a_policy_on_diagnostics_names_their_rules() -> None:
    counting = POLICY._replace(require="", message="", rules=("read/syntax", "check/bad-promql"), limits="", cwe=())
    text = whole(Listed(counting, "nowhere", {}, shipped=False))
    assert "rule      read/syntax\nrule      check/bad-promql\n" in text
    assert "require" not in text
    assert "not shown" not in text


def test_a_long_expression_takes_several_lines() -> None:
    text = whole(LISTED._replace(policy=POLICY._replace(match=" || ".join(["service.id == 'checkout'"] * 5))))
    lines = [line for line in text.splitlines() if "checkout" in line]
    assert len(lines) > 1
    assert [line[:11].strip() for line in lines] == ["match", *[""] * (len(lines) - 1)]
    assert max(map(len, text.splitlines())) <= 88


def test_the_scope_of_changes_is_singular() -> None:
    assert "about      a change\n" in whole(LISTED._replace(policy=POLICY._replace(scope=Scope.CHANGE)))


def test_no_text_of_a_policy_moves_a_cursor() -> None:
    text = whole(LISTED._replace(policy=POLICY._replace(title="\x1b[2J", remediation="::error::x", limits="\x9b1m")))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\n::error" not in text
