"""A file that says a policy: is it whole, and what does it say."""

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
    "A policy or a framework has another id than its file",
    "Settings, waivers, frameworks and reports name it by its id, and whoever looks for it looks for a file of that "
    "name. With two names one of them would lead nowhere: rename the file, or write its name at `id`.",
)
TAKEN_ID = Rule(
    "policy/taken-id",
    "A policy has the name of one of varve's own rules",
    "What a policy finds is reported as `policy/<id>`. A few of these codes are varve's own, for what is wrong with "
    "policies themselves, and a code must mean one thing. Give the policy another name.",
)
INCOMPLETE = Rule(
    "policy/incomplete",
    "A policy does not say what it judges",
    "A policy says either what must be true of everything in its scope, with `require` and the `message` where it is "
    "not, or which of varve's own `rules` must not be reported of a unit, a platform or a change. With neither it "
    "judges nothing, and with both it could not be said which of them failed.",
)
NO_EXAMPLE = Rule(
    "policy/no-example",
    "A policy is not shown to work",
    "A policy that lets everything pass looks just like a repository in which all is well. So each brings examples, of "
    "what it lets pass and of what it does not, and `varve policy test` judges them. Write at least one with "
    "`pass` and one with `fail`.",
)
BAD_PATH = Rule(
    "policy/bad-path",
    "A text is no path to a value",
    'Paths are written as varve prints them: `services.checkout`, `labels["a key"]` for keys that are not plain, '
    "`[0]` for positions in a list. The path `at` of a policy begins below what the policy is asked about.",
)
UNKNOWN_VARIABLE = Rule(
    "policy/unknown-variable",
    "An example says something that its scope does not have",
    "The variables of a policy are those of its scope, so a misspelt one would stand in the example and never be "
    "looked at, and the example would show less than it seems to.",
)
UNKNOWN_PARAMETER = Rule(
    "policy/unknown-parameter",
    "A policy has no such parameter",
    "`policies/settings` and examples may replace the parameters that a policy has, under their own names. One "
    "that it has not would be read by nobody.",
)

_OWN: Final = frozenset({Scope.UNIT, Scope.PLATFORM, Scope.CHANGE})
_ASKING: Final = ("match", "require", "at", "message", "parameters", "examples")
_KINDS: Final[Mapping[str, bool]] = {"pass": True, "fail": False}


class Judging(NamedTuple):
    """A file that is being judged, and the report that hears what is wrong with it."""

    document: Document
    report: Report

    def say(self, rule: Rule, message: str, keys: Keys, hint: str, on: On = "value") -> None:
        """Report something of the value at `keys`."""
        self.report.say(rule, message, Place(self.document.path, keys, on), hint=hint)

    def meant(self, rule: Rule, what: str, known: Mapping[str, object], keys: Keys, word: str = "") -> None:
        """Report that something, as `what` says, has no `word`, or else no such key; and which was meant."""
        on: On = "value" if word else "key"
        word = word or str(keys[-1])
        near = name.nearest(word, known)
        listed = f"known: {', '.join(f'`{each}`' for each in sorted(known)[:9])}" if known else "take it out"
        self.say(rule, f"{what} `{word}`", keys, f"did you mean `{near}`?" if near else listed, on)


def is_named(document: Document, report: Report) -> bool:
    """Whether a file that has an id is called so."""
    stem = posixpath.splitext(posixpath.basename(document.path))[0]
    id_ = cast("Map", document.value)["id"]
    if id_ != stem:
        hint = f"write `id: {stem}`, or rename the file"
        Judging(document, report).say(OTHER_ID, f"`{id_}` is written in a file named `{stem}`", ("id",), hint)
    return id_ == stem


def policy(document: Document, taken: frozenset[str], report: Report) -> Policy | None:
    """The policy that a file says, or None where it is not whole, which is reported; no id may be one of `taken`."""
    said = Report()
    if document.value is None or not schema.check("policy", document.value, in_document(document), report):
        return None
    judging = Judging(document, said)
    is_named(document, said)
    _judge_id(judging, document.value, taken)
    _judge_kind(judging, document.value)
    if "rules" not in document.value:
        _judge_examples(judging, document.value)
    report.extend(said)
    return None if said.broken else _policy(document.path, document.value)


def _judge_id(judging: Judging, value: Map, taken: frozenset[str]) -> None:
    if value["id"] in taken:
        message = f"`policy/{value['id']}` is a rule of varve's own"
        judging.say(TAKEN_ID, message, ("id",), "give the policy another name")


