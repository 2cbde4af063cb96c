"""The addresses that a receiver may have; other breaches of receivers are in `../test_isolation.py`."""

from typing import Any

import pytest

from varve.link.isolation.channel import CHANNELS, breaches, contains_login
from varve.link.isolation.shape import misshapen


@pytest.mark.parametrize(
    "receiver",
    [
        {"webhook_configs": [{"url_file": "/run/a"}]},
        {"slack_configs": [{"api_url": "https://slack.com/api/chat.postMessage", "channel": "#a"}]},
        {"pagerduty_configs": [{"url": "https://events.eu.pagerduty.com/v2/enqueue"}]},
        {"opsgenie_configs": [{"api_url": "https://api.opsgenie.com/"}]},
        {"jira_configs": [{"api_url": "https://jira.acme.example/"}]},
    ],
    ids=str,
)
def test_one_channel_with_an_address_of_its_service_passes(receiver: dict[str, Any]) -> None:
    assert misshapen(receiver, CHANNELS) == ()
    assert list(breaches(receiver, ())) == []


@pytest.mark.parametrize(
    ("receiver", "keys"),
    [
        ({}, ()),
        ({"webhook_configs": []}, ()),
        ({"webhook_configs": [{}, {}]}, ()),
        ({"webhook_configs": [{}], "email_configs": [{}]}, ()),
        ({"slack_configs": [{"api_url": "http://169.254.169.254/"}]}, ("slack_configs", 0, "api_url")),
        ({"pagerduty_configs": [{"url": "http://a/"}]}, ("pagerduty_configs", 0, "url")),
        ({"opsgenie_configs": [{"api_url": "http://a/"}]}, ("opsgenie_configs", 0, "api_url")),
    ],
    ids=str,
)
def test_other_channels_are_refused(receiver: dict[str, Any], keys: tuple[str | int, ...]) -> None:
    assert [each.keys for each in breaches(receiver, ())] == [keys]


def test_contains_login() -> None:
    assert contains_login({"jira_configs": [{"http_config": {}}]})
    assert not contains_login({"jira_configs": [{}]})
