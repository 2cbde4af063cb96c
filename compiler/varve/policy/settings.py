"""`policies/settings`: which policies a repository asks for everywhere, with which parameters, and how strictly."""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.check.shape.wording import WRONG_KIND
from varve.model.diagnostic import Report, Severity
from varve.model.policy import Framework, Policy
from varve.model.source import Document, Map, Value
from varve.policy.choice import UNKNOWN_FRAMEWORK
from varve.policy.definition import UNKNOWN_PARAMETER, Judging
from varve.policy.framework import UNKNOWN_POLICY

# A truth value is a number to Python, so it comes first. Of a list and of a map it can be asked alike what is in it.
_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list or a map",
    dict: "a list or a map",
}


class Chosen(NamedTuple):
    """What the settings made of policies and frameworks, what they ask for, and what they say of severities."""

    policies: Mapping[str, Policy]
    frameworks: Mapping[str, Framework]
    ids: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = {}


def chosen(
    document: Document | None,
    policies: Mapping[str, Policy],
    known: Mapping[str, object],
    frameworks: Mapping[str, Framework],
    report: Report,
) -> Chosen:
    """Policies and frameworks as the settings want them; what these say of none is reported.

    `known` are the ids of all policies that there are, also of those that are broken.
    """
    if document is None or document.value is None:
        return Chosen(policies, frameworks)
    if not schema.check("policies", document.value, in_document(document), report):
        return Chosen(policies, frameworks)
    said = cast("dict[str, Map]", document.value.get("policies", {}))
    judging = Judging(document, report)
    for id_ in sorted(said.keys() - known.keys()):
        if id_ in frameworks:
            hint = f"hold tenants to it: `tenant: {{compliance: [{id_}]}}` in their grants"
            judging.say(UNKNOWN_POLICY, f"`{id_}` is a framework, not a policy", ("policies", id_), hint, "key")
        else:
            judging.meant(UNKNOWN_POLICY, "there is no policy", known, ("policies", id_))
    off = {id_ for id_, each in said.items() if each.get("enabled") is False}
    left = {id_: policy for id_, policy in policies.items() if id_ not in off}
    return Chosen(
        {id_: _set(policy, said[id_], judging) if id_ in said else policy for id_, policy in left.items()},
        _as_strict(frameworks, cast("dict[str, Map]", document.value.get("frameworks", {})), judging),
        frozenset(said.keys() & left.keys()),
        {id_: Severity(each["severity"]) for id_, each in said.items() if "severity" in each},
    )


def _as_strict(known: Mapping[str, Framework], said: Mapping[str, Map], judging: Judging) -> Mapping[str, Framework]:
    rule = UNKNOWN_FRAMEWORK._replace(severity=Severity.ERROR)
    for id_ in sorted(said.keys() - known.keys()):
        judging.meant(rule, "there is no framework", known, ("frameworks", id_))
    strict = {id_: Severity(cast("str", each["severity"])) for id_, each in said.items()}
    return {id_: each._replace(severity=strict.get(id_, each.severity)) for id_, each in known.items()}


def _set(policy: Policy, said: Map, judging: Judging) -> Policy:
    given = cast("Map", said.get("parameters", {}))
    for word in sorted(given):
        keys = ("policies", policy.id, "parameters", word)
        if word not in policy.parameters:
            judging.meant(UNKNOWN_PARAMETER, f"`{policy.id}` has no parameter", policy.parameters, keys)
        elif policy.parameters[word] is not None and _kind(given[word]) != _kind(policy.parameters[word]):
            # The policy would not know what to say, of everything that it is asked about.
            message = f"this is {_kind(given[word])} but `{policy.id}` needs {_kind(policy.parameters[word])}"
            judging.say(WRONG_KIND, message, keys, f"write {_kind(policy.parameters[word])}")
    severity = Severity(said["severity"]) if "severity" in said else policy.severity
    return policy._replace(severity=severity, parameters={**policy.parameters, **given})


def _kind(value: Value) -> str:
    """Of what kind a value is, as people say it."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "nothing")
