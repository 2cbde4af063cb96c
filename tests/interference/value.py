"""Values for every field of a unit: of the shape that its schema asks for, and as hostile as that shape allows."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

from tests.interference.repository import word
from varve.check.shape.kind import written

Values: TypeAlias = st.SearchStrategy[Any]


class Pair(NamedTuple):
    """Who changes something, and whom that must not touch."""

    own: str
    other: str


NASTY: Final = (
    "",
    " ",
    "\n",
    "a\n  - receiver: beta/oncall\n",
    '"}} {{ template "x" }}',
    "{{ $labels.tenant }}",
    '{{ query "up{tenant=\\"beta\\"}" }}',
    "{% for x in range(9) %}{{ x }}{% endfor %}",
    "%{tenant.id}",
    "%{platform.secrets.root}",
    "%{services.checkout.owner}",
    "%{env:HOME}",
    "${HOME} $$ $1 ${1}",
    "<!channel> <@U1> <https://evil.example|https://good.example>",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "../beta/tenant",
    "/etc/passwd",
    "beta/oncall",
    "users/zebra/night",
    "null",
    "no",
    "012",
    "1e400",
    "\u202ebeta",
    "teаm",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 3000,
)
"""Texts that have meant something, somewhere, to some program that read them."""

JUNK: Final[Values] = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, 2**63, 1e308, 0.1])
    | st.sampled_from(NASTY)
    | st.sampled_from(
        [[], {}, [[]], [None], {"": None}, {"$patch": "delete"}, {"$patch": "replace"}, {"$remove": ["x"]}]
    )
    | st.text(max_size=8)
)


@cache
def formats(pair: Pair) -> Mapping[str, tuple[str, ...]]:
    """Texts of each format that mostly pass, and that speak of the other tenant, of the platform or of everybody."""
    own, other = word(pair.own), word(pair.other)
    own_id, other_id = pair
    return {
        "id": (
            other,
            other_id,
            "oncall",
            "platform",
            "checkout",
            "ledger",
            "tenant",
            "raw",
            "node",
            "shared",
            "null",
            own,
        ),
        "scrape": (other, other_id, "checkout", "platform", "probe", "tenant", own),
        "email-address": (f"{other}@{other_id}.example", "root@platform.example", f"{own}@{own_id}.example"),
        "locale": ("en_GB", "fr_FR", "de_DE", "it_IT", "en_US"),
        "time-zone": ("UTC", "Europe/Paris", "Pacific/Kiritimati", "America/St_Johns"),
        "duration": ("1s", "30s", "5m", "1h30m", "6h", "1d"),
        "duration-or-zero": ("0s", "10s", "5m"),
        "go-template": (
            f"{other} is down",
            "{{ $labels.tenant }} {{ $labels.instance }} {{ $value | humanize }}",
            f'{{{{ if eq $labels.tenant "{other_id}" }}}}{other}{{{{ end }}}}',
            "<!channel> <@U1>",
            f"a\n  - receiver: {other_id}/oncall",
            '{{ "{{" }} %d $$ ${x}',
            f'tenant="{other_id}"',
            f'{{{{ query "up" }}}} {other_id}',
        ),
        "promql": (
            "up",
            '{__name__=~".+"}',
            f'up{{tenant="{own_id}"}}',
            f'up{{tenant="{other_id}"}}',
            'up{tenant=~".*"}',
            f'up{{job="tenant=\\"{other_id}\\""}}',
            f'up # {{tenant="{other_id}"}}',
            "sum by (tenant) (up)",
            "up * on (instance) group_left (tenant) node_uname_info",
            'absent(up{job="checkout"})',
            "max_over_time(up[5m:1m] offset 5m)",
            "up @ start()",
            "up or vector(1)",
            f'label_replace(up, "team", "{other}", "", "")',
            f'label_replace(up, "tenant", "{other_id}", "", "")',
            'label_join(up, "team", "-", "job", "tenant")',
            'count_values("version", build_info)',
            'ALERTS{alertstate="firing"}',
            f"instance:{other}:rate5m",
            f"checkout:{other}:sum > 1",
            "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))",
            '{"up", job="x"}',
            "vector(1)",
            "time() - 1",
        ),
        "promql-selector": ("requests_total", 'requests_total{code=~"5.."}', f'errors_total{{x="{other_id}"}}', "up"),
        "matchers": (
            'severity="critical"',
            'team=~".*"',
            'alertname!=""',
            f'team="{other}"',
            'service=~"checkout|ledger"',
            'pack!~"x.+"',
            'page="yes", team!="x"',
            'escalate_to=""',
            f'tenant="{other_id}"',
            'tenant=~".+"',
        ),
        "label-name": ("team", "zone", "service", "instance", "Tenant"),
        "free-label": ("team", "zone", "tenant_id", "Tenant", "owner", "page", "cluster", "tenant", "environment"),
        "vendor-label": ("severity", "team", "service", "pack", "Tenant", "cluster", "tenant", "job", "alertname"),
        "free-annotation": ("note", "tenant", "dashboard", "a1"),
        "metric-name": (
            f"instance:{other}:rate5m",
            f"checkout:{other}:sum",
            f"checkout:{own}:sum",
            "up",
            "ALERTS",
            "a:b",
            "varve_tenant_info",
            "node_cpu_seconds_total",
        ),
        "alert-name": ("QueueStuck", "NodeDown", "Heartbeat", "LedgerDown", "Escalated"),
        "vendor-alert": ("NodeDown", "Heartbeat", "node down", f"{other_id}/x", "Escalated"),
        "http-url": (
            f"https://{other_id}.example/{other}",
            "https://a.example/%7B%7B",
            "http://169.254.169.254/latest",
        ),
        "base-url": (f"https://{other_id}.example/{other}", "https://a.example/%7B%7B", "https://a.example/?{{"),
        "folder-url": (f"https://{other_id}.example/{other}", "https://a.example/?path=/{{", "https://a.example/#"),
        "slack-channel": (f"#{other}", f"@{other}", "#platform-alerts"),
        "host-port": (
            f"checkout.{other_id}.example:9090",
            "[2001:db8::1]:9100",
            "a.example:80",
            "localhost:9090",
            "alertmanager.platform.example:9093",
        ),
        "url-path": ("/metrics", "/probe", "/a/b%20c", "/federate"),
        "secret-name": ("slack/webhook", "slack/token", f"{other}/webhook", f"../{other_id}/slack"),
        "day-range": ("monday:friday", "sunday", "saturday"),
        "time-of-day": ("00:00", "09:00", "24:00", "23:59"),
        "month-range": ("december", "1:12", "7:8"),
        "day-of-month-range": ("1:7", "-3:-1", "1"),
        "year-range": ("2027:2028", "2000"),
    }


_REFUSED: Final = re.compile(
    r"""tenant[=!]~|tenant="OTHER"|"tenant",\ "|cluster|environment|ALERTS|Escalated|/federate
    |169\.254|localhost|__name__|platform\.example:|\.\./|varve_|^(?:tenant|job|alertname|up)$""",
    re.VERBOSE,
)
_SOUND: Final = 4
"""How much oftener a text is drawn that nothing refuses."""


@cache
def texts(pair: Pair, name: str) -> Values:
    """Texts of a format; those that are refused for what they are come seldom, so that others are tried beside them."""
    pool = formats(pair)[name]
    masked = [each.replace(f'tenant="{pair.other}"', 'tenant="OTHER"') for each in pool]
    return st.sampled_from([one for one, each in zip(pool, masked, strict=True) for _ in range(_often(each))])


def _often(text: str) -> int:
    return 1 if _REFUSED.search(text) else _SOUND


def of_kind(pair: Pair, kind: str, *steps: str) -> Values:
    """Values of the part of a schema to which the steps lead, such as `("unit", "$defs", "route")`."""
    return _referred(_Shape(pair, kind), "#/" + "/".join(steps))


class _Shape(NamedTuple):
    """What values are made for, and the schema in which references are looked up."""

    pair: Pair
    kind: str


def _value(shape: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    """Values of a schema. Those that other parts of the unit must know are taken from what the tenants here have."""
    if "$ref" in node:
        return _referred(shape, node["$ref"])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    kinds = node["type"] if isinstance(node.get("type"), list) else [node.get("type", "object")]
    return st.one_of([_MAKERS[kind](shape, node) for kind in kinds])


@cache
def _referred(shape: _Shape, reference: str) -> Values:
    document, _, pointer = reference.partition("#")
    kind = document.removeprefix("varve:") or shape.kind
    name = pointer.rpartition("/")[2]
    if name in _KNOWN:
        return _KNOWN[name](shape.pair)
    node: Any = written(kind)
    for step in pointer.strip("/").split("/"):
        node = node[step]
    return _value(_Shape(shape.pair, kind), node)


def _secret(_: Pair) -> Values:
    return st.sampled_from(["slack/webhook", "slack/token"]).map(lambda name: {"secret": name})


def _slack(pair: Pair) -> Values:
    login = st.sampled_from([{"url": {"secret": "slack/webhook"}}, {"token": {"secret": "slack/token"}}])
    channel = texts(pair, "slack-channel")
    return st.builds(lambda how, where: {"channel": where, **how}, login, channel)


def _receivers(pair: Pair) -> Values:
    return st.lists(st.sampled_from(["oncall", word(pair.own), "mail"]), min_size=1, max_size=3, unique=True)


def _names(_: Pair) -> Values:
    return st.sampled_from(["office", ["office"]])


def _group_by(pair: Pair) -> Values:
    return st.lists(st.sampled_from(formats(pair)["label-name"]), max_size=3, unique=True)


def _contact(pair: Pair) -> Values:
    return st.sampled_from([{"user": word(pair.own)}, {"slack": f"#{word(pair.other)}"}, {"email": "a@b.example"}])


def _hours(_: Pair) -> Values:
    return st.sampled_from(
        [
            {"days": "monday:friday", "from": "08:00", "to": "19:00"},
            {"from": "22:00", "to": "06:00", "timezone": "Asia/Tokyo"},
            {"months": ["1:12"]},
            {"days": ["saturday", "sunday"], "days_of_month": ["1:7"]},
        ]
    )


_KNOWN: Final[Mapping[str, Callable[[Pair], Values]]] = {
    "secret": _secret,
    "slack": _slack,
    "receivers": _receivers,
    "names": _names,
    "group_by": _group_by,
    "contact": _contact,
    "hours": _hours,
}


def _text(shape: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    if node.get("format") in formats(shape.pair):
        return texts(shape.pair, node["format"])
    if "pattern" in node:
        return st.sampled_from(["http_2xx", "Bearer", "OPS", "X"])
    own, other = word(shape.pair.own), word(shape.pair.other)
    return st.sampled_from([other, shape.pair.other, own, "a b", *(text for text in NASTY if 0 < len(text) < 100)])


def _without(inside: Mapping[str, Values], names: Collection[str]) -> Mapping[str, Values]:
    return {key: each for key, each in inside.items() if key not in names}


def _some(inside: Mapping[str, Values], names: frozenset[str]) -> Values:
    """Maps of everything that is needed by its name, and of one or two keys more."""
    needed = {key: each for key, each in inside.items() if key in names}
    rest = _without(inside, names)
    few = st.lists(st.sampled_from(sorted(rest)), min_size=not needed, max_size=2, unique=True)
    chosen = few if rest else st.just([])
    return chosen.flatmap(lambda more: st.fixed_dictionaries(needed | {name: rest[name] for name in more}))


def _map(shape: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    inside = {key: _value(shape, each) for key, each in node.get("properties", {}).items() if _is_settable(each)}
    if inside and node.get("maxProperties") == 1:
        return st.one_of([st.fixed_dictionaries({key: each}) for key, each in inside.items()])
    if inside:
        ways = [frozenset(each["required"]) for each in node.get("oneOf", [{"required": []}])]
        either = frozenset[str]().union(*ways)
        return st.one_of([_some(_without(inside, either - way), way.union(node.get("required", ()))) for way in ways])
    every = node.get("additionalProperties")
    values = _value(shape, every) if isinstance(every, dict) else st.sampled_from([{}, 1, "x"])
    named = node.get("propertyNames", {}).get("format")
    names = texts(shape.pair, named) if named else st.sampled_from(["x", word(shape.pair.other)])
    return st.dictionaries(names, values, min_size=1, max_size=2)


def _is_settable(node: Any) -> bool:  # noqa: ANN401 - JSON Schema
    return "x-varve-written" not in node


def _list(shape: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    return st.lists(_value(shape, node.get("items", {"type": "string"})), min_size=1, max_size=2)


def _number(_: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    low = node.get("minimum", node.get("exclusiveMinimum", 0))
    high = node.get("maximum", node.get("exclusiveMaximum", 2**31))
    return st.sampled_from([low, high, (low + high) // 2, low + 1])


def _whole(shape: _Shape, node: Any) -> Values:  # noqa: ANN401 - JSON Schema
    return _number(shape, node).map(int)


_MAKERS: Final[Mapping[str, Callable[[_Shape, Any], Values]]] = {
    "string": _text,
    "object": _map,
    "array": _list,
    "number": _number,
    "integer": _whole,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
}
