"""Checks stores that tell tenants apart: the header, its match with Grafana's, and the names of tenants."""

from collections.abc import Iterator
from typing import Final, cast

from varve.language.address import Endpoint, endpoint_of, of_url
from varve.model.diagnostic import Note, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter
from varve.resolve.store import Store, stores

RESERVED_HEADER = Rule(
    "check/reserved-header",
    "Remote write header cannot name a tenant",
    "Prometheus sends some headers itself, such as those for authentication and encoding, and refuses its whole "
    "configuration if a remote write sets one of them. Use the header by which the store tells tenants apart: "
    "`X-Scope-OrgID` for Mimir and Cortex, `THANOS-TENANT` for Thanos unless configured otherwise.",
)
OTHER_HEADER = Rule(
    "check/other-header",
    "Series are written under one header and read under another",
    "A tenant with `partial` isolation reads its series through the data source for partial tenants, which names the "
    "tenant in a header. Remote writes to the same host must name the tenant in the same header: otherwise the "
    "tenant would read nothing, or what somebody else wrote. Set the same header in both places.",
)
NO_PARTIAL_SOURCE = Rule(
    "check/no-partial-source",
    "Store for partial tenants has no data source",
    "With `of: partial` only tenants with `partial` isolation, which share a Prometheus and are told apart by a "
    "header, are written to a store separately, and Grafana has a data source for each of them. Set it under "
    "`platform.grafana.datasources.partial`, or remove `of`, and every tenant is written separately.",
)
TAKEN_REST = Rule(
    "check/taken-rest",
    "Tenant id is the store's name for the rest",
    "`platform.remote_write.<name>.tenants.rest` is the name under which a store receives what does not belong to a "
    "single tenant: the server's own series, and with `of: partial` those of all tenants that are not partial. A "
    "tenant of that name could read them. Rename the tenant, or let the platform choose another name for the rest.",
)
DEFAULT_TENANT = Rule(
    "check/default-tenant",
    "Name belongs to requests without a header",
    "A store that tells tenants apart by a header may also accept requests without one, and has a tenant for them: "
    "`anonymous` in Mimir and Cortex, `default-tenant` in Thanos. Series under that name could be read by whoever "
    "sends no header, and mixed with what others write. Choose another name for the tenant, or for `rest`.",
)
REPEATED_STORE = Rule(
    "check/repeated-store",
    "Store for separate tenants is written to twice",
    "With `platform.remote_write.<name>.tenants` a store receives each tenant's series under the tenant's id. A second "
    "remote write to the same URL would write them again, or without the header that names the tenant. Keep one entry "
    "for the URL, with `tenants`, and set its `rest` for what belongs to no tenant; what `of: partial` leaves out "
    "is written under that name too.",
)

