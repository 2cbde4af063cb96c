"""The heartbeat's part of an Alertmanager: a node before all others, and whoever watches from outside."""

from typing import Final

from varve.emit.alertmanager.field import twin
from varve.language import matcher
from varve.language.time import duration
from varve.model.source import Map
from varve.resolve.heartbeat import MATCHERS, RECEIVER, Heartbeat

_LOOKS: Final = 6
_SECOND: Final = 1000


def node(said: Heartbeat) -> Map:
    """The node that takes the heartbeat and nothing else, and tells it at least once in every interval.

    A group is told again when it is looked at and more than the repeat has passed since it was last told. Looking often
    makes these two meet: were both the interval, every second beat would be missed.
    """
    interval = duration.lasts(said.interval)
    look = max(interval // _LOOKS // _SECOND, 1) * _SECOND
    return {
        "matchers": [matcher.write(each) for each in MATCHERS],
        "receiver": RECEIVER,
        "group_by": ["tenant", "alertname"],
        "group_wait": "0s",
        "group_interval": duration.text(look),
        "repeat_interval": duration.text(interval - look),
    }


def receiver(said: Heartbeat) -> Map:
    """Whoever watches; that it is over is not told, for silence says so."""
    return {"name": RECEIVER, "webhook_configs": [{twin("webhook", "url"): said.url_file, "send_resolved": False}]}
