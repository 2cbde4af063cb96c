"""Files that are not as they should be: broken ones, strangely named ones, dashboards, artifacts that were changed."""

from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from tests.interference.repository import ENVIRONMENT, of_tenant, snapshot, word
from tests.interference.value import NASTY, Pair, texts
from varve import pipeline

BROKEN: Final = (
    b"",
    b"a: [",
    b"{",
    b"]",
    b"<a",
    b"a = ",
    b"a: 1\na: 2\n",
    b"- a\n",
    b"text\n",
    b"\xff\xfe\x00a",
    b"caf\xe9: 1\n",
    b"a: !!python/object/apply:os.system [id]\n",
    b"%YAML 1.1\n---\na: 1\n",
    b"a: 1\n---\nb: 2\n",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"a: &a [x, x, x, x, x, x, x, x]\n"
    + b"".join(b"%c: &%c [*%c, *%c, *%c, *%c]\n" % (i + 1, i + 1, i, i, i, i) for i in range(97, 106)),
    b"[" * 5000,
    b'{"a":' * 3000,
    b"tenant: {name: beta, tier: gold, region: eu-west, isolation: strict, owners: [a@b.example]}\n",
    b"groups: [{name: beta/checkout, rules: [{record: a, expr: up, labels: {tenant: beta}}]}]\n",
    b'{"title": "x", "schemaVersion": 38, "panels": [{"type": "text", "options": {"mode": "html"}}]}',
    b"a: \x00\n",
    b"a: \xe2\x80\xaeb\n",
    b"\xef\xbb\xbfa: 1\n",
)
"""Contents that no reader takes, or that belong into another file."""

STRANGE: Final = (
    "README.md",
    "notes.txt",
    "services/README.md",
    "services/nested/checkout.yaml",
    "services/-c.yaml",
    "services/--output=x.yaml",
    "services/Checkout.yaml",
    "services/\u0441heckout.yaml",
    "services/beta\nx.yaml",
    "services/a b.yaml",
    "services/%{tenant.id}.yaml",
    "services/x.yaml.j2",
    "services/checkout.yaml~",
    "users/.hidden.yaml",
    "users/x.py",
    "rules/../../beta/rules/x.yaml",
    "rules/x.json",
    "rules/deep/x.yaml",
    "dashboards/x.yaml",
    "dashboards/deep/x.json",
    "overlays/staging.yaml",
    "overlays/prod uction.yaml",
    "tests/other.yaml",
    "secrets/plain.yaml",
    "templates/prometheus/rules.yaml.j2",
    "packs/mine/pack.yaml",
    "environments/defaults.yaml",
    "tenants/beta/tenant.yaml",
    "varve.yaml",
    "build/production/tenants/beta/alertmanager.yaml",
    ".gitattributes",
    ".sops.yaml",
    "conftest.py",
    "tenant.yaml/x.yaml",
    "x" * 300 + ".yaml",
)
"""Paths below a tenant's folder that nobody expects there."""


# Dashboards


