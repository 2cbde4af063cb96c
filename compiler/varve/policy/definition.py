"""Checks and reads the file of one policy."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.language import name
from varve.model.diagnostic import On, Place, Report, Rule, Severity
from varve.model.policy import Evidence, Example, Policy, Scope
from varve.model.source import Document, Keys, Map
from varve.policy.scope import VARIABLES

OTHER_ID = Rule(
    "policy/other-id",
    "Id differs from the name of the file",
    "Settings, waivers, frameworks and reports refer to a policy or a framework by its id, and people look for a "
    "file of that name. Rename the file, or set `id` to its name.",
)
TAKEN_ID = Rule(
    "policy/taken-id",
    "Policy has the name of one of varve's own rules",
    "Findings of a policy are reported as `policy/<id>`. A few of these codes are varve's own, for faults of "
    "policies themselves, and a code must have one meaning. Give the policy another name.",
)
INCOMPLETE = Rule(
    "policy/incomplete",
    "Policy does not define what it judges",
    "A policy defines either what must be true of everything in its scope, with `require` and a `message` for when "
    "it is not, or which of varve's own `rules` must not be reported for a unit, a platform or a change. With "
    "neither it judges nothing, and with both it would be unclear which of them failed.",
)
NO_EXAMPLE = Rule(
    "policy/no-example",
    "Policy has no examples of both kinds",
    "A policy that lets everything pass looks just like a repository without faults. So each policy has examples of "
    "what passes and of what fails, and `varve policy test` judges them. Write at least one with `pass` and one with "
    "`fail`.",
)
BAD_PATH = Rule(
    "policy/bad-path",
    "Not a valid path to a value",
    'Paths are written as varve prints them: `services.checkout`, `labels["a key"]` for keys that are not plain, '
    "`[0]` for positions in a list. The path `at` of a policy starts below what the policy judges.",
)
UNKNOWN_VARIABLE = Rule(
    "policy/unknown-variable",
    "Example has an unknown variable",
    "The variables of a policy are those of its scope, so a misspelt one in an example would be ignored, and the "
    "example would show less than it seems to.",
)
UNKNOWN_PARAMETER = Rule(
    "policy/unknown-parameter",
    "Unknown policy parameter",
    "`policies/settings` and examples may override the parameters that a policy has, by name. A parameter that it "
    "does not have would be ignored.",
)

_MOST_LISTED: Final = 9
_RULE_SCOPES: Final = frozenset({Scope.UNIT, Scope.PLATFORM, Scope.CHANGE})
_EXPRESSION_KEYS: Final = ("match", "require", "at", "message", "parameters", "examples")
_EXPECTED: Final[Mapping[str, bool]] = {"pass": True, "fail": False}


class Checking(NamedTuple):
    """A file that is being checked, and the report for its mistakes."""

    document: Document
    report: Report

    def diagnose(self, rule: Rule, message: str, keys: Keys, hint: str, on: On = "value") -> None:
        """Report a mistake in the value at `keys`."""
        self.report.add(rule, message, Place(self.document.path, keys, on), hint=hint)

    def unknown(self, rule: Rule, what: str, known: Mapping[str, object], keys: Keys, word: str = "") -> None:
        """Report that `what`, as in "there is no policy", has no `word`, by default the last key; with a hint."""
        on: On = "value" if word else "key"
        word = word or str(keys[-1])
        near = name.nearest(word, known)
        listed = f"known: {name.few(sorted(known), _MOST_LISTED)}" if known else "remove it"
        self.diagnose(rule, f"{what} `{word}`", keys, f"did you mean `{near}`?" if near else listed, on)


def is_named(document: Document, report: Report) -> bool:
    """Whether the id in a file is the file's name; if not, it is reported."""
    stem = posixpath.splitext(posixpath.basename(document.path))[0]
    id_ = cast("Map", document.value)["id"]
    if id_ != stem:
        hint = f"write `id: {stem}`, or rename the file"
        Checking(document, report).diagnose(OTHER_ID, f"`{id_}` is the id in a file named `{stem}`", ("id",), hint)
    return id_ == stem


def policy(document: Document, taken: frozenset[str], report: Report) -> Policy | None:
    """The policy in a file, or None if it is not valid, which is reported; its id may not be one of `taken`."""
    diagnostics = Report()
    if document.value is None or not schema.check("policy", document.value, in_document(document), report):
        return None
    checking = Checking(document, diagnostics)
    is_named(document, diagnostics)
    _check_id(checking, document.value, taken)
    _check_kind(checking, document.value)
    if "rules" not in document.value:
        _check_examples(checking, document.value)
    report.extend(diagnostics)
    return None if diagnostics.broken else _policy(document.path, document.value)


def _check_id(checking: Checking, value: Map, taken: frozenset[str]) -> None:
    if value["id"] in taken:
        message = f"`policy/{value['id']}` is one of varve's own rules"
        checking.diagnose(TAKEN_ID, message, ("id",), "give the policy another name")


