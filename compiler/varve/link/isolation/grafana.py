"""The provisioning of a Grafana: a folder for each tenant, and data sources that show no other tenant's series."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.language.grafana.uid import uid
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import MAP, TEXT, TEXTS, TRUTH, Shape, maps, misshapen, under
from varve.model.source import Map, Value
from varve.resolve.datasource import own, shared

_PROVIDERS: Final[Shape] = {
    "apiVersion": TEXT,
    "providers": [
        {
            **dict.fromkeys(("name", "orgId", "folder", "folderUid", "type"), TEXT),
            **dict.fromkeys(("disableDeletion", "allowUiUpdates"), TRUTH),
            "options": {"path": TEXT, "foldersFromFilesStructure": TRUTH},
        }
    ],
}
_SOURCES: Final[Shape] = {
    "apiVersion": TEXT,
    "prune": TRUTH,
    "datasources": [
        {
            **dict.fromkeys(("name", "type", "access", "orgId", "uid", "url"), TEXT),
            "editable": TRUTH,
            "jsonData": MAP,
            "secureJsonData": TEXTS,
        }
    ],
}
_FIRST: Final = 1


class Tenants(NamedTuple):
    """An environment's name; by tenant, whether it is strict; and by strict tenant, the URL of its Prometheus."""

    environment: str
    strict: Mapping[str, bool]
    urls: Mapping[str, str]

    def has_organisation(self, tenant: str, number: Value, others: Counter[Value]) -> bool:
        """Whether an organisation is the right one: a strict tenant has its own, and all others share the first."""
        return (number != _FIRST and others[number] == 1) if self.strict[tenant] else number == _FIRST


def provider_breaches(value: Value, tenants: Tenants) -> tuple[Breach, ...]:
    """The folders of dashboards that do not belong to exactly one tenant."""
    return misshapen(value, _PROVIDERS) or tuple(_providers(cast("Map", value or {}), tenants))


def _providers(value: Map, tenants: Tenants) -> Iterator[Breach]:
    folders = {uid(tenants.environment, tenant, "folder"): tenant for tenant in tenants.strict}
    every = maps(value, "providers")
    organisations = Counter(each.get("orgId") for each in every)
    paths = {_parent(each) for each in every}
    for index, each in enumerate(every):
        tenant = folders.pop(str(each.get("folderUid")), None)
        if tenant is None or len(paths) > 1 or not _is_folder(each, tenant, tenants, organisations):
            yield Breach("a dashboard folder does not belong to exactly one tenant", ("providers", index))


def _parent(provider: Map) -> str:
    return str(under(provider, "options").get("path")).rpartition("/")[0]


def _is_folder(provider: Map, tenant: str, tenants: Tenants, organisations: Counter[Value]) -> bool:
    title = f"{tenants.environment} {tenant}"
    return (
        provider.get("name") == provider.get("folder") == title
        and str(under(provider, "options").get("path")).rpartition("/")[2] == tenant
        and tenants.has_organisation(tenant, provider.get("orgId"), organisations)
        and provider.get("allowUiUpdates") is False
    )


def source_breaches(value: Value, tenants: Tenants) -> tuple[Breach, ...]:
    """The data sources that show more than they may."""
    return misshapen(value, _SOURCES) or tuple(_sources(cast("Map", value or {}), tenants))


def _sources(value: Map, tenants: Tenants) -> Iterator[Breach]:
    everybody = shared(tenants.environment)
    due: dict[tuple[str, str], str] = {own(tenants.environment, tenant): tenant for tenant in tenants.strict}
    every = maps(value, "datasources")
    organisations = Counter(each.get("orgId") for each in every)
    for index, each in enumerate(every):
        found = (str(each.get("name")), str(each.get("uid")))
        if found == everybody:
            sound = (
                each.get("orgId") == _FIRST and _has_no_header(each) and each.get("url") not in tenants.urls.values()
            )
            everybody = everybody._replace(name="")
        else:
            tenant = due.pop(found, None)
            sound = tenant is not None and _is_own(each, tenant, tenants, organisations)
        if not sound or each.get("editable") is not False:
            yield Breach(
                "a data source neither belongs to exactly one tenant nor is the shared one", ("datasources", index)
            )


def _has_no_header(source: Map) -> bool:
    return not under(source, "secureJsonData") and "httpHeaderName1" not in under(source, "jsonData")


def _is_own(source: Map, tenant: str, tenants: Tenants, organisations: Counter[Value]) -> bool:
    """Whether a data source shows one tenant: its own server, or a store to which it sends the tenant's id."""
    if not tenants.has_organisation(tenant, source.get("orgId"), organisations):
        return False
    if tenants.strict[tenant]:
        return source.get("url") == tenants.urls.get(tenant) and _has_no_header(source)
    has_header = bool(under(source, "jsonData").get("httpHeaderName1"))
    names_tenant = under(source, "secureJsonData") == {"httpHeaderValue1": tenant}
    return has_header and names_tenant and source.get("url") not in tenants.urls.values()
