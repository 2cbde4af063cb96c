"""The Alertmanager versions that support what a receiver needs, and the file fields of secrets, in one table."""

from typing import Final, NamedTuple

from varve.language.version import Version


class Row(NamedTuple):
    """A field of a kind of receiver in the sources, its Alertmanager field, and the first version that has that.

    Without a `field`, the row is about the kind itself. For a secret, `twin` is the field with the path of a file.
    `instead` is the advice for an older version.
    """

    kind: str
    field: str
    twin: str
    since: Version
    instead: str

    @property
    def secret(self) -> bool:
        """Whether this is a secret that is read from a file."""
        return self.twin.endswith("_file")


_OTHERS: Final = "use `slack`, `pagerduty`, `opsgenie` or `email`"

TABLE: Final = (
    Row("slack", "url", "api_url_file", Version(0, 22), _OTHERS),
    Row("slack", "token", "app_token_file", Version(0, 30), "use `url`, an incoming webhook"),
    Row("slack", "update", "update_message", Version(0, 32), "remove `update`"),
    Row("slack", "blocks", "payload", Version(0, 34), "remove `blocks`"),
    Row("pagerduty", "routing_key", "routing_key_file", Version(0, 25), _OTHERS),
    Row("webhook", "url", "url_file", Version(0, 26), _OTHERS),
    Row("opsgenie", "api_key", "api_key_file", Version(0, 24), _OTHERS),
    # 0.27 has both `webhook_url_file` fields, but refuses to load a receiver that uses one.
    Row("msteams", "url", "webhook_url_file", Version(0, 28), _OTHERS),
    Row("discord", "url", "webhook_url_file", Version(0, 28), _OTHERS),
    Row("telegram", "bot_token", "bot_token_file", Version(0, 26), _OTHERS),
    Row("telegram", "message_thread_id", "message_thread_id", Version(0, 28), "remove `message_thread_id`"),
    Row("jira", "", "jira_configs", Version(0, 28), _OTHERS),
)

_ROWS: Final = {(row.kind, row.field): row for row in TABLE}


def twin(kind: str, field: str) -> str:
    """The Alertmanager field for `field` of a kind of receiver."""
    return _ROWS[kind, field].twin


def since(kind: str, field: str) -> Version:
    """The first Alertmanager version that has it."""
    return _ROWS[kind, field].since
