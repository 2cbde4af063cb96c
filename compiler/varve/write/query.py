"""Whether a path that somebody asks about is an artifact, is up to date, and has the given line."""

from collections.abc import Iterable
from posixpath import basename, dirname

from varve.language import name
from varve.model.diagnostic import Place, Report, Rule
from varve.write.plan import Plan, Standing, Stranger, Write, judge

NO_ARTIFACT = Rule(
    "write/no-artifact",
    "A path is not an artifact",
    "Artifacts are the files that varve writes below `build/`: those of a tenant in "
    "`build/<environment>/tenants/<tenant>/`, and those that the tenants of an environment share in "
    "`build/<environment>/shared/`. A path is relative to the current folder, or to the folder of `varve.yaml`.",
)
NO_SUCH_LINE = Rule(
    "write/no-such-line",
    "A line beyond the end of an artifact",
    "Lines are counted from 1, as in editors, and the column of `ARTIFACT:LINE:COLUMN` is ignored. If lines were "
    "deleted in the meantime, the numbers of others have changed.",
)


def report_no_artifact(path: str, standing: Iterable[str], report: Report) -> None:
    """Report that a path is no artifact, and suggest the one among the existing paths that was probably meant."""
    hint = "look below `build/` for the artifacts that exist"
    if path and not path.startswith("build/"):
        hint = "artifacts are below `build/`; `varve explain` explains values in sources"
    if meant := _similar(path, list(standing)):
        hint = f"did you mean `{meant}`?"
    report.add(NO_ARTIFACT, f"`{path}` is not an artifact", hint=hint)


def _similar(path: str, standing: list[str]) -> str | None:
    """The artifact in the same folder with the most similar name, or else the only one whose path ends with `path`."""
    neighbours = {basename(each): each for each in standing if dirname(each) == dirname(path)}
    if near := name.nearest(basename(path), neighbours):
        return neighbours[near]
    ends = [each for each in standing if each.endswith(f"/{path}")]
    return ends[0] if len(ends) == 1 else None


def is_up_to_date(path: str, made: bytes | None, standing: Standing, data: bytes | None, report: Report) -> bool:
    """Whether the file at `path`, with the content `data`, is the artifact that the sources compile to, `made`.

    If not, that is reported as by `judge`. `data` is None if there is no file, and `made` is None if no artifact has
    this path.
    """
    if made is not None and made == data:
        return True
    if made is not None:
        wrong = Plan(write=(Write(path, made, "", replaces=data is not None),))
    else:
        wrong = Plan(delete=(path,)) if standing.may_replace(path) else Plan(refused=(Stranger(path),))
    judge(wrong, (), report)
    return False


def has_line(path: str, line: int, count: int, report: Report) -> bool:
    """Whether an artifact with `count` lines has this line, numbered from 1; reported if not."""
    if 1 <= line <= count:
        return True
    lines = "1 line" if count == 1 else f"{count} lines"
    report.add(NO_SUCH_LINE, f"`{path}` has {lines}, so there is no line {line}", Place(path), hint=f"use 1 to {count}")
    return False
