"""A diagnostic is new when it first appears, and fixed when it disappears, unless an error may only hide it."""

import pytest

from varve.api.findings import Findings
from varve.api.watch.changes import News, news
from varve.model.diagnostic import Diagnostic, Place, Rule, Severity, Span
from varve.model.situated import Situated

WRONG = Rule("check/wrong", "It is wrong", "It is wrong because the test says so.")
ODD = Rule("check/odd", "It is odd", "It is odd because the test says so.", Severity.WARNING)


def diagnostic(place: str, rule: Rule = WRONG, line: int = 1) -> Diagnostic:
    """A diagnostic about a file, and about keys in it if they follow a colon."""
    file, _, keys = place.partition(":")
    where = Place(file, tuple(keys.split(".")), span=Span(line, 1, 2)) if file else None
    return Diagnostic(rule, "it is so", where)


def looked(*looks: list[Diagnostic]) -> News:
    """The news of the last of several looks."""
    brought = News(Findings(), (), {})
    for each in looks:
        brought = news(brought.known, Findings(tuple(Situated(one, None, ()) for one in each)))
    return brought


def test_a_repeated_diagnostic_is_not_new_even_on_another_line() -> None:
    first, again = diagnostic("tenants/acme/tenant.yaml:owner"), diagnostic("tenants/acme/tenant.yaml:owner", line=7)
    brought = looked([first], [again])
    assert (brought.new.diagnostics, brought.mended) == ((), ())


@pytest.mark.parametrize(
    "other",
    [
        diagnostic("tenants/acme/tenant.yaml:labels"),
        diagnostic("varve.yaml:owner"),
        diagnostic("tenants/acme/tenant.yaml", ODD),
    ],
)
def test_a_diagnostic_at_another_place_or_of_another_rule_is_new(other: Diagnostic) -> None:
    first = diagnostic("tenants/acme/tenant.yaml:owner")
    brought = looked([first], [first, other])
    assert (brought.new.diagnostics, brought.mended) == ((other,), ())


def test_a_missing_diagnostic_is_fixed_and_new_if_it_returns() -> None:
    one, two = diagnostic("tenants/acme/tenant.yaml:owner"), diagnostic("tenants/acme/tenant.yaml:labels")
    assert looked([one, two], [two]).mended == (one,)
    assert looked([one, two], [two], [two]).mended == ()
    assert looked([one, two], [two], [one, two]).new.diagnostics == (one,)


MINE = "tenants/acme/services/checkout.yaml:slos"


HIDING = {
    "of the same tenant": (diagnostic("tenants/acme/tenant.yaml"), True),
    "of the platform": (diagnostic("varve.yaml"), True),
    "of nobody's file": (diagnostic(""), True),
    "of another tenant": (diagnostic("tenants/umbra/tenant.yaml"), False),
    "of an artifact": (diagnostic("build/production/a.yaml"), False),
    "that is no error": (diagnostic("tenants/acme/tenant.yaml", ODD), False),
}


@pytest.mark.parametrize(("error", "hidden"), HIDING.values(), ids=HIDING)
def test_a_diagnostic_that_a_new_error_may_hide_is_not_fixed(error: Diagnostic, *, hidden: bool) -> None:
    mine = diagnostic(MINE, ODD)
    assert looked([mine], [error]).mended == (() if hidden else (mine,))
    assert looked([mine, error], [error]).mended == (mine,)  # the error existed before, so it hides nothing now
    assert looked([mine], [error], [error]).mended == ()
    after = looked([mine], [error], [])
    assert set(after.mended) == ({mine, error} if hidden else {error})
    again = looked([mine], [error], [mine])
    assert again.mended == (error,)
    assert again.new.diagnostics == (() if hidden else (mine,))


def test_an_error_of_any_tenant_may_hide_one_of_the_platform() -> None:
    mine, error = diagnostic("templates/packs/slo/pack.yaml", ODD), diagnostic("tenants/acme/tenant.yaml")
    assert looked([mine], [error]).mended == ()
