"""Which Alertmanager has what a receiver needs, and from which file it reads each secret: one table that decides."""

from typing import Final, NamedTuple

from varve.language.version import Version


class Row(NamedTuple):
    """What a source says of a kind of receiver, the field of Alertmanager that means it, and the first that has it.

    A row without a `field` is about the kind itself. Where the field is a secret's, it is the twin that names a file.
    `instead` is what there is for those who run an older one.
    """

    kind: str
    field: str
    twin: str
    since: Version
    instead: str

    @property
    def secret(self) -> bool:
        """Whether this is about the file that holds a secret."""
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
    # 0.27 has these two twins and refuses to load a receiver that uses one.
    Row("msteams", "url", "webhook_url_file", Version(0, 28), _OTHERS),
    Row("discord", "url", "webhook_url_file", Version(0, 28), _OTHERS),
    Row("telegram", "bot_token", "bot_token_file", Version(0, 26), _OTHERS),
    Row("telegram", "message_thread_id", "message_thread_id", Version(0, 28), "remove `message_thread_id`"),
    Row("jira", "", "jira_configs", Version(0, 28), _OTHERS),
)

_ROWS: Final = {(row.kind, row.field): row for row in TABLE}


def twin(kind: str, field: str) -> str:
    """The field of Alertmanager that means `field` of a kind of receiver."""
    return _ROWS[kind, field].twin


def since(kind: str, field: str) -> Version:
    """The first Alertmanager that has it."""
    return _ROWS[kind, field].since
