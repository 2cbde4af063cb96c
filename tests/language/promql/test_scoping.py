"""A scoped expression has the tenant's matcher in every selector and is otherwise unchanged, or is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language.fault import Fault
from varve.language.promql import reading, scope
from varve.language.promql.tree import Node

OWN = 'tenant="acme"'

KEPT = {
    "a bare metric": ("up", "up{tenant='acme'}"),
    "empty braces": ("up{ }", "up{tenant='acme' }"),
    "a matcher": ("up{job='a'}", "up{tenant='acme',job='a'}"),
    "a trailing comma": ("up{job='a' , }", "up{tenant='acme',job='a' , }"),
    "no name": ("{job='a'}", "{tenant='acme',job='a'}"),
    "a pattern of names": ("{__name__=~'a.+'}", "{tenant='acme',__name__=~'a.+'}"),
    "a quoted name": ("{'a.b'}", "{tenant='acme','a.b'}"),
    "a quoted name and a quoted label": ("{'a.b', 'c.d'='e'}", "{tenant='acme','a.b', 'c.d'='e'}"),
    "a range": ("rate(x[5m])", "rate(x{tenant='acme'}[5m])"),
    "a subquery": ("max_over_time(rate(x[5m])[1h:1m])", "max_over_time(rate(x{tenant='acme'}[5m])[1h:1m])"),
    "an offset": ("x offset -5m", "x{tenant='acme'} offset -5m"),
    "an instant": ("x @ start() + x @ -1e3", "x{tenant='acme'} @ start() + x{tenant='acme'} @ -1e3"),
    "what is absent": ("absent(x{a='b'})", "absent(x{tenant='acme',a='b'})"),
    "what was absent": ("absent_over_time(x[5m])", "absent_over_time(x{tenant='acme'}[5m])"),
    "a matching": (
        "x / on (tenant) group_left (a) y",
        "x{tenant='acme'} / on (tenant) group_left (a) y{tenant='acme'}",
    ),
    "another matching": (
        "x * ignoring (a) group_right y",
        "x{tenant='acme'} * ignoring (a) group_right y{tenant='acme'}",
    ),
    "sets": ("x or y unless z", "x{tenant='acme'} or y{tenant='acme'} unless z{tenant='acme'}"),
    "groups by tenant": ("sum by (tenant) (x)", "sum by (tenant) (x{tenant='acme'})"),
    "groups without tenant": ("sum(x) without (tenant)", "sum(x{tenant='acme'}) without (tenant)"),
    "the label read": (
        "label_replace(x, 'a', '$1', 'tenant', '(.*)')",
        "label_replace(x{tenant='acme'}, 'a', '$1', 'tenant', '(.*)')",
    ),
    "the label joined": ("label_join(x, 'a', '', 'tenant')", "label_join(x{tenant='acme'}, 'a', '', 'tenant')"),
    "values counted": ("count_values('v', x)", "count_values('v', x{tenant='acme'})"),
    "info metrics of one's own": (
        "info(x, {tenant='acme', a=~'.+'})",
        "info(x{tenant='acme'}, {tenant='acme', a=~'.+'})",
    ),
    "keywords as names": ("by + sum / start", "by{tenant='acme'} + sum{tenant='acme'} / start{tenant='acme'}"),
    "functions as names": ("rate > absent", "rate{tenant='acme'} > absent{tenant='acme'}"),
    "a string with braces": ("x{a='}{'}", "x{tenant='acme',a='}{'}"),
    "comments with braces": ("x{ # }\n a='b'} # {", "x{tenant='acme', # }\n a='b'} # {"),
    "histograms": (
        "histogram_quantile(.90, sum by (le) (x))",
        "histogram_quantile(.90, sum by (le) (x{tenant='acme'}))",
    ),
    "alerts": ("ALERTS{alertstate='firing'}", "ALERTS{tenant='acme',alertstate='firing'}"),
    "a label that ends alike": ("x{my_tenant='b'}", "x{tenant='acme',my_tenant='b'}"),
}
UNTOUCHED = {
    "the matcher itself": "x{tenant='acme'}",
    "the matcher in other words": 'x{a="b","tenant"="\\x61cme",}',
    "the matcher twice": "x{tenant='acme',tenant=`acme`}",
    "numbers": "0x1F + 1_000 > bool 1e300",
    "functions without a selector": "vector(time()) + hour()",
    "blanks": "\n(\tx{tenant='acme'} )\n",
}
REFUSED = {
    "another tenant": ("x + y{a='b',tenant='bank'}", '`tenant="bank"` selects series of other tenants', 12),
    "a quoted label": ('x{"tenant"="bank"}', '`tenant="bank"` selects series of other tenants', 2),
    "a pattern": ("x{tenant=~'acme'}", '`tenant=~"acme"` selects series of other tenants', 2),
    "all but one": ("x{tenant!='bank'}", '`tenant!="bank"` selects series of other tenants', 2),
    "none": ("x{tenant=''}", '`tenant=""` selects series of other tenants', 2),
    "its own and another": ("x{tenant='acme',tenant='b'}", '`tenant="b"` selects series of other tenants', 16),
    "the label written": ("label_replace(x,'tenant','a','','')", "`label_replace` writes the label `tenant`", None),
    "the label joined": ("label_join(x,('tenant'),'','a')", "`label_join` writes the label `tenant`", None),
    "the label counted": ('count_values by (a) ("\\x74enant",x)', "`count_values` writes the label `tenant`", None),
    "the label of quantiles": ("histogram_quantiles(x,'tenant',.5)", "`histogram_quantiles` writes the label", None),
    "info metrics of all": ("info(x)", "`info` reads everybody's info metrics", None),
    "info metrics of some": ("info(x, {a=~'.+'})", "`info` reads everybody's info metrics", None),
    "matchers of another system": ("x{a='b' or c='d'}", "`or` between matchers", 8),
    "no PromQL": ("x{", "unclosed left brace", 2),
}


@pytest.mark.parametrize(("text", "expected"), KEPT.values(), ids=KEPT)
def test_the_matcher_is_inserted_into_the_text(text: str, expected: str) -> None:
    assert str(scope(text, "acme")).replace(OWN, "tenant='acme'") == expected


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_scoped_expression_stays_as_it_is(text: str) -> None:
    assert scope(text, "acme") == text


@pytest.mark.parametrize(("text", "message", "offset"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_scoped_is_refused(text: str, message: str, offset: int | None) -> None:
    wrong = scope(text, "acme")
    assert isinstance(wrong, Fault)
    assert message in wrong.message
    assert wrong.offset == offset


def test_a_name_is_quoted_as_prometheus_reads_it() -> None:
    assert scope("x", 'a"b') == 'x{tenant="a\\"b"}'


def test_an_unknown_kind_of_node_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that supports more must not weaken the scoping."""
    sound = reading.read("x")
    assert not isinstance(sound, Fault)
    strange = sound._replace(nodes=(Node("novelty", (), 1), *sound.nodes))
    monkeypatch.setattr(reading, "read", lambda _: strange)
    scope.cache_clear()
    assert isinstance(scope("x", "acme"), Fault)
    scope.cache_clear()


