"""Hostile changes of everything that one tenant can write, as strategies of parts that are put together."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

import yaml
from hypothesis import strategies as st

from tests.interference.file import BROKEN, STRANGE, dashboards, tampered
from tests.interference.repository import ENVIRONMENT, SEALED, of_tenant, word
from tests.interference.value import JUNK, Pair, Values, formats, of_kind, texts
from tests.read.test_parse import as_json, as_toml, as_xml, as_yaml

Keys: TypeAlias = tuple[str, ...]


class Change(NamedTuple):
    """What a pull request does: contents by path (None where a file goes), paths that are links or submodules.

    `kinds` are the parts of which it is made, and `committed` says whether the repository's `build/` is there.
    """

    files: Mapping[str, bytes | None]
    refused: frozenset[str]
    kinds: tuple[str, ...]
    committed: bool


class Setting(NamedTuple):
    """A part of a change that sets a value in a source, of which `stem` is the path without extension."""

    stem: str
    keys: Keys
    value: Any


class Laid(NamedTuple):
    """A part of a change that lays bytes at a path, or takes a file away, or puts a link there."""

    path: str
    data: bytes | None
    is_link: bool = False


Part: TypeAlias = Setting | Laid

WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {
    ".yaml": as_yaml,
    ".yml": as_yaml,
    ".json": as_json,
    ".toml": as_toml,
    ".xml": as_xml,
}
_ONLY_YAML: Final = ("/rules/", "/dashboards/", "/tests/", "/secrets/")


# Values at a place


def _settings(stem: str, keys: Keys, values: Values) -> st.SearchStrategy[Part]:
    return values.map(lambda value: Setting(stem, keys, value))


def _stems(pair: Pair, *names: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"tenants/{pair.own}/{name}" for name in names])


def _at_any(stems: st.SearchStrategy[str], keys: st.SearchStrategy[Keys], values: Values) -> st.SearchStrategy[Part]:
    return st.builds(Setting, stems, keys, values)


def _of_a_service(pair: Pair) -> st.SearchStrategy[Part]:
    """A field of a service, said in its own file, in the tenant's or in the overlay."""
    fields = of_kind(pair, "unit", "$defs", "service")
    services = st.sampled_from(["checkout", "ledger", word(pair.other), "raw", "platform"])
    homes = st.sampled_from(["services", "tenant", f"overlays/{ENVIRONMENT}"])

    def setting(home: str, service: str, value: Any) -> Part:  # noqa: ANN401 - of a schema
        if home == "services":
            return Setting(f"tenants/{pair.own}/services/{service}", (), value)
        return Setting(f"tenants/{pair.own}/{home}", ("services", service), value)

    return st.builds(setting, homes, services, fields)


def _rule(pair: Pair) -> st.SearchStrategy[Part]:
    """An alert or a recording of a service: what reads series, and what makes them."""
    section = st.sampled_from(["alert", "record"])
    stems = _stems(pair, "services/checkout", "services/ledger")
    named = {"alert": texts(pair, "alert-name"), "record": texts(pair, "metric-name")}

    def rule(stem: str, kind: str) -> st.SearchStrategy[Part]:
        keys = named[kind].map(lambda name: (f"{kind}s", name))
        return st.builds(Setting, st.just(stem), keys, of_kind(pair, "unit", "$defs", kind))

    return st.tuples(stems, section).flatmap(lambda drawn: rule(*drawn))


def _discovered(pair: Pair) -> st.SearchStrategy[Part]:
    """A scrape whose targets are found, named as others are, with or without targets of its own."""
    stems = _stems(pair, "services/checkout", "services/ledger", f"services/{word(pair.other)}")
    names = st.sampled_from(["app", "tenant", word(pair.other)]).map(lambda name: ("scrape", name))

    def discovered(scrape: Any, alone: bool) -> Any:  # noqa: ANN401, FBT001 - YAML, and drawn
        return {key: each for key, each in scrape.items() if not (alone and key == "targets")} | {"discovered": True}

    return _at_any(stems, names, st.builds(discovered, of_kind(pair, "unit", "$defs", "scrape"), st.booleans()))


