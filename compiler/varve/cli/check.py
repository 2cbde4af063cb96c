"""`varve check`: everything that `varve build` does, but for the writing."""

import click

from varve.cli import opening, saying
from varve.cli.opening import Opening
from varve.cli.saying import FORMATS, Format
from varve.model.diagnostic import Report
from varve.model.unit import Selection


@click.command
@click.option("--staged", is_flag=True, help="Judge what is about to be committed.")
@click.option("--rev", metavar="REV", help="Judge a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_CHECK_FORMAT",
    help="How to say it; github in its CI, else text.",
)
def check(rev: str | None, format_: Format | None, *, staged: bool) -> None:
    """Compile the repository, and fail where a source is wrong or build/ is not what the sources say."""
    from varve.world import environment, git

    if staged and rev is not None:
        raise click.UsageError("--staged and --rev look at different files; give one of them")
    format_ = format_ or environment.host_format()
    report = Report()
    repository = opening.find(report)
    view = git.Index() if staged else git.WorkTree() if rev is None else git.Commit(rev)
    opened = opening.open_view(repository, view, report) if repository else None
    sound = _judge(opened, report) if opened else ""
    saying.say(report, opened.snapshot if opened else saying.NOTHING, format_, repository.prefix if repository else "")
    if format_ == "text" and not report.broken:
        click.echo(sound)
    saying.end(report)


def _judge(opened: Opening, report: Report) -> str:
    """Report everything that is wrong; what to say where nothing is."""
    from varve.write import plan as writing

    with opening.asking_git(report):
        built = opening.compile_opening(opened, Selection(), report)
        plan = opening.plan_writing(opened, built)
        writing.judge(plan, report)
        units = f"{saying.count(len(built.units), 'unit')} {'is' if len(built.units) == 1 else 'are'} sound"
        return f"{units}, and build/ is what the sources say: {saying.count(len(plan.unchanged), 'artifact')}"
    return ""
