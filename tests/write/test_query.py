import pytest

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.write.plan import Standing
from varve.write.query import has_line, is_up_to_date, report_no_artifact

THERE = ["build/one/tenants/acme/rules/checkout.yaml", "build/one/shared/alertmanager.yaml"]


def _codes(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, each.hint) for each in report]


@pytest.mark.parametrize(
    ("path", "hint"),
    {
        "a slip in the name": ("build/one/tenants/acme/rules/chekout.yaml", f"did you mean `{THERE[0]}`?"),
        "the end of a path": ("shared/alertmanager.yaml", f"did you mean `{THERE[1]}`?"),
        "nothing alike": ("build/two", "look below `build/` for the artifacts that exist"),
        "a source": ("varve.yaml", "artifacts are below `build/`; `varve explain` explains values in sources"),
    }.values(),
)
def test_a_path_that_is_no_artifact_gets_a_suggestion(path: str, hint: str) -> None:
    report = Report()
    report_no_artifact(path, THERE, report)
    assert _codes(report) == [("write/no-artifact", hint)]


@pytest.mark.parametrize(
    ("made", "existing", "replaceable", "code"),
    {
        "as it is made": (b"1", b"1", True, None),
        "otherwise": (b"1", b"2", True, "write/stale-artifact"),
        "not at all": (b"1", None, True, "write/missing-artifact"),
        "made by nothing": (None, b"1", True, "write/left-over-artifact"),
        "made by somebody else": (None, b"1", False, "write/stranger"),
    }.values(),
)
def test_an_artifact_is_compared_with_what_the_sources_compile_to(
    made: bytes | None,
    existing: bytes | None,
    replaceable: bool,  # noqa: FBT001 - a row of the table
    code: str | None,
) -> None:
    report = Report()
    ids = {"a": identify(existing)} if existing is not None else {}
    assert is_up_to_date("a", made, Standing(ids, {"a"} if replaceable else set(), frozenset()), existing, report) == (
        code is None
    )
    assert [each.rule.code for each in report] == ([code] if code else [])


@pytest.mark.parametrize(("line", "there"), [(1, True), (3, True), (0, False), (4, False)])
def test_a_line_beyond_the_end_is_reported(line: int, there: bool) -> None:  # noqa: FBT001 - a row of the table
    report = Report()
    assert has_line("a", line, 3, report) is there
    assert [each.message for each in report] == ([] if there else [f"`a` has 3 lines, so there is no line {line}"])