def _of_notify(pair: Pair) -> st.SearchStrategy[Part]:
    """Receivers, hours, routes, escalations and paces, named as the other tenant names its own."""
    stems = _stems(pair, "tenant", f"overlays/{ENVIRONMENT}")
    names = st.sampled_from(["oncall", "mail", "office", word(pair.other), f"{word(pair.other)}-only", "platform"])

    def named(section: str, kind: str) -> st.SearchStrategy[Part]:
        keys = names.map(lambda name: ("notify", section, name))
        return _at_any(stems, keys, of_kind(pair, "unit", "$defs", kind))

    routes = st.builds(
        lambda stem, name, route, match: Setting(stem, ("notify", "routes", name), {**route, "match": match}),
        stems,
        names,
        of_kind(pair, "unit", "$defs", "route"),
        texts(pair, "matchers"),
    )
    severities = st.sampled_from(["critical", "warning", "info"]).map(lambda name: ("notify", "routes", name))
    silences = st.builds(lambda route, key: (*route, key), severities, st.sampled_from(["hours", "mute"]))
    escalation = of_kind(pair, "unit", "$defs", "notify", "properties", "escalation")
    waits = st.sampled_from(["group_wait", "group_interval", "repeat"])
    paces = st.builds(lambda route, key: (*route, key), st.one_of(st.just(("notify",)), severities), waits)
    return st.one_of(
        routes,
        routes,
        named("receivers", "receiver"),
        named("hours", "hours"),
        _at_any(stems, severities, of_kind(pair, "unit", "$defs", "route")),
        _at_any(stems, silences, st.one_of(st.just("office"), names)),
        _at_any(stems, st.just(("notify", "escalation")), escalation),
        _at_any(stems, st.just(("notify", "group_by")), st.lists(texts(pair, "label-name"), unique=True)),
        _at_any(stems, paces, st.sampled_from(["30s", "1m", "5m", "90m", "1h", "4h", "2d", "1w"])),
    )


def _of_the_tenant(pair: Pair) -> st.SearchStrategy[Part]:
    """Who the tenant says it is: another's name, another tier, another isolation, other quotas, other labels."""
    stems = _stems(pair, "tenant", f"overlays/{ENVIRONMENT}")
    facts = {
        ("tenant", "name"): (pair.other, word(pair.other), "../beta"),
        ("tenant", "region"): (pair.other, "eu-west", "us-east"),
        ("tenant", "owners"): ([f"{word(pair.other)}@{pair.other}.example"],),
        ("tenant", "tier"): ("gold", "platinum"),
        ("tenant", "isolation"): ("strict", "partial", "logical"),
        ("tenant", "id"): (pair.other,),
        ("tenant", "compliance"): (["gdpr"],),
        ("locale",): formats(pair)["locale"],
        ("timezone",): formats(pair)["time-zone"],
        ("quotas", "series"): (10**9,),
        ("quotas", "samples_per_second"): (1, 10**9),
        ("labels", "team"): (word(pair.other),),
        ("labels", "page"): ("yes", "now"),
        ("labels", "tenant"): (pair.other,),
        ("platform", "secrets", "root"): ("/etc",),
        ("environment",): ("staging",),
    }
    often = [keys for keys in facts if keys in _FREE]
    keys = st.sampled_from([*often, *often, *facts])
    return keys.flatmap(lambda at: st.builds(Setting, stems, st.just(at), st.sampled_from(facts[at])))


_FREE: Final = (
    ("tenant", "name"),
    ("tenant", "region"),
    ("locale",),
    ("timezone",),
    ("labels", "team"),
    ("labels", "page"),
)


def _user(pair: Pair) -> st.SearchStrategy[Part]:
    return _at_any(
        _stems(pair, f"users/{word(pair.other)}", f"users/{word(pair.own)}", "users/platform"),
        st.just(()),
        of_kind(pair, "unit", "$defs", "user"),
    )


def _vendor(pair: Pair) -> st.SearchStrategy[Part]:
    """A vendor's rules, in groups that are named as others are."""
    rule = st.one_of(
        st.builds(
            lambda name, expr, labels, note: {
                "alert": name,
                "expr": expr,
                "labels": labels,
                "annotations": {"summary": note},
            },
            texts(pair, "vendor-alert"),
            texts(pair, "promql"),
            st.dictionaries(texts(pair, "vendor-label"), st.just(pair.other), max_size=2),
            texts(pair, "go-template"),
        ),
        st.builds(
            lambda name, expr: {"record": name, "expr": expr},
            texts(pair, "metric-name"),
            texts(pair, "promql"),
        ),
    )
    names = st.sampled_from(["node.rules", f"{pair.other}/checkout", f"../{pair.other}", "_tenant", "a/b/c"])
    group = st.builds(lambda name, rules: {"name": name, "rules": rules}, names, st.lists(rule, min_size=1, max_size=2))
    stems = _stems(pair, "rules/node", "rules/checkout", f"rules/{pair.other}", "rules/raw")
    return st.builds(lambda stem, each: Setting(stem, (), {"groups": [each]}), stems, group)


