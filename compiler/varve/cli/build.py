"""`varve build`: compile, and make `build/` what the sources say."""

import sys

import click

from varve.cli import opening, saying
from varve.cli.opening import Opening
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.world.repository import Repository
from varve.write.plan import Plan


@click.command
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@click.option("--rev", metavar="REV", help="Compile the sources of a commit instead of those in the work tree.")
@click.option("--hook", is_flag=True, help="End with 1 whenever something was written, as a pre-commit hook does.")
def build(environment: str | None, tenant: str | None, rev: str | None, *, hook: bool) -> None:
    """Compile the repository, and write what it gives into build/."""
    report = Report()
    repository = opening.find(report)
    plan = _build(repository, Selection(environment, tenant), rev, report) if repository else None
    if plan is None:
        saying.say(report, saying.NOTHING)
    elif hook and not plan.empty:
        sys.exit(saying.YOURS)
    saying.end(report)


def _build(repository: Repository, selection: Selection, rev: str | None, report: Report) -> Plan | None:
    """Compile and write under the lock, and say what was done; None where it could not even begin."""
    from varve.world import disk

    with disk.lock(repository.root, report) as lock:
        opened = _open(repository, rev, report) if lock else None
        if lock is None or opened is None:
            return None
        planned = _plan(opened, selection, report)
        if planned is None:
            return None
        built, plan = planned
        # All there is to say of the sources is said before anything is written: where that fails, nothing has changed.
        saying.say(report, opened.snapshot)
        refused = Report()
        if disk.apply(plan, lock, refused):
            click.echo(_summary(built, plan))
    saying.say(refused, saying.NOTHING)
    report.extend(refused)
    return plan


def _plan(opened: Opening, selection: Selection, report: Report) -> tuple[Build, Plan] | None:
    """What was compiled, and what has to be written; None after saying that git cannot answer."""
    from varve.write import plan as writing

    with opening.asking_git(report):
        built = opening.compile_opening(opened, selection, report)
        plan = opening.plan_writing(opened, built)
        writing.refuse(plan, report)
        return built, plan
    return None


def _open(repository: Repository, rev: str | None, report: Report) -> Opening | None:
    from varve.world.git import WorkTree

    if rev is None:
        return opening.open_view(repository, WorkTree(), report)
    return opening.open_sources(repository, rev, report)


def _summary(built: Build, plan: Plan) -> str:
    deleted = len(plan.clear) + len(plan.delete)
    unchanged = f"{len(plan.unchanged)} unchanged" + (f", {len(built.kept)} kept" if built.kept else "")
    units = saying.count(len(built.units), "unit")
    if plan.empty and not built.units:
        return "nothing was built, and build/ stays as it is"
    if plan.empty and not plan.refused:
        return f"build/ is what the sources of {units} say: {unchanged}"
    return f"built {units}: {len(plan.write)} written, {deleted} deleted, {unchanged}"
