"""What the fields of Prometheus files hold, and which of them a template has to give."""

from functools import partial
from typing import Final

from varve.emit.prometheus import named
from varve.emit.shape import ANY_MAP, Holding
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

_TEXTS: Final = Holding({"*": named.plain}, key=named.label)


def _rules(written: tuple[str, ...]) -> Holding:
    """What a template of rules gives, where varve itself adds the labels that are `written`."""
    labels = Holding({"severity": named.severity, "*": named.plain}, key=partial(named.unwritten, written=written))
    rule = Holding(
        {"alert": named.alert, "record": named.record, "expr": named.expression}
        | dict.fromkeys(("for", "keep_firing_for"), named.plain)
        | {"labels": labels, "annotations": _TEXTS},
        needs=("expr",),
        one_of=("alert", "record"),
        alone={"record": ("for", "keep_firing_for", "annotations")},
        also={"alert": ("labels", "severity")},
    )
    return Holding({"interval": named.plain, "rules": [rule]})


SERVICE_RULES_SHAPE: Final = _rules(("tenant", "service", "pack"))
TENANT_RULES_SHAPE: Final = _rules(("tenant", "pack"))
"""Of rules about a service, and about the tenant, which may say of which service a series is."""

JOB_SHAPE: Final = Holding(
    {"*": None, "relabel_configs": [ANY_MAP], "metric_relabel_configs": [ANY_MAP]}, needs=("job_name",)
)

TESTS_SHAPE: Final = Holding({"tests": [Holding({"*": None, "promql_expr_test": [ANY_MAP]})]})

MAINS: Final = {
    "templates/prometheus/prometheus.yaml.j2": Holding(
        {
            **dict.fromkeys(("global", "runtime", "alerting", "storage", "tracing", "otlp"), ANY_MAP),
            "rule_files": [named.plain],
            "scrape_config_files": [named.plain],
            "scrape_configs": [ANY_MAP],
            "remote_write": [ANY_MAP],
            "remote_read": [ANY_MAP],
        }
    ),
    "templates/prometheus/heartbeat.yaml.j2": _TEXTS,
}
"""What files of an environment hold, by the templates that give them: main files, and texts of the heartbeat."""
