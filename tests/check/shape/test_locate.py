from varve.check.shape.locate import in_document, in_layer, in_stack
from varve.model.diagnostic import Place
from varve.model.layer import Layer, Stack
from varve.model.source import Document

WEAK = Layer("tenant", 40, "tenant", "tenants/acme/tenant.yaml", {"services": {"checkout": {"owner": "a"}}})
STRONG = Layer(
    "services",
    50,
    "tenant",
    "tenants/acme/services/checkout.yaml",
    {"services": {"checkout": {"owner": "b"}}},
    ("services", "checkout"),
)


def test_a_place_in_a_document_has_its_keys() -> None:
    assert in_document(Document("varve.yaml", {}))(("layers", 0), "key") == (
        Place("varve.yaml", ("layers", 0), "key"),
        (),
    )


def test_a_place_in_a_layer_omits_the_keys_where_it_is_inserted() -> None:
    found = in_layer(STRONG)(("services", "checkout", "owner"), "value")
    assert found == (Place("tenants/acme/services/checkout.yaml", ("owner",)), ())


def test_a_place_in_a_stack_is_in_the_strongest_layer_with_notes_on_others() -> None:
    place, notes = in_stack(Stack((WEAK, STRONG)), ("services", "checkout"))(("owner",), "key")
    assert place == Place("tenants/acme/services/checkout.yaml", ("owner",), "key")
    assert [note.place.file for note in notes if note.place] == ["tenants/acme/tenant.yaml"]
