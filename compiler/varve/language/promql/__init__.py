"""PromQL: is an expression sound, what does it ask for, which Prometheus reads it, and where do its tokens stand."""

from varve.language.literal import Quote, escape
from varve.language.promql.function import (
    EXPERIMENTAL,
    FEATURE_FLAG,
    FEATURE_SINCE,
    FUNCTION_SINCE,
    RENAMED,
    STABLE_SINCE,
)
from varve.language.promql.lexer import Kind, Token, lex
from varve.language.promql.query import Query, features, functions, is_selector, metric_names, read, result_type, same
from varve.language.promql.reading import fault
from varve.language.promql.value import ValueType

__all__ = [
    "EXPERIMENTAL",
    "FEATURE_FLAG",
    "FEATURE_SINCE",
    "FUNCTION_SINCE",
    "RENAMED",
    "STABLE_SINCE",
    "Kind",
    "Query",
    "Quote",
    "Token",
    "ValueType",
    "escape",
    "fault",
    "features",
    "functions",
    "is_selector",
    "lex",
    "metric_names",
    "read",
    "result_type",
    "same",
]
