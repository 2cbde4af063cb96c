"""Formats of durations and time zones."""

from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language.name import nearest
from varve.language.time import duration, timezone
from varve.model.diagnostic import Rule

BAD_DURATION = Rule(
    "check/bad-duration",
    "Not a duration",
    "Durations are written as Prometheus writes them, the larger unit first: `30s`, `5m`, `1h30m`, `15d`.",
)
BAD_TIME_ZONE = Rule(
    "check/bad-time-zone",
    "Not a time zone",
    "Time zones are IANA names such as `Europe/Paris`; an abbreviation such as `CEST` is only what the clocks of some "
    "places show for a part of the year.",
)

_HEARTBEAT_RANGE: Final = ("10s", "1d")


def _duration(text: str) -> str | None:
    milliseconds = duration.milliseconds(text)
    if milliseconds is None:
        return "write it like `30s`, `5m` or `1h30m`"
    return None if milliseconds else "write one that is longer than zero"


def _duration_or_zero(text: str) -> str | None:
    return None if duration.is_duration(text) else "write it like `30s`, `5m` or `0s`"


def _heartbeat_interval(text: str) -> str | None:
    least, most = map(duration.lasts, _HEARTBEAT_RANGE)
    is_valid = least <= duration.lasts(text) <= most
    return None if is_valid else f"write one from `{_HEARTBEAT_RANGE[0]}` to `{_HEARTBEAT_RANGE[1]}`"


def _time_zone(text: str) -> str | None:
    if timezone.is_timezone(text):
        return None
    # Only names of places: an abbreviation is similar to many others, such as EST to CEST.
    similar = nearest(text, (each for each in timezone.names() if "/" in each))
    return f"did you mean `{similar}`?" if similar else "write an IANA name such as `Europe/Paris`"


FORMATS: Final[Mapping[str, Format]] = {
    "duration": Format(BAD_DURATION, "is not a duration", _duration),
    "duration-or-zero": Format(BAD_DURATION, "is not a duration", _duration_or_zero),
    "heartbeat-interval": Format(BAD_DURATION, "is not a valid heartbeat interval", _heartbeat_interval),
    "time-zone": Format(BAD_TIME_ZONE, "is not a time zone", _time_zone),
}
