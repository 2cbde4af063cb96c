import pytest

from tests.inquire.blame.example import CHANGED, opened
from varve.inquire.blame.blame import Blame, blame
from varve.inquire.blame.default import Default
from varve.inquire.blame.subject import subject_of
from varve.inquire.blame.trial import split
from varve.model.diagnostic import Report
from varve.pipeline.opening import unit_of

pytestmark = pytest.mark.usefixtures("one_kit")

WEB = "tenants/acme/services/web.yaml"
RULES = "build/production/tenants/acme/rules/web.yaml"
PACK = "templates/packs/http-service/pack.yaml"


def blamed(parameters: str, text: str) -> Blame:
    """Who is to blame for the line that ends so, of the first alert of a service that gives these parameters."""
    service = f"scrape: {{app: {{targets: ['web:1']}}}}\npacks: {{http-service: {parameters}}}\n"
    subject = subject_of(opened({**CHANGED, WEB: service}), unit_of(RULES), RULES, Report())
    assert subject is not None
    lines = split(subject.made(Report()) or b"")
    alert = lines.index("      - alert: HttpErrorRatioHigh")
    return blame(subject, next(at for at in range(alert, len(lines)) if lines[at].endswith(text)), Report())


def test_a_default_is_to_blame_if_no_source_sets_the_parameter() -> None:
    assert blamed("{}", "for: 5m").defaults == (Default(PACK, "error_for", "5m"),)


def test_a_parameter_that_a_source_sets_is_no_default() -> None:
    found = blamed("{error_for: 7m}", "for: 7m")
    assert found.defaults == ()
    assert [each.word.keys[-1] for each in found.touches][:1] == ["error_for"]
