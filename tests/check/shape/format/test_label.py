"""Names that Prometheus accepts, and that varve does not write itself."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.label import FORMATS, WRITTEN_ANNOTATIONS, WRITTEN_LABELS

TRIED: Final[Tried] = {
    "label-name": (["a", "_a", "le", "tenant", "A1"], ["", "1a", "__a", "a-b", "a.b", "é", "a b"]),
    "free-label": (["team", "cost_center"], ["", "__name__", "a-b", *sorted(WRITTEN_LABELS)]),
    "vendor-label": (["severity", "job"], ["tenant", "", "__name__"]),
    "free-annotation": (["dashboard"], ["", "a-b", *sorted(WRITTEN_ANNOTATIONS)]),
    "metric-name": (["up", "a:b:c", "_x"], ["", "1a", "a-b", "a.b", "a{}", "é"]),
    "alert-name": (
        ["QueueStuck", "A", "Disk2Full"],
        ["", "queueStuck", "Escalated", "Queue stuck", "Queue_Stuck", "A" * 129],
    ),
    "vendor-alert": (["KubePodCrashLooping", "any name"], ["Escalated"]),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
