"""Whether sealed files can be opened by the recipients that the platform names, and by nobody else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from varve.language import recipient
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Keys
from varve.model.unit import Environment
from varve.read import plain
from varve.read.sealed.file import Sealed
from varve.resolve import custody
from varve.resolve.custody import Custody
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

NO_RECIPIENTS = Rule(
    "check/no-recipients",
    "Recipients of sealed files are not set",
    "Whose keys open a file is recorded in the file itself, and SOPS does not protect that record: whoever may "
    "change the file may add a key. So the platform sets it, in files that tenants cannot change: "
    "`platform.secrets.recipients` lists the keys of each tenant, those of the platform, and recovery keys.",
)
UNSOUND_RECIPIENTS = Rule(
    "check/unsound-recipients",
    "Recipients do not keep secrets apart or cannot recover them",
    "Each tenant has its own keys, which neither another tenant nor the platform has: what renders one tenant's "
    "secrets can then open nobody else's. Only recovery keys open everything, and the quorum cannot be larger than "
    "their number.",
)
WRONG_RECIPIENTS = Rule(
    "check/wrong-recipients",
    "Sealed file has the wrong recipients",
    "The recipients of a file are exactly those of its holder in `platform.secrets.recipients`: with one more, a "
    "stranger reads the secrets; with one fewer, a deployment or a recovery fails when it is needed. A file for one "
    "environment has that environment's keys, any other the keys of all. Set the same recipients in `.sops.yaml`, "
    "and run `varve secrets rotate`; whoever could open the file may still know what it held, so replace its secrets "
    "too.",
)

_METADATA = "sops"
_kind = lru_cache(maxsize=1024)(recipient.kind)  # the same few recipients can open every file


def check_recipients_set(environments: Iterable[Environment], report: Report) -> None:
    """Report that the platform does not set any recipients, for repositories with sealed files.

    Environments that would set them in the same file are reported together.
    """
    unset = defaultdict(list)
    for each in environments:
        if custody.recipients_setting(each) is None:
            unset[origin(each.stack, ("platform", "secrets"))].append(f"`{each.name}`")
    for (place, history), names in unset.items():
        message = f"the recipients of the sealed files of {', '.join(names)} are not set"
        hint = "let the platform set `platform.secrets.recipients`"
        report.add(NO_RECIPIENTS, message, place, *history, hint=hint)


def check_platform(environment: Environment, report: Report) -> None:
    """Report recipients in the platform's own map that cannot keep secrets apart or recover them."""
    recipients = custody.recipients_setting(environment)
    if recipients is None:
        return
    reporter, at = ValueReporter(environment.stack, report), ("platform", "secrets", "recipients")
    by_key = defaultdict(list)
    for keys, key in _named_recipients(environment):
        by_key[key].append(keys)
    for places in by_key.values():
        for keys in places[1:]:
            twice = keys[:-1] == places[0][:-1]
            message = "a recipient is named twice" if twice else "a recipient is named for two holders of secrets"
            hint = "name it once" if twice else "make a key for each of them"
            reporter.at((*at, *keys), UNSOUND_RECIPIENTS, message, hint=hint)
    recovery = custody.recovery(environment)
    if recovery.quorum > len(recovery.keys) > 0:
        message = f"the recovery quorum is {recovery.quorum} but the number of recovery keys is {len(recovery.keys)}"
        reporter.at(
            (*at, "recovery", "quorum"), UNSOUND_RECIPIENTS, message, hint="name more keys, or lower the quorum"
        )


def _named_recipients(environment: Environment) -> Iterator[tuple[Keys, str]]:
    """Every recipient that the platform names, with its place."""
    tenants = (custody.recipients_setting(environment) or {}).get("tenants", {})
    for tenant in tenants if isinstance(tenants, dict) else ():
        yield from (
            (("tenants", tenant, index), key) for index, key in enumerate(custody.own_keys(environment, tenant))
        )
    yield from ((("platform", index), key) for index, key in enumerate(custody.own_keys(environment, None)))
    yield from ((("recovery", "keys", index), key) for index, key in enumerate(custody.recovery(environment).keys))


def check(sealed: Sealed, environments: Sequence[Environment], report: Report) -> None:
    """Report recipients of `sealed` that must not open it, and those that must and cannot.

    `environments` are all that there are. Where the platform sets no recipients, only age keys may open a file.
    """
    holder = sealed.holder
    file = _FileReport(sealed, report)
    if holder is None or not is_judged(sealed, environments):
        _require_age(file)
        return
    readers = custody.environments_of(holder, environments)
    expected = custody.custody(holder, readers)
    if expected is None:
        message = "no file can be sealed for all environments: their recovery quorums differ"
        file.at((), message, f"seal one for each environment, in `{_folder(sealed)}`")
    elif not custody.all_own_keys(holder, readers):
        message = f"the platform names no recipient for {'the platform' if holder.tenant is None else 'this tenant'}"
        file.at((), message, "let the platform set `platform.secrets.recipients`")
    else:
        _compare(file, expected, Custody(sealed.metadata.groups, sealed.metadata.threshold))


def is_judged(sealed: Sealed, environments: Sequence[Environment]) -> bool:
    """Whether at least one environment reads the file, and the platform sets recipients in each that does."""
    readers = custody.environments_of(sealed.holder, environments) if sealed.holder else []
    return bool(readers) and all(custody.recipients_setting(each) is not None for each in readers)


class _FileReport(NamedTuple):
    """A sealed file, and the report for its diagnostics."""

    sealed: Sealed
    report: Report

    def at(self, keys: Keys, message: str, hint: str) -> None:
        place = Place(self.sealed.path, (_METADATA, *keys), "key", sealed=True)
        self.report.add(WRONG_RECIPIENTS, message, place, hint=hint)


def _folder(sealed: Sealed) -> str:
    return sealed.path.rpartition("/")[0] + "/<environment>/"


def _require_age(file: _FileReport) -> None:
    others = [key for group in file.sealed.metadata.groups for key in group if _kind(key) != "age"]
    for key in sorted(others):
        message = f"`{_shown(key)}` can open the file but is not named as a recipient"
        file.at((), message, "let the platform name it in `platform.secrets.recipients`")


def _shown(key: str) -> str:
    """A recipient as a message shows it: one of age's native kind in full, because people compare them."""
    return key if recipient.is_native(key) else plain.show(key)


def _compare(file: _FileReport, expected: Custody, found: Custody) -> None:
    hint = "run `varve secrets rotate`"
    for key in sorted(found.recipients - expected.recipients):
        file.at((), f"`{_shown(key)}` can open the file but must not", hint + ", and replace what the file held")
    for key in sorted(expected.recipients - found.recipients):
        file.at((), f"`{_shown(key)}` cannot open the file but must", hint)
    if expected.recipients == found.recipients and not expected.is_as(found):
        groups = f"{expected.threshold} of {len(expected.groups)} groups of keys"
        needed = groups if expected.threshold > 1 else "any one of its keys"
        file.at((), f"the file must require {needed} to open it but does not", hint)
