"""Checks and reads frameworks, the files that list controls and the policies that support them."""

from collections.abc import Iterator, Mapping
from typing import cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.policy import Control, Framework, Policy
from varve.model.source import Document, Map
from varve.policy.definition import Checking, is_named

UNKNOWN_POLICY = Rule(
    "policy/unknown-policy",
    "Unknown policy",
    "A policy is a file below `policies/`, the repository's own or one that varve ships, and has the name of its "
    "file. A name without a file requires nothing, waives nothing and supports no control.",
)
UNKNOWN_CONTROL = Rule(
    "policy/unknown-control",
    "Unknown control",
    "`controls` of a policy names frameworks, which are files in `policies/frameworks/`, and controls that they "
    "list. Support for a control that no framework has would appear in no report.",
)
REPEATED_CONTROL = Rule(
    "policy/repeated-control",
    "Control is listed twice",
    "Reports and policies name a control by its number, so each has one entry. Merge the checks of the two.",
)


def framework(document: Document, report: Report) -> Framework | None:
    """The framework in a file, or None if it is not valid, which is reported."""
    if document.value is None or not schema.check("framework", document.value, in_document(document), report):
        return None
    diagnostics = Report()
    is_named(document, diagnostics)
    made = _framework(document.path, document.value)
    seen: dict[str, int] = {}
    for position, control in enumerate(made.controls):
        if seen.setdefault(control.id, position) != position:
            keys = ("controls", position, "id")
            Checking(document, diagnostics).diagnose(
                REPEATED_CONTROL, f"`{control.id}` is listed twice", keys, "merge the two"
            )
    report.extend(diagnostics)
    return None if diagnostics.broken else made


def _framework(path: str, value: Map) -> Framework:
    controls = [
        Control(
            cast("str", each["id"]),
            cast("str", each["title"]),
            tuple(cast("list[str]", each["checks"])),
            cast("str", each.get("limits", "")),
        )
        for each in cast("list[Map]", value["controls"])
    ]
    return Framework(
        cast("str", value["id"]),
        path,
        cast("str", value["title"]),
        Severity(value["severity"]),
        cast("str", value["limits"]),
        tuple(controls),
        cast("dict[str, str]", value.get("unchecked", {})),
    )


def check_policies(document: Document, made: Framework, known: Mapping[str, object], report: Report) -> None:
    """Report every policy that a framework names and that is not in `known`."""
    for position, control in enumerate(made.controls):
        for place, check in enumerate(control.checks):
            if check not in known:
                keys = ("controls", position, "checks", place)
                Checking(document, report).unknown(UNKNOWN_POLICY, "there is no policy", known, keys, check)


def with_declared_support(
    frameworks: Mapping[str, Framework], policies: Mapping[str, Policy], report: Report
) -> dict[str, Framework]:
    """The frameworks, with the policies added to the checks of the controls that they name in `controls`."""
    made = dict(frameworks)
    for policy in policies.values():
        for id_, control in _declared(policy, frameworks, report):
            made[id_] = made[id_]._replace(controls=tuple(_with(policy.id, control, made[id_].controls)))
    return made


def _declared(policy: Policy, frameworks: Mapping[str, Framework], report: Report) -> Iterator[tuple[str, str]]:
    checking = Checking(Document(policy.file, None), report)
    for id_, numbers in policy.controls.items():
        if id_ not in frameworks:
            checking.unknown(UNKNOWN_CONTROL, "there is no framework", frameworks, ("controls", id_))
            continue
        known = {each.id: each for each in frameworks[id_].controls}
        for position, number in enumerate(numbers):
            if number in known:
                yield id_, number
            else:
                keys = ("controls", id_, position)
                checking.unknown(UNKNOWN_CONTROL, f"`{id_}` has no control", known, keys, number)


def _with(policy: str, number: str, controls: tuple[Control, ...]) -> Iterator[Control]:
    for each in controls:
        adds = each.id == number and policy not in each.checks
        yield each._replace(checks=(*each.checks, policy)) if adds else each
