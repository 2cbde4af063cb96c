"""Mentions in Slack messages while a critical alert fires: only those that the platform granted."""

from collections.abc import Sequence
from typing import Final

_BY_LETTER: Final = {"U": "<@{}>", "W": "<@{}>", "S": "<!subteam^{}>"}
_CRITICAL: Final = (
    '{{{{ $m := "" }}}}{{{{ range .Alerts.Firing }}}}{{{{ if eq .Labels.severity "critical" }}}}{{{{ $m = "{}" }}}}'
    "{{{{ end }}}}{{{{ end }}}}{{{{ $m }}}}"
)


def mentions(recipients: Sequence[str]) -> str:
    """A template that prints these mentions if a critical alert of the group fires, and otherwise nothing.

    Each is `here`, `channel`, `everyone`, or the id of a user or a user group, as the schema requires.
    """
    return _CRITICAL.format(" ".join(map(_mention, recipients)))


def _mention(recipient: str) -> str:
    return _BY_LETTER.get(recipient[0], "<!{}>").format(recipient)
