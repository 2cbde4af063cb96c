"""PromQL: whether an expression is valid, what it queries, which Prometheus supports it, its tokens, and scoping."""

from varve.language.literal import Quote, escape
from varve.language.promql.function import (
    EXPERIMENTAL,
    FEATURE_FLAG,
    FEATURE_SINCE,
    FUNCTION_SINCE,
    RENAMED,
    STABLE_SINCE,
)
from varve.language.promql.lexer import BLANK, Kind, Token, lex
from varve.language.promql.naming import names
from varve.language.promql.query import Query, is_same, is_selector, read
from varve.language.promql.reading import fault
from varve.language.promql.scoping import LABEL, scope

__all__ = [
    "BLANK",
    "EXPERIMENTAL",
    "FEATURE_FLAG",
    "FEATURE_SINCE",
    "FUNCTION_SINCE",
    "LABEL",
    "RENAMED",
    "STABLE_SINCE",
    "Kind",
    "Query",
    "Quote",
    "Token",
    "escape",
    "fault",
    "is_same",
    "is_selector",
    "lex",
    "names",
    "read",
    "scope",
]
