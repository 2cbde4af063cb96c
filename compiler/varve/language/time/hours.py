"""Hours of the week, as sources write them, and the equivalent time intervals of Alertmanager."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from varve.language.time import timezone as zones
from varve.model.source import Map, Value

DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MIDNIGHT: Final = 24 * 60

_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_MONTH: Final = re.compile("|".join((*MONTHS, "[1-9]", "1[0-2]")))
_DATE: Final = re.compile(r"-?(?:[1-9]|[12][0-9]|3[01])")
_YEAR: Final = re.compile(r"[1-9][0-9]{3}")
_SHORTEST_MONTH: Final = 28
_DATES: Final = ("days_of_month", "months", "years")
_FIELDS: Final = {"days_of_month": "day", "months": "month", "weekdays": "weekday", "years": "year"}


class Range(NamedTuple):
    """The first and the last of a range, the last included."""

    first: int
    last: int


class Span(NamedTuple):
    """The minutes of a day from `start` to `end`, exclusive, on weekdays, of which Sunday is 0."""

    start: int
    end: int
    days: frozenset[int]


# What a text must look like


def fault_time(text: str) -> str | None:
    """Why `text` is no time of day, or None; `24:00` is the end of a day."""
    return None if _TIME.fullmatch(text) else "write it like `09:00`, from `00:00` to `24:00`"


def fault_days(text: str) -> str | None:
    """Why `text` is no weekday or range of weekdays, or None; a range may pass the end of the week."""
    return None if all(day in DAYS for day in _ends(text)) else "write it like `monday` or `monday:friday`"


def fault_months(text: str) -> str | None:
    """Why `text` is no month or range of months, by names or numbers, or None."""
    if not all(map(_MONTH.fullmatch, _ends(text))):
        return "write it like `december`, `7` or `7:8`"
    first, last = _range(text, "month")
    return None if first <= last else "write the months of the new year as a separate range"


def fault_dates(text: str) -> str | None:
    """Why `text` is no day of the month or range of days, or None; Alertmanager compares days as in February."""
    if not all(map(_DATE.fullmatch, _ends(text))):
        return "write it like `15`, `1:7` or, from the end of the month, `-3:-1`"
    first, last = _range(text, "day")
    if first < 0 < last:
        return "write both days from the end of the month, or both from its beginning"
    shortest = [day + _SHORTEST_MONTH if day < 0 else day for day in (first, last)]
    return None if shortest == sorted(shortest) else "write a last day that is after the first even in February"


def fault_years(text: str) -> str | None:
    """Why `text` is no year or range of years, or None."""
    if not all(map(_YEAR.fullmatch, _ends(text))):
        return "write it like `2027` or `2027:2028`"
    return None if sorted(_ends(text)) == _ends(text) else "write the earlier year first"


def fault(hours: Map) -> str | None:
    """Why hours whose single texts are valid contradict themselves, or None."""
    if not hours.keys() - {"timezone"}:
        return "it sets no hours"
    start, end = _span(hours)
    if start == MIDNIGHT:
        return "`from` is the end of a day"
    if start == end:
        return "`from` and `to` are the same minute"
    dates = [f"`{key}`" for key in _DATES if key in hours]
    return f"it goes past midnight, which excludes {' and '.join(dates)}" if end < start and dates else None


# From sources to Alertmanager's intervals


def intervals(hours: Map, timezone: str) -> list[Map]:
    """The one or two time intervals of `hours`, which have no fault; `timezone` applies unless they set one.

    A span over midnight becomes two, because Alertmanager's spans are within a day.
    """
    rest: Map = {key: list(_texts(hours[key])) for key in _DATES if key in hours}
    rest["location"] = hours.get("timezone", timezone)
    return [_interval(each, rest) for each in spans(hours)]


def spans(hours: Map) -> list[Span]:
    """The span of `hours`, which have no fault, on their days, or two spans if it passes midnight."""
    start, end = _span(hours)
    days = _weekdays(hours)
    if start < end:
        return [Span(start, end, days)]
    return [Span(start, MIDNIGHT, days), Span(0, end, frozenset((day + 1) % len(DAYS) for day in days))]


def ranges(hours: Map, key: str) -> list[Range]:
    """The months, days of the month or years to which `hours` are restricted."""
    return [_range(text, _FIELDS[key]) for text in _texts(hours[key])]


def times(spec: Map) -> list[Range]:
    """The minutes of a day in one of Alertmanager's time intervals, as ranges whose `last` is exclusive."""
    listed = cast("Sequence[dict[str, str]] | None", spec.get("times"))
    return [Range(0, MIDNIGHT)] if listed is None else [_ends_of(each) for each in listed]


