"""`policies/settings`: which policies a repository chooses or switches off, their parameters and severities."""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.check.shape.wording import WRONG_KIND
from varve.model.diagnostic import Report, Severity
from varve.model.policy import Framework, Policy
from varve.model.source import Document, Map, Value
from varve.policy.choice import UNKNOWN_FRAMEWORK
from varve.policy.definition import UNKNOWN_PARAMETER, Checking
from varve.policy.framework import UNKNOWN_POLICY

# A boolean is an int to Python, so it comes first. Lists and maps are one kind: `in` works on both.
_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list or a map",
    dict: "a list or a map",
}


class Chosen(NamedTuple):
    """Policies and frameworks with the settings applied, the ids of chosen policies, and severities by policy."""

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
    """Policies and frameworks with the settings applied; unknown names and parameters in the settings are reported.

    `known` has the ids of all policies, broken ones too.
    """
    if document is None or document.value is None:
        return Chosen(policies, frameworks)
    if not schema.check("policies", document.value, in_document(document), report):
        return Chosen(policies, frameworks)
    listed = cast("dict[str, Map]", document.value.get("policies", {}))
    checking = Checking(document, report)
    for id_ in sorted(listed.keys() - known.keys()):
        if id_ in frameworks:
            hint = f"hold tenants to it: `tenant: {{compliance: [{id_}]}}` in their grants"
            checking.diagnose(UNKNOWN_POLICY, f"`{id_}` is a framework, not a policy", ("policies", id_), hint, "key")
        else:
            checking.unknown(UNKNOWN_POLICY, "there is no policy", known, ("policies", id_))
    disabled = {id_ for id_, each in listed.items() if each.get("enabled") is False}
    enabled = {id_: policy for id_, policy in policies.items() if id_ not in disabled}
    return Chosen(
        {id_: _set(policy, listed[id_], checking) if id_ in listed else policy for id_, policy in enabled.items()},
        _with_severities(frameworks, cast("dict[str, Map]", document.value.get("frameworks", {})), checking),
        frozenset(listed.keys() & enabled.keys()),
        {id_: Severity(each["severity"]) for id_, each in listed.items() if "severity" in each},
    )


def _with_severities(
    known: Mapping[str, Framework], listed: Mapping[str, Map], checking: Checking
) -> Mapping[str, Framework]:
    rule = UNKNOWN_FRAMEWORK._replace(severity=Severity.ERROR)
    for id_ in sorted(listed.keys() - known.keys()):
        checking.unknown(rule, "there is no framework", known, ("frameworks", id_))
    severities = {id_: Severity(cast("str", each["severity"])) for id_, each in listed.items()}
    return {id_: each._replace(severity=severities.get(id_, each.severity)) for id_, each in known.items()}


def _set(policy: Policy, settings: Map, checking: Checking) -> Policy:
    given = cast("Map", settings.get("parameters", {}))
    for word in sorted(given):
        keys = ("policies", policy.id, "parameters", word)
        if word not in policy.parameters:
            checking.unknown(UNKNOWN_PARAMETER, f"`{policy.id}` has no parameter", policy.parameters, keys)
        elif policy.parameters[word] is not None and _kind(given[word]) != _kind(policy.parameters[word]):
            # With a value of another kind, the policy could not be evaluated on any subject.
            message = f"this is {_kind(given[word])} but `{policy.id}` needs {_kind(policy.parameters[word])}"
            checking.diagnose(WRONG_KIND, message, keys, f"write {_kind(policy.parameters[word])}")
    severity = Severity(settings["severity"]) if "severity" in settings else policy.severity
    return policy._replace(severity=severity, parameters={**policy.parameters, **given})


def _kind(value: Value) -> str:
    """The kind of a value, in the words of a message."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "nothing")
