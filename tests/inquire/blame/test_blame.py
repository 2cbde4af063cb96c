"""Each line is blamed on the words that make it what it is, and on no others."""

from random import Random

import pytest

from tests.emit.repository import built, repository, sources
from tests.inquire.blame.example import (
    CHANGED,
    CHECKOUT,
    MAIN,
    PRODUCTION,
    ROUTES,
    RULES,
    SHARED,
    TENANT,
    blamed,
    causes,
    lines,
    subject,
)
from varve import pipeline
from varve.check.shape.alternative import others
from varve.check.shape.kind import strategy
from varve.inquire.blame.blame import blame
from varve.inquire.blame.subject import subject_of
from varve.inquire.blame.word import Word, instead, words
from varve.language import canonical
from varve.language.lines import fate
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.unit import resolve_unit

pytestmark = pytest.mark.usefixtures("one_kit")

OVERLAY = "tenants/acme/overlays/production.yaml"
QUEUE = "services.checkout.alerts.QueueStuck"


@pytest.mark.parametrize(
    ("path", "text", "first"),
    {
        "a value": (RULES, "for: 10m", ("appears", f"{QUEUE}.for", CHECKOUT)),
        "a query that was kept to its tenant": (RULES, "expr: queue_depth", ("affects", f"{QUEUE}.expr", CHECKOUT)),
        "a name, which is a key": (RULES, "alert: QueueStuck", ("produces", QUEUE, CHECKOUT)),
        "a word of the platform": (RULES, "silence_url", ("appears", "platform.alertmanager.url", PRODUCTION)),
        "a route": (ROUTES, "repeat_interval: 12h", ("appears", "notify.routes.warning.repeat", OVERLAY)),
        "what is shared": (SHARED, "smtp_from", ("appears", "platform.smtp.from", PRODUCTION)),
        "what is shared, of a tenant": (SHARED, "12h", ("appears", "notify.routes.warning.repeat", OVERLAY)),
        "whom to ask": (RULES, "contact:", ("appears", "contact.slack", TENANT)),
    }.values(),
)
def test_a_line_is_blamed_on_its_word(path: str, text: str, first: tuple[str, str, str]) -> None:
    assert first in causes(blamed(path, text))[:3]


def test_a_line_of_no_word_is_the_templates() -> None:
    found = blamed(MAIN, "global:")
    assert (found.touches, found.templates) == ((), ("templates/prometheus/prometheus.yaml.j2",))


def test_a_line_of_a_pack_is_blamed_on_its_template() -> None:
    assert blamed(RULES, "alert: QueueStuck").templates == ("templates/prometheus/rules.yaml.j2",)


def test_a_shared_line_has_the_tenant_that_it_comes_from() -> None:
    found = blamed(SHARED, "repeat_interval: 12h")
    assert found.unit == Unit("acme", "production")
    assert found.way is not None
    assert found.way.path == ROUTES
    assert "12h" in lines(ROUTES)[(found.way.line or 0) - 1]
    assert blamed(SHARED, "smtp_from").unit.tenant == ""


def test_a_file_that_is_named_is_blamed_on_what_it_is_made_of() -> None:
    found = blamed(MAIN, "rules/search.yaml")
    assert found.way is not None
    assert (found.way.path, found.way.line) == ("build/production/tenants/acme/rules/search.yaml", None)
    assert ("produces", "services.search.alerts", "tenants/acme/services/search.yaml") in causes(found)


def test_a_vendors_file_is_searched() -> None:
    path = "build/production/tenants/acme/rules/raw/vendor.yaml"
    assert causes(blamed(path, "for: 3m"))[0] == ("appears", "groups.0.rules.0.for", "tenants/acme/rules/vendor.yaml")
    assert causes(blamed(path, "record: vendor:up:sum"))[0][1] == "groups.0.rules.1.record"


def _unit_words() -> list[Word]:
    resolved = resolve_unit(subject(RULES).opened, Unit("acme", "production"), Report())
    assert resolved is not None
    return [each for each in words(resolved.stack, resolved.value, strategy("unit")) if not each.whole]


def test_a_word_that_appears_in_a_vendors_line_comes_before_its_item() -> None:
    found = causes(blamed("build/production/tenants/acme/rules/raw/vendor.yaml", "contact:"))
    assert [each[:2] for each in found] == [("appears", "contact.slack"), ("produces", "groups.0.rules.0")]


def test_a_shared_line_of_a_broken_tenant_is_reported_without_words() -> None:
    before = built(CHANGED)
    broken = pipeline.open_repository(repository({**before, OVERLAY: f"{CHANGED[OVERLAY]}nope: 1\n"}), Report())
    assert broken is not None
    report = Report()
    shared = subject_of(broken, Unit("", "production"), SHARED, Report())
    assert shared is not None
    found = blame(shared, next(at for at, line in enumerate(lines(SHARED)) if "repeat_interval: 12h" in line), report)
    assert (found.unit.tenant, found.touches, found.templates) == ("acme", (), ())


SOME = Random(7).sample(range(64), 16)  # noqa: S311 - which words are tried is no secret


@pytest.mark.parametrize("number", SOME)
def test_whatever_is_changed_for_real_is_to_blame_for_each_line_that_becomes_another(number: int) -> None:
    unit_words = _unit_words()
    word = unit_words[number % len(unit_words)]
    before = built(CHANGED)
    documents = {spot.file: subject(RULES).opened.reading.document(spot.file).value or {} for spot in word.spots}
    for value in others(word.keys, word.value):
        real = {path: canonical.yaml(each).decode() for path, each in instead(word, value, documents).items()}
        after = pipeline.compile(repository({**before, **real}))
        if after.diagnostics or Unit("acme", "production") not in after.units:
            continue
        _compare({path: each.data for path, each in after.artifacts.items()}, word)
        return


def _compare(after: dict[str, bytes], word: Word) -> None:
    existing = sources(built(CHANGED))
    for path, data in after.items():
        if path.startswith("build/production/") and data != existing.get(path) and path in existing:
            old, new = lines(path), data.decode().removesuffix("\n").split("\n")
            changed = [at for at in range(len(old)) if fate(old, new, at) != "stays"]
            for at in changed[:1]:
                found = [each.word.keys for each in blame(subject(path), at, Report()).touches]
                assert word.keys in found, (path, old[at], found)
