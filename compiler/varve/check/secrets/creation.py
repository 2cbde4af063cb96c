"""Whether SOPS would seal a new file for the recipients that the platform names, according to `.sops.yaml`."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Final, NamedTuple, cast

from varve.language import regex
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.read.reading import Reading
from varve.read.sealed.file import Holder, holder
from varve.resolve import custody
from varve.resolve.custody import Custody

CREATION_RULE = Rule(
    "check/creation-rule",
    "`.sops.yaml` names other recipients than the platform",
    "SOPS takes the recipients of a new file, and those that `sops updatekeys` writes, from the first rule of "
    "`.sops.yaml` whose `path_regex` matches part of the file's path. If that rule names other keys than "
    "`platform.secrets.recipients`, the next file that somebody seals is refused. Name the same keys in both.",
    Severity.WARNING,
)

PATH: Final = ".sops.yaml"
_STEM: Final = ".sops"
_WHERE: Final = "platform.secrets.recipients"
_UNGROUPED: Final = ("age", "kms", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri", "pgp")
_GROUPED: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "age": ("{}", ()),
    "pgp": ("{}", ()),
    "hc_vault": ("{}", ()),
    "kms": ("{}", ("arn",)),
    "gcp_kms": ("{}", ("resource_id",)),
    "azure_keyvault": ("{}/keys/{}/{}", ("vaultUrl", "key", "version")),
}


class _Rule(NamedTuple):
    """A creation rule: its position, the pattern of its paths, and who can open what it seals."""

    position: int
    pattern: str
    custody: Custody


def check(reading: Reading, paths: Sequence[str], environments: Sequence[Environment], report: Report) -> None:
    """Warn of rules in the repository's `.sops.yaml` that would seal a file at one of `paths` for other recipients."""
    document = reading.find(_STEM)
    if document is None or document.value is None:
        return
    rules = list(_rules(document.value, report))
    expected_for = cache(partial(_expected, environments))
    for path in paths:
        rule = next((each for each in rules if regex.finds(each.pattern, path)), None)
        expected = expected_for(holder(path))
        if rule and expected and not expected.is_as(rule.custody):
            place = Place(document.path, ("creation_rules", rule.position))
            message = f"SOPS would seal `{path}` for other recipients than the platform names"
            report.add(CREATION_RULE, message, place, hint=f"name the keys that `{_WHERE}` has for it")


def _expected(environments: Sequence[Environment], owner: Holder | None) -> Custody | None:
    readers = custody.environments_of(owner, environments) if owner else []
    if owner is None or not readers or any(custody.recipients_setting(each) is None for each in readers):
        return None
    return custody.custody(owner, readers)


def _rules(value: Map, report: Report) -> Iterator[_Rule]:
    listed = value.get("creation_rules")
    for index, each in enumerate(listed if isinstance(listed, list) else []):
        pattern = each.get("path_regex", "") if isinstance(each, dict) else ""
        fault = regex.fault(pattern) if isinstance(pattern, str) else "it is not a string"
        if fault:
            place = Place(PATH, ("creation_rules", index))
            report.add(CREATION_RULE, f"`path_regex` cannot be read: {fault}", place, hint="correct the pattern")
        elif isinstance(each, dict):
            yield _Rule(index, cast("str", pattern), _custody(each))


def _custody(rule: Map) -> Custody:
    listed = rule.get("key_groups")
    if not isinstance(listed, list) or not listed:  # SOPS ignores an empty list of groups
        return Custody((frozenset(key for name in _UNGROUPED for key in _listed_keys(rule.get(name))),), 1)
    groups = tuple(frozenset(_group_keys(each)) for each in listed if isinstance(each, dict))
    threshold = rule.get("shamir_threshold") or len(groups)
    return Custody(groups, threshold if isinstance(threshold, int) and len(groups) > 1 else 1)


def _group_keys(group: Map) -> Iterator[str]:
    for name, (form, fields) in _GROUPED.items():
        listed = group.get(name)
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and fields:
                yield form.format(*(str(each.get(field, "")).rstrip("/") for field in fields))
            else:
                yield str(each)


def _listed_keys(value: Value) -> Iterator[str]:
    """The keys of a rule without groups, in a list or separated by commas."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield from (part.strip() for part in each.split(",") if part.strip())
