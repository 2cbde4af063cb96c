"""Formats of names in Prometheus: labels, annotations, metrics and alerts."""

from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language import name
from varve.model.diagnostic import Rule
from varve.resolve.notify import ESCALATED

BAD_LABEL = Rule(
    "check/bad-label",
    "Label name is not valid",
    "Label names consist of letters, digits and underscores, and do not begin with a digit or two underscores. The "
    "labels by which varve tells tenants apart, and those that Prometheus writes itself, are not allowed in a source.",
)
BAD_ANNOTATION = Rule(
    "check/bad-annotation",
    "Annotation name is not valid",
    "Annotation names consist of letters, digits and underscores. `summary`, `description`, `runbook_url`, `owner` "
    "and `contact` are written by varve, from the keys of the alert and its service.",
)
BAD_METRIC_NAME = Rule(
    "check/bad-metric-name",
    "Recording name is not valid",
    "The name of a recording is the name of the metric it makes: letters, digits, underscores and colons.",
)
BAD_ALERT_NAME = Rule(
    "check/bad-alert-name",
    "Alert name is not valid",
    "Alert names are what people read when they are woken up: letters and digits, a capital letter first, such as "
    "`QueueStuck`.",
)

WRITTEN_LABELS: Final = frozenset(
    {
        *("tenant", "service", "pack", "severity", "alertname", "alertstate", "escalation", "escalates"),
        *("job", "instance", "component", "probe", "le", "quantile"),
    }
)
WRITTEN_ANNOTATIONS: Final = frozenset({"summary", "description", "runbook_url", "owner", "contact"})


def _label_name(text: str) -> str | None:
    is_valid = name.is_label_name(text) and not text.startswith("__")
    return None if is_valid else "use letters, digits and underscores, not a digit or two underscores first"


def _free_label(text: str) -> str | None:
    return "varve or Prometheus writes it" if text in WRITTEN_LABELS else _label_name(text)


def _vendor_label(text: str) -> str | None:
    return "varve writes it" if text == "tenant" else _label_name(text)


def _free_annotation(text: str) -> str | None:
    return "varve writes it" if text in WRITTEN_ANNOTATIONS else _label_name(text)


def _metric_name(text: str) -> str | None:
    return None if name.is_metric_name(text) else "use letters, digits, underscores and colons"


def _alert_name(text: str) -> str | None:
    if not name.is_alert_name(text):
        return "use letters and digits, a capital letter first"
    return _vendor_alert(text)


def _vendor_alert(text: str) -> str | None:
    return "use another name: varve uses this one for its escalations" if text == ESCALATED else None


FORMATS: Final[Mapping[str, Format]] = {
    "label-name": Format(BAD_LABEL, "cannot name a label", _label_name),
    "free-label": Format(BAD_LABEL, "cannot name a label", _free_label, "use another name"),
    "vendor-label": Format(BAD_LABEL, "cannot name a label", _vendor_label, "remove it"),
    "free-annotation": Format(
        BAD_ANNOTATION, "cannot name an annotation", _free_annotation, "use the key of the alert or its service"
    ),
    "metric-name": Format(BAD_METRIC_NAME, "cannot name a metric", _metric_name),
    "alert-name": Format(BAD_ALERT_NAME, "cannot name an alert", _alert_name),
    "vendor-alert": Format(BAD_ALERT_NAME, "cannot name an alert", _vendor_alert),
}
