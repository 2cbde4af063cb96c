"""The table has the first Alertmanager version for each field, and the file field of each secret."""

import pytest

from varve.emit.alertmanager.field import TABLE, twin
from varve.language.version import Version

TWINS = {
    ("slack", "url"): "api_url_file",
    ("slack", "token"): "app_token_file",
    ("pagerduty", "routing_key"): "routing_key_file",
    ("webhook", "url"): "url_file",
    ("opsgenie", "api_key"): "api_key_file",
    ("msteams", "url"): "webhook_url_file",
    ("discord", "url"): "webhook_url_file",
    ("telegram", "bot_token"): "bot_token_file",
}


@pytest.mark.parametrize(("field", "expected"), TWINS.items(), ids=map(str, TWINS))
def test_every_secret_of_a_receiver_has_a_file(field: tuple[str, str], expected: str) -> None:
    assert twin(*field) == expected


def test_a_row_is_about_a_secret_or_about_a_field() -> None:
    assert {(row.kind, row.field) for row in TABLE if row.secret} == set(TWINS)


def test_the_table_has_each_field_once_with_an_alternative() -> None:
    assert len({row[:2] for row in TABLE}) == len(TABLE)
    assert all(row.instead for row in TABLE)


def test_the_oldest_version_supports_some_receivers() -> None:
    oldest = {row.kind for row in TABLE if row.secret and row.since <= Version(0, 25)}
    assert oldest == {"slack", "pagerduty", "opsgenie"}