def test_a_selector_that_the_lexer_overlooks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inserting the matcher into the text is not trusted: the trees are compared."""
    monkeypatch.setattr("varve.language.promql.scoping.selectors", lambda _: iter(()))
    scope.cache_clear()
    assert scope("x", "acme") == Fault("the expression cannot be confined to one tenant")
    scope.cache_clear()


SELECTORS = st.sampled_from(
    ["x", "sum", "by", "x{}", "x{a='b'}", "x{ a=~'b.*' , }", "{'a.b'}", "{__name__=~'x.+'}", "up{a='}',b=`#`} # {\n"]
)
NUMBERS = st.sampled_from(["1", "0x1F", "1_000", "1e300", "Inf", ".5", "5m"])
OPERATORS = st.sampled_from([" + ", "/", " == bool ", " and on (a) ", " * ignoring (a) group_left (b) ", "\nor\n"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}{}".format, inner, OPERATORS, inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("sum by (a, tenant) ({})".format, inner),
        st.builds("topk({}, {}) without (sum)".format, NUMBERS, inner),
        st.builds("label_replace({}, 'a', '$1', 'b', '(.*)')".format, inner),
        st.builds("max_over_time(({})[1h:5m] offset 1w)".format, inner),
        st.builds("absent({})".format, inner),
        st.builds("{} > {}".format, inner, NUMBERS),
        st.builds("rate({}[5m] @ end())".format, st.sampled_from(["x", "rate", "x{a='b'}", "{'a.b'}"])),
        st.builds("{} offset 5m".format, st.sampled_from(["x", "end", "x{a='b',}"])),
    )


EXPRESSIONS = st.recursive(SELECTORS, _larger, max_leaves=12)


@settings(deadline=None, max_examples=150)
@given(EXPRESSIONS)
def test_laws_of_scoping(text: str) -> None:
    """Scoping is idempotent, can be undone to the byte, and puts the matcher into every selector."""
    before = reading.read(text)
    if isinstance(before, Fault):
        return
    kept = scope(text, "acme")
    assert isinstance(kept, str)
    assert scope(kept, "acme") == kept
    assert kept.replace(f"{{{OWN}}}", "{}").replace(f"{OWN},", "").replace("{}", "") == text.replace("{}", "")
    after = reading.read(kept)
    assert not isinstance(after, Fault)
    selectors = [node for node in after.nodes if node.kind == "selector"]
    assert all(("=", "tenant", "acme") in node.fields[1] for node in selectors)  # type: ignore[operator]
    assert len(selectors) == sum(node.kind == "selector" for node in before.nodes)


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_every_expression_is_scoped_or_refused_for_info(text: str) -> None:
    kept = scope(text, "acme")
    assert isinstance(kept, str) or text.startswith("info(")