def _dashboard(pair: Pair) -> st.SearchStrategy[Part]:
    stems = _stems(pair, "dashboards/overview", "dashboards/checkout", f"dashboards/{pair.other}")
    return st.builds(lambda stem, value: Laid(f"{stem}.json", json.dumps(value).encode()), stems, dashboards(pair))


def _case(pair: Pair) -> st.SearchStrategy[Part]:
    """Tests of routes: one that holds whatever else is said, others that ask about somebody else's."""
    case = st.one_of(
        st.just({"labels": {"severity": "none", "alertname": "X"}, "expect": ["platform"]}),
        st.fixed_dictionaries(
            {
                "labels": st.dictionaries(texts(pair, "vendor-label"), st.just(pair.other), max_size=2),
                "expect": st.lists(st.sampled_from(["platform", "oncall", word(pair.other)]), unique=True, max_size=2),
            }
        ),
    )
    return _settings(f"tenants/{pair.own}/tests/routes", (), case.map(lambda each: {"cases": [each]}))


# Files


def _secret(pair: Pair) -> st.SearchStrategy[Part]:
    """Sealed look-alikes: the other tenant's own file, one that is half sealed, one that is in the clear."""
    sealed = of_tenant(pair.other)[f"tenants/{pair.other}/secrets/slack.sops.yaml"]
    datas = [
        sealed,
        SEALED.encode(),
        SEALED.replace("webhook:", "other:").encode(),
        SEALED.replace("ENC[", "CNE[").encode(),
        b"webhook: hunter2hunter2\n",
        f"{SEALED}hc_vault: [{{vault_address: 'https://evil.example'}}]\n".encode(),
    ]
    names = (
        "secrets/slack.sops.yaml",
        f"secrets/{ENVIRONMENT}/slack.sops.yaml",
        f"secrets/{word(pair.other)}.sops.yaml",
    )
    return st.builds(Laid, _stems(pair, *names), st.sampled_from(datas))


def _broken(pair: Pair) -> st.SearchStrategy[Part]:
    paths = _stems(
        pair,
        "tenant.yaml",
        "tenant.json",
        "services/checkout.yaml",
        "services/extra.toml",
        "services/ledger.xml",
        "users/extra.json",
        "rules/node.yaml",
        "dashboards/overview.json",
        "tests/routes.yaml",
        "secrets/slack.sops.yaml",
        f"overlays/{ENVIRONMENT}.xml",
    )
    return st.builds(Laid, paths, st.sampled_from(BROKEN))


def _strange(pair: Pair) -> st.SearchStrategy[Part]:
    """Names of files and folders that nothing reads, or that mean something to somebody else."""
    datas = st.sampled_from([b"{}\n", b"", b"tenant: {id: beta}\n", b"\x00\xff", b"groups: []\n"])
    return st.builds(Laid, _stems(pair, *STRANGE), datas)


def _link(pair: Pair) -> st.SearchStrategy[Part]:
    """A symbolic link or a submodule: the snapshot holds only that it is there."""
    paths = _stems(pair, "services/link.yaml", "link", f"users/{word(pair.other)}.yaml", "rules/vendor")
    return paths.map(lambda path: Laid(path, None, is_link=True))


def _removal(pair: Pair) -> st.SearchStrategy[Part]:
    paths = sorted(of_tenant(pair.own))
    return st.sampled_from([*paths, f"tenants/{pair.own}/"]).map(lambda path: Laid(path, None))


def _word_of_merging(pair: Pair) -> st.SearchStrategy[Part]:
    """Words of the language that take something away, or that have no meaning where they stand."""
    stems = _stems(pair, f"overlays/{ENVIRONMENT}", "tenant")
    keys = st.sampled_from(
        [("services", "ledger"), ("notify", "routes", "warning"), ("notify", "escalation"), ("labels",)]
    )
    words = st.sampled_from([{"$patch": "delete"}, {"$patch": "replace"}, {"$patch": "merge"}, {"$remove": ["team"]}])
    return _at_any(stems, keys, words)


def _junk(pair: Pair) -> st.SearchStrategy[Part]:
    """Anything at all, in some place where a value belongs."""
    stems = _stems(pair, "tenant", "services/checkout", f"overlays/{ENVIRONMENT}", "users/extra", "rules/node")
    keys = st.sampled_from(
        [
            ("tenant",),
            ("tenant", "name"),
            ("tenant", "tier"),
            ("notify", "routes", "critical", "receivers"),
            ("notify", "receivers", "oncall", "slack", "channel"),
            ("alerts", "QueueStuck", "expr"),
            ("alerts", "QueueStuck", "labels", "zone"),
            ("alerts", "QueueStuck", "annotations", "note"),
            ("scrape", "app", "targets"),
            ("labels", "zone"),
            ("owner",),
            ("groups",),
        ]
    )
    return _at_any(stems, keys, JUNK)


