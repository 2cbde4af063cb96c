"""Addresses of Jira Cloud are recognised, with the first Alertmanager that can search there."""

import pytest

from varve.emit.alertmanager import cloud
from varve.language.version import Version

ADDRESSES: dict[str, Version | None] = {
    "https://jira.example/rest/api/2": None,
    "https://atlassian.net.example/rest/api/2": None,
    "https://notatlassian.net/rest/api/2": None,
    "https://acme.atlassian.net/rest/api/2": Version(0, 29),
    "https://ACME.Atlassian.NET/rest/api/2": Version(0, 29),
    "https://2nd.atlassian.net/rest/api/2": Version(0, 31),
    "https://api.atlassian.com/ex/jira/1f-2e/rest/api/2": Version(0, 29),
    "https://api.atlassian.com/ex/jira/2f-1e/rest/api/2": Version(0, 31),
}


@pytest.mark.parametrize(("url", "first"), ADDRESSES.items(), ids=ADDRESSES)
def test_the_first_that_searches_there(url: str, first: Version | None) -> None:
    assert cloud.since(url) == first
