"""What the fields of Prometheus files hold."""

from typing import Final

from varve.emit.template.field import Field, FieldTree

_RULE: Final[FieldTree] = {
    "expr": Field.PROMQL,
    "for": Field.DURATION,
    "keep_firing_for": Field.DURATION,
    "labels": {"*": Field.GOTEMPLATE},
    "annotations": {"*": Field.GOTEMPLATE},
}

RULES: Final[FieldTree] = {"interval": Field.DURATION, "rules": {"*": _RULE}}

SCRAPE: Final[FieldTree] = {"scrape_interval": Field.DURATION, "scrape_timeout": Field.DURATION}

TESTS: Final[FieldTree] = {
    "tests": {
        "*": {
            "interval": Field.DURATION,
            "promql_expr_test": {"*": {"expr": Field.PROMQL, "eval_time": Field.DURATION}},
        }
    }
}
