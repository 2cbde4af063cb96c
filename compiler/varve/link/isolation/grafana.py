"""The provisioning of a Grafana: a folder for each tenant, and data sources that show no other's series."""

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


class Shown(NamedTuple):
    """What an environment shows: its name, and of each tenant whether it is strict, and its Prometheus where it is."""

    environment: str
    strict: Mapping[str, bool]
    urls: Mapping[str, str]

    def organisation(self, tenant: str, number: Value, others: Counter[Value]) -> bool:
        """Whether an organisation is the tenant's: a strict one's is its alone, and all others meet in the first."""
        return (number != _FIRST and others[number] == 1) if self.strict[tenant] else number == _FIRST


def provider_breaches(value: Value, shown: Shown) -> tuple[Breach, ...]:
    """The ways in which folders of dashboards are not each one tenant's."""
    return misshapen(value, _PROVIDERS) or tuple(_providers(cast("Map", value or {}), shown))


def _providers(value: Map, shown: Shown) -> Iterator[Breach]:
    folders = {uid(shown.environment, tenant, "folder"): tenant for tenant in shown.strict}
    every = maps(value, "providers")
    organisations = Counter(each.get("orgId") for each in every)
    paths = {_parent(each) for each in every}
    for index, each in enumerate(every):
        tenant = folders.pop(str(each.get("folderUid")), None)
        if tenant is None or len(paths) > 1 or not _is_folder(each, tenant, shown, organisations):
            yield Breach("a dashboard folder does not belong to exactly one tenant", ("providers", index))


def _parent(provider: Map) -> str:
    return str(under(provider, "options").get("path")).rpartition("/")[0]


def _is_folder(provider: Map, tenant: str, shown: Shown, organisations: Counter[Value]) -> bool:
    called = f"{shown.environment} {tenant}"
    return (
        provider.get("name") == provider.get("folder") == called
        and str(under(provider, "options").get("path")).rpartition("/")[2] == tenant
        and shown.organisation(tenant, provider.get("orgId"), organisations)
        and provider.get("allowUiUpdates") is False
    )


def source_breaches(value: Value, shown: Shown) -> tuple[Breach, ...]:
    """The ways in which data sources show more than they may."""
    return misshapen(value, _SOURCES) or tuple(_sources(cast("Map", value or {}), shown))


def _sources(value: Map, shown: Shown) -> Iterator[Breach]:
    everybody = shared(shown.environment)
    due: dict[tuple[str, str], str] = {own(shown.environment, tenant): tenant for tenant in shown.strict}
    every = maps(value, "datasources")
    organisations = Counter(each.get("orgId") for each in every)
    for index, each in enumerate(every):
        found = (str(each.get("name")), str(each.get("uid")))
        if found == everybody:
            sound = each.get("orgId") == _FIRST and _is_plain(each) and each.get("url") not in shown.urls.values()
            everybody = everybody._replace(name="")
        else:
            tenant = due.pop(found, None)
            sound = tenant is not None and _is_own(each, tenant, shown, organisations)
        if not sound or each.get("editable") is not False:
            yield Breach(
                "a data source neither belongs to exactly one tenant nor is the shared one", ("datasources", index)
            )


def _is_plain(source: Map) -> bool:
    return not under(source, "secureJsonData") and "httpHeaderName1" not in under(source, "jsonData")


def _is_own(source: Map, tenant: str, shown: Shown, organisations: Counter[Value]) -> bool:
    """Whether a data source shows one tenant: its own server, or a store that is told whose series are asked for."""
    if not shown.organisation(tenant, source.get("orgId"), organisations):
        return False
    if shown.strict[tenant]:
        return source.get("url") == shown.urls.get(tenant) and _is_plain(source)
    named = bool(under(source, "jsonData").get("httpHeaderName1"))
    told = under(source, "secureJsonData") == {"httpHeaderValue1": tenant}
    return named and told and source.get("url") not in shown.urls.values()
