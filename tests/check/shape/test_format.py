import subprocess
import sys

import pytest

from varve.check.shape.format import FORMATS, WRITTEN_ANNOTATIONS, WRITTEN_LABELS

GOOD_AND_BAD: dict[str, tuple[list[str], list[str]]] = {
    "duration": (["1ms", "30s", "5m", "1h30m", "15d", "1y2w3d4h5m6s7ms"], ["", "0", "0s", "5", "5 m", "1m1h", "-5m"]),
    "duration-or-zero": (["0", "0s", "0m", "30s", "1h30m"], ["", "5", "5 m", "-5m", "0.5s", "none"]),
    "heartbeat-interval": (["10s", "1m", "1d"], ["", "9s", "1d1s", "1 m", "60"]),
    "recipient": (
        ["age12akaj3z7n7yscf7a635qqljqndqsr7cepsm4h0ju73hppzewn96q8yv5fc"],
        ["", "age1", "age12akaj3z7n7yscf7a635qqljqndqsr7cepsm4h0ju73hppzewn96q8yv5fd", "AGE-SECRET-KEY-1"],
    ),
    "time-zone": (["UTC", "Europe/Paris", "America/Argentina/Ushuaia"], ["", "CEST", "europe/paris", "+02:00"]),
    "locale": (["fr_FR", "en_GB", "de_CH", "it_IT", "es_MX"], ["", "fr", "fr-FR", "fr_fr", "pt_BR", "fr_FR.UTF-8"]),
    "label-name": (["a", "_a", "le", "tenant", "A1"], ["", "1a", "__a", "a-b", "a.b", "é", "a b"]),
    "free-label": (["team", "cost_center"], ["", "__name__", "a-b", *sorted(WRITTEN_LABELS)]),
    "vendor-label": (["severity", "job"], ["tenant", "", "__name__"]),
    "free-annotation": (["dashboard"], ["", "a-b", *sorted(WRITTEN_ANNOTATIONS)]),
    "metric-name": (["up", "a:b:c", "_x"], ["", "1a", "a-b", "a.b", "a{}", "é"]),
    "alert-name": (
        ["QueueStuck", "A", "Disk2Full"],
        ["", "queueStuck", "Escalated", "Queue stuck", "Queue_Stuck", "A" * 129],
    ),
    "vendor-alert": (["KubePodCrashLooping", "any name"], ["Escalated"]),
    "promql": (["up > 1", "1", 'rate(a{b=~"x.*"}[5m])'], ["", "up >", "a[5m]", '"text"', "rate(a)", "up{a=~'('}"]),
    "promql-selector": (
        ["up", 'a{b="c"}', '{"a.b"}', '{c="d", "a.b"}'],
        ["", "sum(up)", "a[5m]", "a offset 5m", "a > 1", "1", "{", '{b="c"}', '{__name__=~"slo:.*"}', '{"b"="c"}'],
    ),
    "go-template": (["text", "{{ $value }}", "{{ $labels.a | toUpper }}"], ["{{", '{{ query "up" }}', "{{ shout }}"]),
    "matchers": (
        ['service="ledger"', 'a=~"b|c",d!="e"', "{a=b}"],
        ["", "{}", "a", "a=", 'a="b', "a=b c", 'a=~"["', 'a=~"b)|(c"', '"a b"="c"', 'a="\\u00e9"', "a=b}", ","],
    ),
    "instant": (["2026-11-21T03:00", "2026-11-21 03:00Z"], ["", "03:00", "2026-11-21", "2026-02-30T03:00", "now"]),
    "time-of-day": (["00:00", "09:30", "24:00"], ["", "9:30", "24:01", "09:30:00", "noon"]),
    "day-range": (["monday", "monday:friday", "friday:monday"], ["", "Monday", "mon", "monday-friday", "monday:"]),
    "month-range": (["december", "7", "7:8", "may:7"], ["", "0", "13", "dec", "12:1", "July"]),
    "day-of-month-range": (["1", "31", "1:7", "-3:-1"], ["", "0", "32", "-1:1", "7:1", "28:-1", "01"]),
    "year-range": (["2027", "2027:2028"], ["", "27", "2028:2027", "2027-2028"]),
    "http-url": (
        ["http://a.example", "https://a.example:8080/x?y=z#w", "https://[2001:db8::1]/", "https://a.example/%7e%2F"],
        [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https://a b",
            "https://me@a.example",
            "http://a:0",
            "http://[",
            "https://a.example/%zz",
            "https://a.example/?a=100%",
            "https://a%2eexample/",
            "https://[fe80::1%25eth0]/",
            "https://@a.example/",
            "https://a,b.example/",
        ],
    ),
    "slack-channel": (["#a", "#payments-oncall", "@alice", "#été"], ["", "#", "payments", "#Payments", "#a b", "##a"]),
    "email-address": (
        ["a@b.example", "first.last+tag@mail.example.org"],
        ["", "a", "a@b", "A <a@b.example>", "a@b@c.example", "a@-b.example", "a b@c.example", "a@b." + "c" * 254],
    ),
    "host-port": (
        ["a:1", "a.example:9090", "10.0.0.1:65535", "[2001:db8::1]:9090"],
        ["", "a", "a:", ":1", "a:0", "a:65536", "a:1/x", "http://a:1", "me:pw@a:1", "[::1]"],
    ),
    "host-pattern": (
        ["a.example", "*.a.example", "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1"],
        ["", "*", "*.", "a.*", "*a.example", "a.example:80", "10.0.0.1/8", "https://a.example", "a b"],
    ),
    "url-path": (["/", "/metrics", "/a/b.c"], ["", "metrics", "/a/../b", "/a b", "/a\n", "/a\x7f"]),
    "absolute-path": (["/run/secrets"], ["run", "/..", "/run/../etc"]),
    "secret-name": (
        ["slack/webhook", "a1/B_2.c-d"],
        ["", "slack", "slack/", "/a", "a/b/c", "Slack/a", "a1/.b", "a1/b."],
    ),
    "version": (["2.42", "3.5", "3.5.1"], ["", "2.41", "3", "latest", "v3.5", "3.5-rc.1"]),
    "alertmanager-version": (["0.25", "0.34.2", "1.0"], ["", "0.24.9", "34", "latest", "v0.34"]),
    "grafana-version": (["10.0", "13.0.1"], ["", "9.5", "13", "latest", "v13.0"]),
    "id": (["ab", "a1", "a-b", "a" * 40], ["", "a", "Ab", "1a", "a-", "-a", "a_b", "a" * 41, "é1"]),
    "layer-path": (
        ["environments/defaults", "environments/tiers/%{tenant.tier}", "tenants/%{tenant.id}/services/*", "tenants"],
        [
            "",
            "defaults",
            "../a",
            "environments/a.yaml",
            "environments/%{x}",
            "environments//a",
            "environments/*/a",
            "/a",
        ],
    ),
    "layer-into": (["services", "services.%{file.stem}"], ["", "a.", "a..b", "a/b", "%{file.stem}.a", "A"]),
    "fact": (
        ["environment", "tenant.tier", "tenant.cost_center"],
        ["", "tier", "tenant.", "tenant.Tier", "tenant.a.b"],
    ),
    "variable": (["A", "CLUSTER_1"], ["", "a", "1A", "_A", "A-B"]),
}

