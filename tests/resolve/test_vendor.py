"""Vendors' rule files are read group by group, and every part has the keys that lead to it in its file."""

from varve.model.diagnostic import Place
from varve.model.layer import Stack
from varve.model.source import Document, Map
from varve.model.unit import Resolved, Unit
from varve.resolve import vendor

RECORDING: Map = {"record": "a:b", "expr": "a"}
FULL: Map = {"alert": "Full", "expr": 1}
SWAPPING: Map = {"alert": "Swapping", "expr": "c > 1"}
DISKS: Map = {"name": "disks", "interval": "1m", "rules": [RECORDING, FULL]}
NONE: Map = {"name": "none", "rules": []}
MEMORY: Map = {"name": "memory", "rules": [SWAPPING]}
KUBE: Map = {"groups": [{"name": "pods", "rules": [{"alert": "Crashing", "expr": "d"}]}]}
DOCUMENT = Document("tenants/acme/rules/node.yaml", {"groups": [DISKS, NONE, MEMORY]})


def test_groups_in_the_order_of_the_file_even_without_rules() -> None:
    found = [*vendor.groups(DOCUMENT)]
    assert found == [(("groups", 0), DISKS), (("groups", 1), NONE), (("groups", 2), MEMORY)]


def test_rules_in_the_order_of_the_file() -> None:
    assert [*vendor.rules(DOCUMENT)] == [
        (("groups", 0, "rules", 0), RECORDING),
        (("groups", 0, "rules", 1), FULL),
        (("groups", 2, "rules", 0), SWAPPING),
    ]


def test_the_rules_of_one_group() -> None:
    assert [*vendor.rules_of(("groups", 2), MEMORY)] == [(("groups", 2, "rules", 0), SWAPPING)]


def test_expressions_of_all_files_as_texts_with_their_places() -> None:
    files = {"node": DOCUMENT, "kube": Document("tenants/acme/rules/kube.yaml", KUBE)}
    unit = Resolved(Unit("acme", "production"), {}, Stack(()), files)
    assert [*vendor.expressions(unit)] == [
        (Place("tenants/acme/rules/node.yaml", ("groups", 0, "rules", 0, "expr")), "a"),
        (Place("tenants/acme/rules/node.yaml", ("groups", 0, "rules", 1, "expr")), "1"),
        (Place("tenants/acme/rules/node.yaml", ("groups", 2, "rules", 0, "expr")), "c > 1"),
        (Place("tenants/acme/rules/kube.yaml", ("groups", 0, "rules", 0, "expr")), "d"),
    ]
