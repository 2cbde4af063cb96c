"""The first key of a path that no schema knows is reported, with the key that was probably meant."""

import pytest

from varve.check.shape.path import is_known
from varve.language.name import keys
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Map

PARAMETERS: Map = {"type": "object", "properties": {"latency": {"type": "string"}}, "additionalProperties": False}
PACKS = {"http": Pack("http", "service", PARAMETERS, {}), "any": Pack("any", "service", {"type": "object"}, {})}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "environment",
        "platform.secrets.root",
        "labels.anything",
        "services.shop.owner",
        "services.shop.packs.http.latency",
        "services.shop.packs.any.thing",
        "services.shop.alerts.Slow.summary.fr",
        'features.dark.when["tenant.tier"]',
        "tenant.owners[7]",
    ],
)
def test_a_path_that_a_schema_knows_or_leaves_open_is_known(path: str) -> None:
    report = Report()
    assert is_known(keys(path) or (), PACKS, report)
    assert not len(report)


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("servces.shop.owner", "unknown key `servces`", "did you mean `services.shop.owner`?"),
        ("servces.shop.wrong", "unknown key `servces`", "did you mean `services`?"),
        ("platform.secrets.rot", "unknown key `rot` in `platform.secrets`", "did you mean `platform.secrets.root`?"),
        ("locale.fr", "unknown key `fr` in `locale`", "no keys are allowed here"),
        ("tenant.colour", "unknown key `colour` in `tenant`", "known here: compliance, id, "),
        (
            "services.shop.packs.http.latncy",
            "unknown key `latncy` in `services.shop.packs.http`",
            "did you mean `services.shop.packs.http.latency`?",
        ),
        ("services.shop.packs.htp", "unknown key `htp` in `services.shop.packs`", "`services.shop.packs.http`?"),
    ],
)
def test_the_first_unknown_key_is_reported(path: str, message: str, hint: str) -> None:
    report = Report()
    assert not is_known(keys(path) or (), PACKS, report)
    (found,) = report
    assert (found.rule.code, found.message) == ("check/unknown-key", message)
    assert hint in found.hint