_SHOWN: Final[Keys] = ("platform", "grafana", "datasources", "partial", "header")
_RESERVED: Final = frozenset(
    {"authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"}
    | {"keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"}
    | {"x-prometheus-remote-write-version", "x-prometheus-remote-read-version"}
    | {"x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "retry-attempt", "transfer-encoding", "trailer"}
)
"""In lower case. Prometheus accepts the last few, but sends other values for them."""
_DEFAULTS: Final = {"anonymous": "Mimir and Cortex keep", "default-tenant": "Thanos keeps"}


def check_platform(environment: Environment, report: Report) -> None:
    """Report stores with a header that cannot work, that is not the one Grafana reads by, or that are written twice."""
    reporter = ValueReporter(environment.stack, report)
    shown = _partial_source(environment)
    for each in stores(environment):
        if each.header.casefold() in _RESERVED:
            message = f"`{each.header}` is a header that Prometheus sends itself"
            hint = "use the header by which the store tells tenants apart"
            reporter.at(_at(each, "header"), RESERVED_HEADER, message, hint=hint)
        elif "header" in shown and _is_same_host(each.url, str(shown["url"])) and not _is_same(each, shown):
            message = f"Grafana names the tenant to the same host in the header `{shown['header']}`"
            note = Note("this is the header of Grafana", origin(environment.stack, _SHOWN)[0])
            reporter.at(_at(each, "header"), OTHER_HEADER, message, note, hint="use the same header for both")
        if each.partial and "header" not in shown:
            message = f"`{environment.name}` has no data source that tells partial tenants apart"
            hint = "set `platform.grafana.datasources.partial` with its `header`, or remove `of`"
            reporter.at(_at(each, "of"), NO_PARTIAL_SOURCE, message, hint=hint)
        if each.rest and each.rest.casefold() in _DEFAULTS:
            reporter.at(_at(each, "rest"), DEFAULT_TENANT, _default(each.rest), hint="choose another name for the rest")
    _check_repeated(environment, reporter)


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report a tenant whose id is a store's name for the rest, or for requests without a header."""
    tenant, reporter = unit.unit.tenant, ValueReporter(unit.stack, report)
    tenant_stores = stores(environment)
    if tenant_stores and tenant in _DEFAULTS:
        place, _ = origin(environment.stack, _at(tenant_stores[0]))
        note = Note(f"`{environment.name}` names tenants in a header here", place._replace(on="key"))
        reporter.at(("tenant",), DEFAULT_TENANT, _default(tenant), note, hint="rename the tenant", on="key")
        return
    for each in tenant_stores:
        if each.rest and each.rest.casefold() == tenant:
            note = Note("the platform sets the name here", origin(environment.stack, _at(each, "rest"))[0])
            message = f"`{tenant}` is the name in `{each.name}` of what belongs to no tenant in `{environment.name}`"
            hint = "rename the tenant, or let the platform choose another name for the rest"
            reporter.at(("tenant",), TAKEN_REST, message, note, hint=hint, on="key")


def _check_repeated(environment: Environment, reporter: ValueReporter) -> None:
    writes = _remote_writes(environment)
    for name, before in _repeated(writes):
        both = all("tenants" in writes[each] for each in (name, before))
        which = "both tell" if both else f"`{name if 'tenants' in writes[name] else before}` tells"
        message = f"`{name}` writes to the same URL as `{before}`, although {which} tenants apart"
        note = Note(f"the URL of `{before}`", origin(environment.stack, _url_at(before))[0])
        hint = "keep one of them, with `tenants`, and set its `rest` for what belongs to no tenant"
        reporter.at(_url_at(name), REPEATED_STORE, message, note, hint=hint)


def _repeated(writes: dict[str, Map]) -> Iterator[tuple[str, str]]:
    """Each remote write to the URL of an earlier one, with that one, if either tells tenants apart; queries aside."""
    known: dict[Endpoint, list[str]] = {}
    for name, each in writes.items():
        earlier = known.setdefault(endpoint_of(str(each["url"])).resource, [])
        before = next((other for other in earlier if "tenants" in each or "tenants" in writes[other]), None)
        if before is not None:
            yield name, before
        earlier.append(name)


def _remote_writes(environment: Environment) -> dict[str, Map]:
    return cast("dict[str, Map]", environment.platform.get("remote_write") or {})


def _default(name: str) -> str:
    return f"`{name}` is the name under which {_DEFAULTS[name.casefold()]} what is sent without a header"


def _url_at(name: str) -> Keys:
    return ("platform", "remote_write", name, "url")


def _at(store: Store, *keys: str) -> Keys:
    return ("platform", "remote_write", store.name, "tenants", *keys)


def _partial_source(environment: Environment) -> Map:
    """The settings of the data source of partial tenants; empty without one."""
    if "grafana" not in cast("Map", environment.platform["targets"]):
        return {}
    grafana = cast("dict[str, dict[str, Map]]", environment.platform.get("grafana") or {})
    return grafana.get("datasources", {}).get("partial", {})


def _is_same_host(one: str, other: str) -> bool:
    return of_url(one).host == of_url(other).host


def _is_same(store: Store, shown: Map) -> bool:
    return store.header.casefold() == str(shown["header"]).casefold()
