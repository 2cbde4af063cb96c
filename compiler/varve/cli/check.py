"""`varve check`: everything that `varve build` does, but for the writing."""

import click

from varve.cli import opening, saying
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
    from varve.write import plan as writing

    if staged and rev:
        raise click.UsageError("--staged and --rev look at different files; give one of them")
    format_ = format_ or environment.host_format()
    report = Report()
    repository = opening.find(report)
    view = git.Index() if staged else git.Commit(rev) if rev else git.WorkTree()
    opened = opening.open_view(repository, view, report) if repository else None
    if repository is None or opened is None:
        saying.say(report, saying.NOTHING, format_)
        saying.end(report)
    built = opening.compile_opening(opened, Selection(), report)
    plan = opening.plan_writing(opened, built)
    writing.judge(plan, report)
    saying.say(report, opened.snapshot, format_, repository.prefix)
    if format_ == "text" and not report.broken:
        click.echo(
            f"{len(built.units)} units are sound, and build/ is what the sources say: {len(plan.unchanged)} artifacts"
        )
    saying.end(report)
