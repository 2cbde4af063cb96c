from varve.check.shape.kind import strategy
from varve.inquire.blame.word import Spot, Word, instead, of_document, without, words
from varve.model.layer import Layer, Stack
from varve.model.source import Document, Map

BELOW: Map = {"locale": "en_GB", "labels": {"a": "1"}, "tenant": {"owners": ["x@a.example", "y@a.example"]}}
ABOVE: Map = {"owner": "shop", "alerts": {"A": {"expr": "up", "for": "1m"}}}
ALSO: Map = {"locale": "fr_FR", "tenant": {"owners": ["y@a.example"]}}
STACK = Stack(
    (
        Layer("defaults", 0, "platform", "defaults.yaml", BELOW),
        Layer("services", 50, "tenant", "shop.yaml", {"services": {"shop": ABOVE}}, ("services", "shop")),
        Layer("tenant", 60, "tenant", "tenant.yaml", ALSO),
    )
)
VALUE: Map = {
    "locale": "fr_FR",
    "labels": {"a": "1"},
    "tenant": {"owners": ["x@a.example", "y@a.example"]},
    "services": {"shop": ABOVE},
}


def _words() -> dict[str, Word]:
    found = words(STACK, VALUE, strategy("unit"))
    return {".".join(map(str, each.keys)): each for each in found if each.keys[-1:] != (0,)}


def test_a_word_knows_all_files_that_say_it_the_strongest_first() -> None:
    word = _words()["locale"]
    assert (word.value, word.spots) == ("fr_FR", (Spot("tenant.yaml", ("locale",)), Spot("defaults.yaml", ("locale",))))


def test_words_of_a_file_are_below_the_part_that_it_sets() -> None:
    found = _words()
    assert found["services.shop.alerts.A.for"].spots == (Spot("shop.yaml", ("alerts", "A", "for")),)
    assert found["services.shop.alerts.A"].whole
    assert found["services.shop"].spots == (Spot("shop.yaml", ()),)
    assert "services" not in found


def test_items_of_a_set_are_the_same_by_what_they_are() -> None:
    found = words(STACK, VALUE, strategy("unit"))
    spots = {str(each.value): each.spots for each in found if each.keys[:2] == ("tenant", "owners")}
    assert spots["y@a.example"] == (
        Spot("tenant.yaml", ("tenant", "owners", 0)),
        Spot("defaults.yaml", ("tenant", "owners", 1)),
    )
    assert spots["x@a.example"] == (Spot("defaults.yaml", ("tenant", "owners", 0)),)


def test_what_came_to_nothing_has_no_part_and_what_takes_away_has() -> None:
    gone: Map = {"labels": {"a": {"$patch": "delete"}}}
    stack = Stack((*STACK.layers, Layer("overlay", 70, "tenant", "over.yaml", gone)))
    found = [each.keys for each in words(stack, {"labels": {}}, strategy("unit"))]
    assert ("labels", "a", "$patch") in found
    assert ("locale",) not in found


def test_a_left_out_word_is_removed_from_all_files() -> None:
    documents = {"tenant.yaml": ALSO, "defaults.yaml": BELOW, "shop.yaml": ABOVE}
    found = without(_words()["locale"], documents)
    assert [each.keys() for each in found.values()] == [{"tenant"}, {"labels", "tenant"}]
    assert without(_words()["services.shop"], documents) == {"shop.yaml": {}}
    assert documents["tenant.yaml"]["locale"] == "fr_FR"


def test_instead_of_a_word_all_files_say_another() -> None:
    documents = {"tenant.yaml": ALSO, "defaults.yaml": BELOW}
    found = instead(_words()["locale"], "de_DE", documents)
    assert {each["locale"] for each in found.values()} == {"de_DE"}


def test_of_a_list_an_item_is_taken_or_put() -> None:
    document = Document("raw.yaml", {"groups": [{"name": "a"}, {"name": "b"}]})
    (groups,) = of_document(document)
    second = list(of_document(document, groups.keys))[1]
    documents = {"raw.yaml": document.value or {}}
    assert (groups.whole, second.value) == (True, {"name": "b"})
    assert without(second, documents) == {"raw.yaml": {"groups": [{"name": "a"}]}}
    (name,) = of_document(document, second.keys)
    assert instead(name, "c", documents) == {"raw.yaml": {"groups": [{"name": "a"}, {"name": "c"}]}}


def test_a_repeated_item_of_a_list_is_removed_twice() -> None:
    spots = tuple(Spot("a.yaml", ("x", index)) for index in (2, 10))
    document: Map = {"x": [*range(2), "b", *range(3, 10), "b"]}
    assert without(Word(("x", 2), "b", spots), {"a.yaml": document}) == {"a.yaml": {"x": [*range(2), *range(3, 10)]}}
