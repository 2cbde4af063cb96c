"""What the fields of Prometheus files hold, and which of them a template has to give."""

from typing import Final

from varve.emit.shape import ANY_MAP, Holding
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

RULES_SHAPE: Final = Holding(
    {
        "interval": None,
        "rules": [
            Holding(
                {"alert": None, "record": None} | dict.fromkeys(_RULE) | {"labels": ANY_MAP, "annotations": ANY_MAP},
                needs=("expr",),
                one_of=("alert", "record"),
            )
        ],
    }
)

JOB_SHAPE: Final = Holding(
    {"*": None, "relabel_configs": [ANY_MAP], "metric_relabel_configs": [ANY_MAP]}, needs=("job_name",)
)

TESTS_SHAPE: Final = Holding({"tests": [ANY_MAP]})