HOSTILE = (
    "a A 0 9 . - _ : / @ # % ( [ { \\ \" ' é \x00 \n \u202e "
    "a. a- a@ a/ 1m 1h1 a.b@ %{ %{a {{ }} (a+ a:1 // /a /.. a=~ 1e ${ _a. é. A1"
)


def test_every_format_is_tried() -> None:
    assert GOOD_AND_BAD.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (good, _) in GOOD_AND_BAD.items() for text in good])
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (_, bad) in GOOD_AND_BAD.items() for text in bad])
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    reason = FORMATS[name].fault(text)
    assert reason
    assert FORMATS[name].advice or reason.startswith(("write ", "use ", "begin ")), reason


def test_schemas_name_no_format_that_is_not_there() -> None:
    from varve.check.shape import kind

    def formats(node: object) -> set[str]:
        match node:
            case dict():
                own = {node["format"]} if isinstance(node.get("format"), str) else set()
                return own.union(*map(formats, node.values()))
            case list():
                return set().union(*map(formats, node))
        return set()

    assert formats([kind.schema(each) for each in kind.KINDS]) <= FORMATS.keys()


def test_no_hostile_text_keeps_a_format_busy() -> None:
    """30 kB of each hostile piece, with ends that cannot match, in a process of its own that may be stopped."""
    program = (
        "import sys\n"
        "from varve.check.shape.format import FORMATS\n"
        "for name, format_ in FORMATS.items():\n"
        "    print(name, flush=True)\n"
        "    for piece in filter(None, sys.argv[1].split(' ')):\n"
        "        for text in (piece * (30000 // len(piece)), 'a@' + piece * (30000 // len(piece))):\n"
        "            for end in ('', '!', chr(10), 'a'):\n"
        "                format_.fault(text + end)\n"
    )
    pieces = HOSTILE.replace("\x00", "\x01")  # an argument cannot hold a zero
    done = subprocess.run([sys.executable, "-c", program, pieces], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().split() == list(FORMATS)