KINDS: Final[Mapping[str, tuple[int, Callable[[Pair], st.SearchStrategy[Part]]]]] = {
    "a field of a service": (6, _of_a_service),
    "a rule": (5, _rule),
    "discovered targets": (2, _discovered),
    "routes and receivers": (6, _of_notify),
    "who the tenant is": (4, _of_the_tenant),
    "a user": (2, _user),
    "a vendor's rules": (4, _vendor),
    "a dashboard": (4, _dashboard),
    "a test of routes": (1, _case),
    "a secret": (1, _secret),
    "a broken file": (1, _broken),
    "a strange file": (3, _strange),
    "a link or a submodule": (1, _link),
    "something less": (1, _removal),
    "a word of merging": (1, _word_of_merging),
    "anything": (1, _junk),
}
"""The parts of changes, each with how often it is drawn."""


@cache
def parts(pair: Pair, *kinds: str) -> st.SearchStrategy[tuple[str, Part]]:
    """One part of a change, with the name of its kind, which is one of `kinds`, or any."""
    every = {name: make(pair) for name, (_, make) in KINDS.items()}
    weighed = [name for name, (weight, _) in KINDS.items() for _ in range(weight) if name in kinds or not kinds]
    return st.sampled_from(weighed).flatmap(lambda name: st.tuples(st.just(name), every[name]))


@cache
def changes(pair: Pair, *kinds: str) -> st.SearchStrategy[Change]:
    """What a pull request may change of the sources of the tenant `pair.own`: some parts, in some format."""
    drawn = st.lists(parts(pair, *kinds), min_size=1, max_size=2)
    return st.builds(lambda *those: put_together(pair, *those), drawn, st.sampled_from([*WRITERS]), st.booleans())


@cache
def changes_of_artifacts(pair: Pair, *kinds: str) -> st.SearchStrategy[Change]:
    """The same, and some of the tenant's artifacts, of all that is committed."""
    artifact = tampered(pair).map(lambda drawn: ("an artifact", Laid(*drawn)))
    few = st.lists(parts(pair, *kinds), min_size=1, max_size=2)
    drawn = st.tuples(few, st.lists(artifact, min_size=1, max_size=2)).map(lambda both: [*both[0], *both[1]])
    return st.builds(
        lambda those, how: put_together(pair, those, how, committed=True), drawn, st.sampled_from([*WRITERS])
    )


def put_together(pair: Pair, drawn: list[tuple[str, Part]], extension: str, committed: bool) -> Change:  # noqa: FBT001
    """The change that some parts make; sources of which they say something are written in the format of `extension`."""
    files: dict[str, bytes | None] = {}
    values: dict[str, Any] = {}
    for _, part in drawn:
        if isinstance(part, Setting):
            values.setdefault(part.stem, _of_base(pair.own, part.stem))
            values[part.stem] = _with(values[part.stem], part.keys, part.value)
    for stem, value in values.items():
        files.update({path: None for path in of_tenant(pair.own) if path.rpartition(".")[0] == stem})
        written = ".yaml" if any(folder in stem for folder in _ONLY_YAML) else extension
        files[stem + written] = WRITERS[written](value).encode("utf-8", "replace")
    laid = [part for _, part in drawn if isinstance(part, Laid)]
    for part in laid:
        files.update(_laid(pair, part))
    links = frozenset(part.path for part in laid if part.is_link)
    return Change(files, links, tuple(sorted({kind for kind, _ in drawn})), committed)


def _laid(pair: Pair, part: Laid) -> dict[str, bytes | None]:
    if part.path.endswith("/"):
        return dict.fromkeys(of_tenant(pair.own))
    return {part.path: part.data}


def _of_base(tenant: str, stem: str) -> Any:  # noqa: ANN401 - YAML
    """What the tenant says in a source as it stands; nothing where it has none of that name."""
    found = next((data for path, data in of_tenant(tenant).items() if path.rpartition(".")[0] == stem), b"{}")
    return yaml.load(found, yaml.CSafeLoader)


def _with(value: Any, keys: Keys, new: Any) -> Any:  # noqa: ANN401 - YAML
    """The value with something else at `keys`; a map is laid over what is there."""
    if keys:
        inside = value if isinstance(value, dict) else {}
        return {**inside, keys[0]: _with(inside.get(keys[0]), keys[1:], new)}
    return {**value, **new} if isinstance(value, dict) and isinstance(new, dict) else new
