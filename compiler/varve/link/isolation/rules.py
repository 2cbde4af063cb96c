"""A rule file of a tenant: every expression reads only its series, every rule sets `tenant`, no text has a query."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, cast

from varve.language import gotemplate
from varve.language.cache_key import IdentityKey
from varve.language.fault import quote
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach, File, Name, Proof, is_own
from varve.link.isolation.expression import foreign_expression
from varve.link.isolation.shape import TEXT, TEXTS, Shape, maps, misshapen, under
from varve.model.source import Keys, Map, Value

_RULE: Final[Shape] = {
    **dict.fromkeys(("alert", "record", "expr", "for", "keep_firing_for"), TEXT),
    **dict.fromkeys(("labels", "annotations"), TEXTS),
}
_SHAPE: Final[Shape] = {
    "groups": [
        {
            **dict.fromkeys(("name", "interval", "query_offset", "limit"), TEXT),
            "labels": TEXTS,
            "rules": [_RULE],
        }
    ]
}

_SERVER_NAMES: Final = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE"})
_SCRAPE_PREFIX: Final = "scrape_"
_PACK_PREFIX: Final = "varve_"
# An action with no brace beside it, no comment and only plain strings: so it begins and ends where it seems to.
_ACTION: Final = re.compile(r"""((?<!\{)\{\{[^{}"'`*]*+(?:"[^{}"'`*\\\n]*+"[^{}"'`*]*+|)*+\}\})""")
_SHORT: Final = 2048  # so few characters around the actions do not matter for the length of the output
_RAW: Final = "raw"
_PACK: Final = 2  # the position of the pack in a group's name, after the tenant and the service


def prove(file: File) -> Proof:
    """What is proven of a rule file, or its breaches."""
    return _prove(file.tenant, IdentityKey(file.value), raw=_RAW in file.steps[1:-1])


# A tenant's environments are proven one after another, and most of its files are the same in all of them.
@lru_cache(maxsize=64)
def _prove(tenant: str, file: IdentityKey[Value], *, raw: bool) -> Proof:
    if wrong := misshapen(file.value, _SHAPE):
        return Proof(wrong)
    value = cast("Map", file.value or {})
    groups = maps(value, "groups")
    breaches = tuple(
        each
        for index, group in enumerate(groups)
        for each in _group_breaches(tenant, group, ("groups", index), raw=raw)
    )
    rules = [rule for group in groups for rule in maps(group, "rules")]
    return Proof(
        breaches,
        tuple(Name("rule group", str(group.get("name")), ("groups", at, "name")) for at, group in enumerate(groups)),
        rules=len(rules),
    )


def _group_breaches(tenant: str, group: Map, at: Keys, *, raw: bool) -> Iterator[Breach]:
    if not is_own(group.get("name"), tenant):
        yield Breach("a rule group is not named after its tenant", (*at, "name"))
    if under(group, "labels").get(LABEL, tenant) != tenant:
        yield Breach(f"the labels of a rule group set another `{LABEL}`", (*at, "labels", LABEL))
    from_pack = not raw and len(str(group.get("name")).split("/")) > _PACK
    for index, rule in enumerate(maps(group, "rules")):
        place = (*at, "rules", index)
        yield from _rule_breaches(tenant, rule, place)
        yield from _reserved_name_breaches(rule, place, from_pack=from_pack)
        yield from _text_breaches(group, rule, place)


def _rule_breaches(tenant: str, rule: Map, at: Keys) -> Iterator[Breach]:
    if len([key for key in ("alert", "record") if isinstance(rule.get(key), str) and rule[key]]) != 1:
        yield Breach("a rule is neither an alert nor a recording", at)
    if under(rule, "labels").get(LABEL) != tenant:
        yield Breach(f"{_name(rule)} does not set its own `{LABEL}`", (*at, "labels"))
    expr = rule.get("expr")
    reason = foreign_expression(expr, tenant) if isinstance(expr, str) else None
    if reason or expr is None or isinstance(expr, bool):
        yield Breach(f"the expression of {_name(rule)} {reason or 'is missing'}", (*at, "expr"))


def _name(rule: Map) -> str:
    return quote(str(rule.get("alert") or rule.get("record") or "a rule"))


def _reserved_name_breaches(rule: Map, at: Keys, *, from_pack: bool) -> Iterator[Breach]:
    """A recording under a name that servers or varve write, and that quotas and alerts read."""
    name = str(rule.get("record", ""))
    if name in _SERVER_NAMES or name.startswith(_SCRAPE_PREFIX) or (name.startswith(_PACK_PREFIX) and not from_pack):
        yield Breach(f"{_name(rule)} records under a name reserved for the platform", (*at, "record"))


def _text_breaches(group: Map, rule: Map, at: Keys) -> Iterator[Breach]:
    """The texts of an alert, all templates for Prometheus, that are not valid or use more than the alert's data."""
    if "alert" not in rule:
        return
    for field in ("labels", "annotations"):
        texts = {**under(group, field), **under(rule, field)} if field == "labels" else under(rule, field)
        for key, text in texts.items():
            if wrong := _text_fault(text):
                yield Breach(
                    f"the {field[:-1]} `{key}` of {_name(rule)} is not a valid text: {wrong}", (*at, field, key)
                )


def _text_fault(text: Value) -> str | None:
    """What is wrong with a text; mostly only its actions are checked, which are the same in many texts."""
    if not isinstance(text, str) or "{{" not in text:
        return None
    parts = _ACTION.split(text)
    whole = len(text) > _SHORT or "{{" in "".join(parts[::2])
    return _template_fault(text if whole else "".join(parts[1::2]))


@lru_cache(maxsize=1 << 13)
def _template_fault(text: str) -> str | None:
    wrong = gotemplate.fault(text)
    return wrong.message if wrong else None