def _check_kind(checking: Checking, value: Map) -> None:
    if "at" in value:
        _check_at(checking, cast("str", value["at"]), cast("str", value["scope"]))
    if "rules" not in value:
        for key in ("require", "message"):
            if key not in value:
                checking.diagnose(INCOMPLETE, f"the policy has no `{key}`", (), f"set `{key}`, or `rules` instead")
        return
    for key in _EXPRESSION_KEYS:
        if key in value:
            checking.diagnose(
                INCOMPLETE, f"the policy has both `rules` and `{key}`", (key,), "remove one of them", "key"
            )
    if Scope(value["scope"]) not in _RULE_SCOPES:
        message = f"`rules` are not reported for a `{value['scope']}`"
        checking.diagnose(INCOMPLETE, message, ("scope",), "write `unit`, `platform` or `change`")


def _check_at(checking: Checking, at: str, scope: str) -> None:
    keys = name.keys(at)
    if not keys:
        checking.diagnose(BAD_PATH, f"`{at}` is not a valid path", ("at",), "write it as `labels.team`")
    elif keys[0] == scope:
        below = name.dotted(keys[1:])
        hint = f"write `at: {below}`" if below else "remove it: it is what the policy judges"
        checking.diagnose(BAD_PATH, f"`{at}` begins with `{scope}`, but paths are relative to it", ("at",), hint)


def _check_examples(checking: Checking, value: Map) -> None:
    examples = cast("list[Map]", value.get("examples", []))
    for kind, shown in (("pass", "lets pass"), ("fail", "does not let pass")):
        if not any(kind in each for each in examples):
            hint = f"write an example with `{kind}`"
            checking.diagnose(
                NO_EXAMPLE, f"there is no example of what `{value['id']}` {shown}", ("examples",), hint, "key"
            )
    for position, example in enumerate(examples):
        _check_example(checking, value, example, ("examples", position))


def _check_example(checking: Checking, value: Map, example: Map, keys: Keys) -> None:
    kinds = [kind for kind in _EXPECTED if kind in example]
    if len(kinds) != 1:
        checking.diagnose(
            INCOMPLETE,
            f"the example `{example['name']}` needs either `pass` or `fail`",
            keys,
            "set `pass` or `fail`",
        )
        return
    variables = VARIABLES[Scope(value["scope"])]
    data = cast("Map", example[kinds[0]])
    for word in sorted(data.keys() - variables.keys()):
        checking.unknown(UNKNOWN_VARIABLE, f"`{value['scope']}` has no variable", variables, (*keys, kinds[0], word))
    check_parameters(checking, data.get("params", {}), value, (*keys, kinds[0], "params"))


def check_parameters(checking: Checking, given: object, value: Map, keys: Keys) -> None:
    """Report each given parameter that a policy does not have; `value` is the content of the policy's file."""
    parameters = cast("Map", value.get("parameters", {}))
    for word in sorted((given.keys() if isinstance(given, dict) else set()) - parameters.keys()):
        checking.unknown(UNKNOWN_PARAMETER, f"`{value['id']}` has no parameter", parameters, (*keys, word))


def _policy(path: str, value: Map) -> Policy:
    texts = {key: cast("str", value.get(key, "")) for key in ("match", "require", "message", "limits")}
    lists = {key: tuple(cast("list[str]", value.get(key, []))) for key in ("cwe", "rules")}
    controls = cast("dict[str, list[str]]", value.get("controls", {}))
    return Policy(
        id=cast("str", value["id"]),
        file=path,
        title=cast("str", value["title"]),
        severity=Severity(value["severity"]),
        scope=Scope(value["scope"]),
        match=texts["match"],
        require=texts["require"],
        at=name.keys(cast("str", value.get("at", ""))) or (),
        message=texts["message"],
        remediation=cast("str", value["remediation"]),
        always=value.get("applies") == "always",
        waivable=bool(value.get("waivable", True)) and "rules" not in value,
        evidence=cast("Evidence", value.get("evidence", "design")),
        limits=texts["limits"],
        cwe=lists["cwe"],
        rules=lists["rules"],
        parameters=cast("Map", value.get("parameters", {})),
        examples=tuple(_examples(value)),
        controls={framework: tuple(ids) for framework, ids in controls.items()},
    )


def _examples(value: Map) -> Iterator[Example]:
    """The examples, with the parameters of the policy's file, whatever the repository's settings set."""
    for position, each in enumerate(cast("list[Map]", value.get("examples", []))):
        kind: Literal["pass", "fail"] = "pass" if "pass" in each else "fail"
        data = cast("Map", each[kind])
        given = {**cast("Map", value.get("parameters", {})), **cast("Map", data.get("params", {}))}
        yield Example(
            cast("str", each["name"]), _EXPECTED[kind], {**data, "params": given}, ("examples", position, kind)
        )