def _judge_kind(judging: Judging, value: Map) -> None:
    if "at" in value:
        _judge_at(judging, cast("str", value["at"]), cast("str", value["scope"]))
    if "rules" not in value:
        for key in ("require", "message"):
            if key not in value:
                judging.say(INCOMPLETE, f"the policy has no `{key}`", (), f"say `{key}`, or `rules` instead")
        return
    for key in _ASKING:
        if key in value:
            judging.say(INCOMPLETE, f"the policy has `rules`, and `{key}` too", (key,), "take one of them out", "key")
    if Scope(value["scope"]) not in _OWN:
        message = f"`rules` are not reported of a `{value['scope']}`"
        judging.say(INCOMPLETE, message, ("scope",), "write `unit`, `platform` or `change`")


def _judge_at(judging: Judging, at: str, scope: str) -> None:
    keys = name.keys(at)
    if not keys:
        judging.say(BAD_PATH, f"`{at}` is no path", ("at",), "write it as `labels.team`")
    elif keys[0] == scope:
        below = name.dotted(keys[1:])
        hint = f"write `at: {below}`" if below else "take it out: it is what is asked about"
        judging.say(BAD_PATH, f"`{at}` begins with `{scope}`, below which it is looked for", ("at",), hint)


def _judge_examples(judging: Judging, value: Map) -> None:
    examples = cast("list[Map]", value.get("examples", []))
    for kind, shown in (("pass", "lets pass"), ("fail", "does not let pass")):
        if not any(kind in each for each in examples):
            hint = f"write an example with `{kind}`"
            judging.say(NO_EXAMPLE, f"there is no example of what `{value['id']}` {shown}", ("examples",), hint, "key")
    for position, example in enumerate(examples):
        _judge_example(judging, value, example, ("examples", position))


def _judge_example(judging: Judging, value: Map, example: Map, keys: Keys) -> None:
    kinds = [kind for kind in _KINDS if kind in example]
    if len(kinds) != 1:
        judging.say(INCOMPLETE, f"the example `{example['name']}` says neither or both", keys, "say `pass` or `fail`")
        return
    variables = VARIABLES[Scope(value["scope"])]
    data = cast("Map", example[kinds[0]])
    for word in sorted(data.keys() - variables.keys()):
        judging.meant(UNKNOWN_VARIABLE, f"`{value['scope']}` has no variable", variables, (*keys, kinds[0], word))
    judge_parameters(judging, data.get("params", {}), value, (*keys, kinds[0], "params"))


def judge_parameters(judging: Judging, given: object, known: Map, keys: Keys) -> None:
    """Report each parameter that a policy, `known` by what its file says, does not have."""
    parameters = cast("Map", known.get("parameters", {}))
    for word in sorted((given.keys() if isinstance(given, dict) else set()) - parameters.keys()):
        judging.meant(UNKNOWN_PARAMETER, f"`{known['id']}` has no parameter", parameters, (*keys, word))


def _policy(path: str, value: Map) -> Policy:
    words = {key: cast("str", value.get(key, "")) for key in ("match", "require", "message", "limits")}
    lists = {key: tuple(cast("list[str]", value.get(key, []))) for key in ("cwe", "rules")}
    controls = cast("dict[str, list[str]]", value.get("controls", {}))
    return Policy(
        id=cast("str", value["id"]),
        file=path,
        title=cast("str", value["title"]),
        severity=Severity(value["severity"]),
        scope=Scope(value["scope"]),
        match=words["match"],
        require=words["require"],
        at=name.keys(cast("str", value.get("at", ""))) or (),
        message=words["message"],
        remediation=cast("str", value["remediation"]),
        always=value.get("applies") == "always",
        waivable=bool(value.get("waivable", True)) and "rules" not in value,
        evidence=cast("Evidence", value.get("evidence", "design")),
        limits=words["limits"],
        cwe=lists["cwe"],
        rules=lists["rules"],
        parameters=cast("Map", value.get("parameters", {})),
        examples=tuple(_examples(value)),
        controls={framework: tuple(ids) for framework, ids in controls.items()},
    )


def _examples(value: Map) -> Iterator[Example]:
    """The examples; the parameters are those of the file, whatever a repository's settings say."""
    for position, each in enumerate(cast("list[Map]", value.get("examples", []))):
        kind: Literal["pass", "fail"] = "pass" if "pass" in each else "fail"
        data = cast("Map", each[kind])
        given = {**cast("Map", value.get("parameters", {})), **cast("Map", data.get("params", {}))}
        yield Example(cast("str", each["name"]), _KINDS[kind], {**data, "params": given}, ("examples", position, kind))
