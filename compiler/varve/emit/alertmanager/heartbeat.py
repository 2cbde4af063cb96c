"""The heartbeat in Alertmanager: a node before all others, and the receiver outside."""

from typing import Final

from varve.emit.alertmanager.field import twin
from varve.language import matcher
from varve.language.time import duration
from varve.model.source import Map
from varve.resolve.heartbeat import MATCHERS, RECEIVER, Heartbeat

_CHECKS: Final = 6
_SECOND: Final = 1000


def node(heartbeat: Heartbeat) -> Map:
    """The node that matches only the heartbeat, and notifies at least once in every interval.

    Alertmanager checks a group every `group_interval`, and repeats a notification if more than `repeat_interval` has
    passed since the last one. So a group is checked several times in an interval, and the repeat is shorter by one
    check; if both were equal to the interval, every second notification would be missed.
    """
    interval = duration.lasts(heartbeat.interval)
    check_interval = max(interval // _CHECKS // _SECOND, 1) * _SECOND
    return {
        "matchers": [matcher.write(each) for each in MATCHERS],
        "receiver": RECEIVER,
        "group_by": ["tenant", "alertname"],
        "group_wait": "0s",
        "group_interval": duration.text(check_interval),
        "repeat_interval": duration.text(interval - check_interval),
    }


def receiver(heartbeat: Heartbeat) -> Map:
    """The receiver of the heartbeat; its end is not sent, because silence already shows it."""
    return {"name": RECEIVER, "webhook_configs": [{twin("webhook", "url"): heartbeat.url_file, "send_resolved": False}]}
