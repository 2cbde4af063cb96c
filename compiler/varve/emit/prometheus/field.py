"""The languages of the fields in Prometheus' files, and the shapes that templates must give."""

from functools import partial
from typing import Final

from varve.emit.prometheus import rule_value
from varve.emit.shape import ANY_MAP, MapShape
from varve.emit.template.field import Field, FieldTree

_RULE: Final[FieldTree] = {
    "expr": Field.PROMQL,
    "for": Field.DURATION,
    "keep_firing_for": Field.DURATION,
    "labels": {"*": Field.LABEL},
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

_TEXTS: Final = MapShape({"*": rule_value.plain}, key=rule_value.label)


def _rules(reserved: tuple[str, ...]) -> MapShape:
    """The shape of a rules template whose rules get the labels `reserved` from varve."""
    labels = MapShape(
        {"severity": rule_value.severity, "*": rule_value.plain}, key=partial(rule_value.free_label, reserved=reserved)
    )
    rule = MapShape(
        {"alert": rule_value.alert, "record": rule_value.record, "expr": rule_value.expression}
        | dict.fromkeys(("for", "keep_firing_for"), rule_value.plain)
        | {"labels": labels, "annotations": _TEXTS},
        needs=("expr",),
        one_of=("alert", "record"),
        excludes={"record": ("for", "keep_firing_for", "annotations")},
        implies={"alert": ("labels", "severity")},
    )
    return MapShape({"interval": rule_value.plain, "rules": [rule]})


SERVICE_RULES_SHAPE: Final = _rules(("tenant", "service", "pack"))
TENANT_RULES_SHAPE: Final = _rules(("tenant", "pack"))
"""The shapes of rules about a service, and about the tenant; the latter may set the label `service`."""

JOB_SHAPE: Final = MapShape(
    {"*": None, "relabel_configs": [ANY_MAP], "metric_relabel_configs": [ANY_MAP]}, needs=("job_name",)
)

TESTS_SHAPE: Final = MapShape({"tests": [MapShape({"*": None, "promql_expr_test": [ANY_MAP]})]})

MAINS: Final = {
    "templates/prometheus/prometheus.yaml.j2": MapShape(
        {
            **dict.fromkeys(("global", "runtime", "alerting", "storage", "tracing", "otlp"), ANY_MAP),
            "rule_files": [rule_value.plain],
            "scrape_config_files": [rule_value.plain],
            "scrape_configs": [ANY_MAP],
            "remote_write": [ANY_MAP],
            "remote_read": [ANY_MAP],
        }
    ),
    "templates/prometheus/heartbeat.yaml.j2": _TEXTS,
}
"""The shapes of an environment's files, by template: the main file, and the texts of the heartbeat."""
