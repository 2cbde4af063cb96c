"""Checking secrets without any key: used secrets are sealed, for the right recipients, and data keys not too old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Summarised, count, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.check.secrets import copied, creation, custody, replayed, rotation, typed, unsealed, unused, usage
from varve.check.secrets.misshapen import SecretUse
from varve.check.unit import reference
from varve.model.diagnostic import Report
from varve.model.sealing import Sealing
from varve.model.unit import Environment, Selection, Unit
from varve.pipeline import Opened
from varve.read import repository as shape
from varve.read.sealed.file import Sealed, holder
from varve.world.git.repository import Repository
from varve.world.secrets import sealing
from varve.world.snapshot.views import Commit, WorkTree


@dataclass(frozen=True, slots=True)
class Secured(Summarised):
    """The result of a check: the paths of the readable sealed `files`, and how many `secrets` they hold."""

    findings: Findings
    files: tuple[str, ...] = ()
    secrets: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without a newline; empty if there is any error."""
        if self.broken:
            return ""
        if not self.files:
            return "nothing is sealed, and no secret is used"
        held = f"{self.secrets} secret{'' if self.secrets == 1 else 's'}"
        return f"{count(self.files, 'sealed file')} with {held}: sound, for the platform's recipients, and not too old"


class Judged(NamedTuple):
    """The judged sealed `files` of a selection, the opened repository, and where secrets are used in it.

    `environments` are all of them, or none if one is broken; then no file was judged by its recipients.
    """

    files: tuple[Sealed, ...]
    opened: Opened
    environments: tuple[Environment, ...] = ()
    using: tuple[SecretUse, ...] = ()


def check(repository: Repository, selection: Selection, today: date) -> Secured:
    """Judge the sealed files of the work tree and their history; nothing is decrypted, and only git is run."""
    report = Report()
    opening = open_view(repository, WorkTree(), report)
    if opening is None:
        return Secured(gather(report))
    judged = None
    with reporting_git_errors(report):
        judged = judge(opening, selection, today, report)
    files = judged.files if judged else ()
    paths = tuple(each.path for each in files)
    return Secured(gather(report, opening.snapshot), paths, sum(len(each.names) for each in files))


def judge(opening: Opening, selection: Selection, today: date, report: Report) -> Judged | None:
    """The sealed files of a selection, after reporting everything that is wrong with them."""
    opened = pipeline.open_repository(opening.snapshot, report)
    if opened is None or not shape.is_selectable(selection, opened.settings, opened.tenants, report):
        return None
    every = [each for path in opened.reading.all_sealed() if (each := opened.reading.sealed(path, Report()))]
    paths = [path for path in opened.reading.all_sealed() if is_selected(path, selection)]
    files = [each for path in paths if (each := opened.reading.sealed(path, report))]
    for path in filter(partial(is_selected, selection=selection), opened.reading.all_unsealed()):
        unsealed.check(opened.reading, path, report)
    found = [pipeline.resolve_environment(opened, name, report) for name in opened.settings.environments]
    environments = [each for each in found if each is not None]
    using: Sequence[SecretUse] = ()
    if len(environments) == len(found):
        judge_policy(files, environments, report)
        creation.check(opened.reading, paths, environments, report)
        using = _usage(opened, environments, selection, files, report)
        _history(opening, environments, (every, files), today, report)
    whole = len(environments) == len(found)
    return Judged(tuple(files), opened, tuple(environments) if whole else (), tuple(using))


def is_selected(path: str, selection: Selection) -> bool:
    """Whether a sealed file belongs to the selected tenant, and is used in the selected environment."""
    found = holder(path)
    if found is None:
        return selection == Selection()
    return selection.tenant in (None, found.tenant) and (
        selection.environment is None or found.environment in (None, selection.environment)
    )


def judge_policy(files: Sequence[Sealed], environments: Sequence[Environment], report: Report) -> None:
    """Report files that a wrong recipient can open, undefined recipients, and secrets that are not texts."""
    if files:
        custody.check_recipients_set(environments, report)
    for each in files:
        custody.check(each, environments, report)
        typed.check(each, report)


def _usage(
    opened: Opened,
    environments: Sequence[Environment],
    selection: Selection,
    files: Sequence[Sealed],
    report: Report,
) -> list[SecretUse]:
    """The uses of secrets, after reporting secrets that are used but not sealed, and sealed but not used.

    The latter are unknown for a broken tenant, and not reported.
    """
    tenants = [each for each in opened.tenants if selection.tenant in (None, each)]
    using = [found for each in environments for found in used_by_platform(opened, each)]
    unknown: set[str | None] = set()
    for tenant in tenants:
        for environment in environments:
            diagnostics = Report()
            found = used_by_tenant(opened, environment, tenant, diagnostics)
            using += found or ()
            unknown |= {tenant} if found is None else set()
            if selection.environment in (None, environment.name):
                report.extend(diagnostics)
    used = {(each.use.file, each.use.key) for each in using}
    for each in files:
        if not (each.holder and each.holder.tenant in unknown):
            unused.check(each, used, report)
    return using


def used_by_platform(opened: Opened, environment: Environment) -> list[SecretUse]:
    """The secrets that an environment itself uses."""
    found = usage.of_platform(environment, opened.reading)
    return [SecretUse(environment, None, environment.stack, use) for use in found]


def used_by_tenant(opened: Opened, environment: Environment, tenant: str, report: Report) -> list[SecretUse] | None:
    """The secrets that a unit uses, after reporting those that are not sealed; None if the unit is broken."""
    resolved = pipeline.resolve_unit(opened, Unit(tenant, environment.name), report)
    if resolved is None:
        return None
    reference.check_secrets(resolved, reference.Definitions(opened.kit.packs, opened.reading, environment), report)
    found = usage.of_unit(resolved, opened.reading)
    return [SecretUse(environment, tenant, resolved.stack, use) for use in found]


def _history(
    opening: Opening,
    environments: Sequence[Environment],
    sealed: tuple[Sequence[Sealed], Sequence[Sealed]],
    today: date,
    report: Report,
) -> None:
    """Report sealed values that were copied or have come back, and data keys that are too old.

    `sealed` are all sealed files, and the selected ones.
    """
    every, files = sealed
    revision = opening.view.revision if isinstance(opening.view, Commit) else "HEAD"
    since = judge_copies(opening.repository, every, files, report, revision)
    for each in files:
        replayed.check(each, since, report)
        rotation.check(each, environments, since, today, report)


def judge_copies(
    repository: Repository, every: Sequence[Sealed], files: Sequence[Sealed], report: Report, revision: str = "HEAD"
) -> Mapping[str, Sealing]:
    """When each value in `files` was first sealed, in the history of `revision`, after reporting copied ones."""
    since = sealing.sealings(repository, {mark for each in files for mark in (*each.marks, each.seal)}, revision)
    found = Report()
    copied.check(every, since, found)
    selected = {each.path for each in files}
    report.extend(each for each in found if each.place and each.place.file in selected)
    return since
