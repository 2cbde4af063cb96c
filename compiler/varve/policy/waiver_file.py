"""Checks and reads `policies/waivers`."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.language import name
from varve.model.diagnostic import Place, Report, Rule
from varve.model.policy import Policy, Waiver
from varve.model.source import Document, Keys, Map
from varve.policy.definition import BAD_PATH, Checking
from varve.policy.framework import UNKNOWN_POLICY

BAD_DATE = Rule(
    "policy/bad-date",
    "Not a date",
    "Dates are written as year, month and day: `2026-11-01`. A waiver must not end before the day on which it starts.",
)
LONG_WAIVER = Rule(
    "policy/long-waiver",
    "Waiver lasts longer than 90 days",
    "A waiver is a debt with a due date. A waiver without an end is a decision to drop the policy, and that belongs "
    "in `policies/settings`, where everybody sees it. Grant a waiver for 90 days at most, and decide again then.",
)
NOT_WAIVABLE = Rule(
    "policy/not-waivable",
    "Policy cannot be waived",
    "A policy with `waivable: false` guards against what cannot be undone, such as a credential in plain text. One "
    "with `rules` counts varve's own diagnostics, which a waiver does not remove. Fix what was found.",
)

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHANGE: Final = re.compile(r"[0-9a-f]{12}")
_LONGEST: Final = 90  # days


def waivers(
    document: Document | None, policies: Mapping[str, Policy], known: Mapping[str, object], report: Report
) -> tuple[Waiver, ...]:
    """The valid waivers of a file; others are reported. `known` has the ids of all policies, broken ones too."""
    if document is None or document.value is None:
        return ()
    if not schema.check("waivers", document.value, in_document(document), report):
        return ()
    checking = Checking(document, report)
    entries = cast("list[Map]", document.value["waivers"])
    found = (_waiver(checking, each, ("waivers", position)) for position, each in enumerate(entries))
    return tuple(each for each in found if each and _is_valid(checking, each, policies, known))


def _waiver(checking: Checking, value: Map, keys: Keys) -> Waiver | None:
    granted, until = (_date(checking, cast("str", value[key]), (*keys, key)) for key in ("granted", "until"))
    path = _path(cast("str", value.get("path", "")))
    if path is None:
        checking.diagnose(
            BAD_PATH, f"`{value['path']}` is not a valid path", (*keys, "path"), "write it as `services.checkout`"
        )
    if granted is None or until is None or path is None:
        return None
    return Waiver(
        cast("str", value["policy"]),
        cast("str | None", value.get("tenant")),
        cast("str | None", value.get("environment")),
        path,
        cast("str", value["reason"]),
        cast("str", value["owner"]),
        granted,
        until,
        Place(checking.document.path, keys),
    )


def _path(text: str) -> Keys | None:
    """The path of a waiver; twelve digits of a commit's id, which name a change, need not be a path."""
    return (text,) if _CHANGE.fullmatch(text) else name.keys(text)


def _date(checking: Checking, text: str, keys: Keys) -> date | None:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    checking.diagnose(BAD_DATE, f"`{text}` is not a date", keys, "write it as `2026-11-01`")
    return None


def _is_valid(checking: Checking, waiver: Waiver, policies: Mapping[str, Policy], known: Mapping[str, object]) -> bool:
    before = len(checking.report)
    keys = waiver.place.keys
    days = (waiver.until - waiver.granted).days
    if days < 0:
        checking.diagnose(BAD_DATE, "the waiver ends before it begins", (*keys, "until"), "write a later day")
    if days > _LONGEST:
        hint = f"end it after {_LONGEST} days at most, and decide again then"
        checking.diagnose(LONG_WAIVER, f"the waiver lasts {days} days", (*keys, "until"), hint)
    if waiver.policy not in known:
        checking.unknown(UNKNOWN_POLICY, "there is no policy", known, (*keys, "policy"), waiver.policy)
    elif waiver.policy in policies and not policies[waiver.policy].waivable:
        message = f"`{waiver.policy}` cannot be waived"
        checking.diagnose(NOT_WAIVABLE, message, (*keys, "policy"), "fix what it found, and remove the waiver")
    return len(checking.report) == before
