"""Rendering the secrets of an environment: the plain files that its artifacts refer to, where the environment runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Summarised, count, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.api.secrets import check, verify
from varve.api.secrets.check import Judged
from varve.check.secrets import misshapen
from varve.check.secrets.misshapen import SecretUse
from varve.model.diagnostic import Report
from varve.model.secret import Secret
from varve.model.unit import Environment, Selection
from varve.pipeline import Opened
from varve.read import repository as shape
from varve.world.git.repository import Repository
from varve.world.secrets import release
from varve.world.secrets.identity import Identities, Search
from varve.world.secrets.release import Target
from varve.world.snapshot.views import WorkTree


@dataclass(frozen=True, slots=True)
class Rendered(Summarised):
    """Whether the folder now has exactly `files`, given by their paths in it, and which were removed from it."""

    findings: Findings
    done: bool = False
    files: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was done, in one line without a newline; empty if nothing was."""
        if not self.done:
            return ""
        removed = f", {len(self.removed)} removed" if self.removed else ""
        return f"{count(self.files, 'secret')} rendered{removed}"


class Order(NamedTuple):
    """The secrets of which environment to render, for one tenant or all, with which identities, and where to."""

    environment: str
    tenant: str | None
    identities: Identities
    target: Target


def render(repository: Repository, order: Order) -> Rendered:
    """Open the secrets that an environment uses, and make them the only files in a folder.

    If anything is wrong, nothing is written, and the folder stays as it was.
    """
    report = Report()
    opening = open_view(repository, WorkTree(), report) if release.is_safe(order.target, report) else None
    if opening is None:
        return Rendered(gather(report))
    files: dict[str, Secret] = {}
    with reporting_git_errors(report):
        judged = _judged(opening, order, report)
        files = _opened(opening, judged, order, report) if judged else {}
    done = None if report.broken else release.release(order.target, files, report)
    found = gather(report, opening.snapshot)
    return Rendered(found, done=True, files=tuple(sorted(files)), removed=done.removed) if done else Rendered(found)


def _judged(opening: Opening, order: Order, report: Report) -> Judged | None:
    """The sealed files that are used, after reporting what is wrong with them, except the age of their keys."""
    selection = Selection(order.environment, order.tenant)
    opened = pipeline.open_repository(opening.snapshot, report)
    if opened is None or not shape.is_selectable(selection, opened.settings, opened.tenants, report):
        return None
    found = [pipeline.resolve_environment(opened, name, report) for name in opened.settings.environments]
    environments = tuple(each for each in found if each is not None)
    if len(environments) < len(found):
        return None
    using = tuple(_used(opened, environments, selection, report))
    paths = sorted({each.use.file for each in using})
    files = [each for path in paths if (each := opened.reading.sealed(path, report))]
    check.judge_policy(files, environments, report)
    every = [each for path in opened.reading.all_sealed() if (each := opened.reading.sealed(path, Report()))]
    check.judge_copies(opening.repository, every, files, report)
    return Judged(tuple(files), opened, environments, using)


def _used(
    opened: Opened, environments: Sequence[Environment], selection: Selection, report: Report
) -> Iterable[SecretUse]:
    environment = next(each for each in environments if each.name == selection.environment)
    if selection.tenant is None:
        yield from check.used_by_platform(opened, environment)
    for tenant in opened.tenants if selection.tenant is None else (selection.tenant,):
        yield from check.used_by_tenant(opened, environment, tenant, report) or ()


def _opened(opening: Opening, judged: Judged, order: Order, report: Report) -> dict[str, Secret]:
    """The content of each file in the folder; none if there is any error."""
    search = Search(opening.repository, order.identities, [order.environment])
    sound = [] if report.broken else verify.sound(judged, report)
    values = verify.unseal(opening, sound, search, report)
    misshapen.check(judged.using, {each.path: each for each in judged.files}, values, report)
    if report.broken:
        return {}
    return {f"{_holder(each)}/{each.use.name}": values[each.use.file][each.use.key] for each in judged.using}


def _holder(using: SecretUse) -> str:
    """The folder of a holder, as artifacts name it."""
    return "platform" if using.tenant is None else f"tenants/{using.tenant}"