def dashboards(pair: Pair) -> st.SearchStrategy[Any]:
    """Dashboards that would be another's, show another's series, or run something in a browser."""
    other = word(pair.other)
    source = st.sampled_from(
        [
            None,
            "-- Grafana --",
            {"type": "prometheus", "uid": "${datasource}"},
            {"type": "prometheus", "uid": other},
            "-- Mixed --",
            f"Prometheus {ENVIRONMENT} {pair.other}",
            {"type": "loki", "uid": "x"},
        ]
    )
    own = st.sampled_from(["sum(rate(requests_total[$__rate_interval]))", 'sum(up{zone="a"})'])
    query = texts(pair, "promql") | own
    shown = st.sampled_from(
        [other, "**plain**", pair.other, "[a](https://a.example)", "<img src=x onerror=alert(1)>", "[x](javascript:1)"]
    )
    targets = st.builds(lambda expr, of: [{"refId": "A", "expr": expr, "datasource": of}], query, source)
    panel = st.one_of(
        st.builds(
            lambda queries, of: {"id": 1, "type": "timeseries", "targets": queries, "datasource": of}, targets, source
        ),
        st.builds(lambda text: {"id": 2, "type": "text", "options": {"mode": "markdown", "content": text}}, shown),
        st.sampled_from(["row", "stat", "dashlist", "iframe-panel"]).map(lambda kind: {"id": 3, "type": kind}),
    )
    variable = st.builds(
        lambda name, kind, definition: {"name": name, "type": kind, "query": definition},
        st.sampled_from(["zone", "datasource", "tenant"]),
        st.sampled_from(["query", "query", "custom", "constant", "datasource", "textbox"]),
        st.sampled_from(
            ["label_values(up, zone)", f'label_values(up{{tenant="{pair.other}"}}, job)', "metrics(.*)", "a,b"]
        ),
    )
    return st.fixed_dictionaries(
        {
            "title": st.sampled_from([other, f"{ENVIRONMENT} {pair.other}", "ledger"]),
            "uid": st.sampled_from([other, _uid_of(pair.other)]),
            "schemaVersion": st.just(38),
            "panels": st.lists(panel, min_size=1, max_size=2, unique_by=lambda each: each["id"]),
        },
        optional={
            "templating": st.lists(variable, max_size=1).map(lambda those: {"list": those}),
            "tags": st.sampled_from([[other], [pair.other], [f"tenant:{pair.other}"]]),
            "links": st.sampled_from(["https://a.example", "/d/x", "javascript:1"]).map(
                lambda url: [{"type": "link", "title": "x", "url": url}]
            ),
            "annotations": query.map(lambda expr: {"list": [{"name": "x", "expr": expr, "enable": True}]}),
        },
    )


def _uid_of(tenant: str) -> str:
    """The uid that a dashboard of this tenant has in Grafana."""
    found: str = (
        _artifact(f"build/{ENVIRONMENT}/tenants/{tenant}/dashboards/_tenant.json").decode().split('"uid": "')[-1]
    )
    return found[:40]


# Artifacts


@cache
def _built() -> dict[str, bytes]:
    return {path: each.data for path, each in pipeline.compile(snapshot({})).artifacts.items()}


def _artifact(path: str) -> bytes:
    return _built()[path]


def tampered(pair: Pair) -> st.SearchStrategy[tuple[str, bytes | None]]:
    """An artifact of the tenant that is gone, garbage, or says what another's does."""
    folder, victim = (f"build/{ENVIRONMENT}/tenants/{each}/" for each in pair)
    own = sorted(path for path in _built() if path.startswith(folder))
    kept = st.sampled_from(own)
    renamed = [(path, _artifact(path).replace(pair.own.encode(), pair.other.encode())) for path in own]
    copied = [(folder + path.removeprefix(victim), data) for path, data in _built().items() if path.startswith(victim)]
    unscoped = [(path, _artifact(path).replace(f'tenant="{pair.own}"'.encode(), b"")) for path in own]
    garbage = st.builds(lambda path, data: (path, data), kept, st.sampled_from([*BROKEN, NASTY[4].encode()]))
    extra = st.sampled_from(
        ["rules/evil.yaml", "evil", "prometheus.yaml", "scrape/evil.yaml", "dashboards/raw/evil.json"]
    )
    more = st.builds(
        lambda name, data: (folder + name, data), extra, st.sampled_from([_artifact(own[0]), b"{}\n", b"a: ["])
    )
    return st.one_of(
        kept.map(lambda path: (path, None)),
        st.sampled_from(renamed),
        st.sampled_from(copied),
        st.sampled_from(unscoped),
        garbage,
        more,
    )


def committed() -> dict[str, bytes]:
    """Everything that the repository builds as it stands."""
    return dict(_built())


__all__ = ["BROKEN", "STRANGE", "committed", "dashboards", "of_tenant", "tampered"]