def in_month(days: Range, length: int) -> Range:
    """Days of a month with `length` days, counted from its beginning."""
    return Range(*(day + length + 1 if day < 0 else day for day in days))


def _interval(span: Span, rest: Map) -> Map:
    found: Map = {}
    if (span.start, span.end) != (0, MIDNIGHT):
        found["times"] = [{"start_time": _clock(span.start), "end_time": _clock(span.end)}]
    if len(span.days) < len(DAYS):
        found["weekdays"] = cast("list[Value]", _runs(span.days))
    return {**found, **rest}


def _span(hours: Map) -> tuple[int, int]:
    """The first minute, and the minute after the last; `to: 00:00` is the end of the day."""
    start, end = str(hours.get("from", "00:00")), str(hours.get("to", "24:00"))
    return _minutes(start), _minutes("24:00" if end == "00:00" != start else end)


def _weekdays(hours: Map) -> frozenset[int]:
    texts = _texts(hours["days"]) if "days" in hours else ("sunday:saturday",)
    return frozenset(day for text in texts for day in _week(_range(text, "weekday")))


def _week(days: Range) -> Iterable[int]:
    length = (days.last - days.first) % len(DAYS)
    return ((days.first + step) % len(DAYS) for step in range(length + 1))


def _runs(days: frozenset[int]) -> list[str]:
    """Ranges of weekdays, in Alertmanager's order, which begins with Sunday."""
    firsts = [day for day in sorted(days) if day - 1 not in days]
    lasts = [day for day in sorted(days) if day + 1 not in days]
    pairs = zip(firsts, lasts, strict=True)
    return [DAYS[first] if first == last else f"{DAYS[first]}:{DAYS[last]}" for first, last in pairs]


# Whether intervals hold at an instant


def contains(specs: Iterable[Map], instant: datetime) -> bool:
    """Whether one of Alertmanager's time intervals `specs`, which are valid, holds at `instant`, an aware time.

    A month has as many days as in the calendar. Alertmanager up to 0.34 counts one too few in a month in which the
    clocks of the zone go forward.
    """
    return any(_contains(each, instant) for each in specs)


def _contains(spec: Map, instant: datetime) -> bool:
    local = instant.astimezone(zones.zone(str(spec.get("location", "UTC"))))
    return _in_times(spec, local) and all(
        any(_in_range(_range(text, kind), kind, local) for text in _texts(spec[key]))
        for key, kind in _FIELDS.items()
        if spec.get(key) is not None
    )


def _in_times(spec: Map, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in times(spec))


def _ends_of(spec: dict[str, str]) -> Range:
    return Range(_minutes(spec["start_time"]), _minutes(spec["end_time"]))


def _in_range(range_: Range, kind: str, local: datetime) -> bool:
    match kind:
        case "weekday":
            return range_.first <= local.isoweekday() % len(DAYS) <= range_.last
        case "month":
            return range_.first <= local.month <= range_.last
        case "year":
            return range_.first <= local.year <= range_.last
    length = _length_of_month(local)
    first, last = in_month(range_, length)
    return first <= length and first <= local.day <= last


def _length_of_month(local: datetime) -> int:
    next_month = local.replace(day=28, tzinfo=None) + timedelta(days=4)
    return (next_month - timedelta(days=next_month.day)).day


# Small texts


def _texts(value: Value) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _ends(text: str) -> list[str]:
    """The two ends of a range; a single value is both, and for more than two they are invalid."""
    ends = text.split(":")
    return ends * 2 if len(ends) == 1 else ends if len(ends) == 2 else [""]  # noqa: PLR2004


def _range(text: str, kind: str) -> Range:
    first, last = _ends(text.lower())
    readers: dict[str, Callable[[str], int]] = {"weekday": DAYS.index, "month": _month}
    read = readers.get(kind, int)
    return Range(read(first), read(last))


def _month(text: str) -> int:
    return MONTHS.index(text) + 1 if text in MONTHS else int(text)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
