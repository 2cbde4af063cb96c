"""Which versions of Prometheus support which functions, aggregators and elements of syntax."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from varve.language.promql.dialect import COUNTED_DURATION, FILL, QUOTED_NAME, SEPARATED_DIGITS

FUNCTION_SINCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "double_exponential_smoothing": "3.0",
        "end": "3.12",
        "first_over_time": "3.7",
        "histogram_avg": "2.51",
        "histogram_quantiles": "3.11",
        "histogram_stddev": "2.47",
        "histogram_stdvar": "2.47",
        "info": "2.55",
        "limit_ratio": "2.54",
        "limitk": "2.54",
        "mad_over_time": "2.49",
        "max_of": "3.13",
        "min_of": "3.13",
        "range": "3.12",
        "sort_by_label": "2.49",
        "sort_by_label_desc": "2.49",
        "start": "3.12",
        "start_timestamp": "3.14",
        "step": "3.12",
        "ts_of_first_over_time": "3.7",
        "ts_of_last_over_time": "3.5",
        "ts_of_max_over_time": "3.5",
        "ts_of_min_over_time": "3.5",
    }
)
"""Functions and aggregators newer than Prometheus 2.42, each with the first version that supports it."""

EXPERIMENTAL: Final = frozenset(FUNCTION_SINCE) - {"histogram_avg", "histogram_stddev", "histogram_stdvar"}
"""Those that need the feature `promql-experimental-functions`, until the version in `STABLE_SINCE` if there is one."""

STABLE_SINCE: Final[Mapping[str, str]] = MappingProxyType({"first_over_time": "3.14"})

RENAMED: Final[Mapping[str, str]] = MappingProxyType({"holt_winters": "double_exponential_smoothing"})
"""Functions that Prometheus 3.0 renamed, with their new names; the old name is refused."""

FEATURE_SINCE: Final[Mapping[str, str]] = MappingProxyType(
    {QUOTED_NAME: "3.0", COUNTED_DURATION: "2.54", SEPARATED_DIGITS: "2.54", FILL: "3.10"}
)
"""Syntax newer than Prometheus 2.42, each with the first version that supports it, if need be with `FEATURE_FLAG`."""

FEATURE_FLAG: Final[Mapping[str, str]] = MappingProxyType({FILL: "promql-binop-fill-modifiers"})
"""Syntax that every version supports only with the feature flag of this name."""
