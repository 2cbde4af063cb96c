import pytest

from tests.inquire.blame.example import RULES, lines, subject
from varve.inquire.blame.template import UsedTemplates, try_templates
from varve.inquire.blame.trial import Trial

pytestmark = pytest.mark.usefixtures("one_kit")

CODE = (lambda: None).__code__


def test_templates_that_are_asked_for_are_known_also_where_their_code_is() -> None:
    earlier = UsedTemplates()
    earlier.learn("a.j2", "1", CODE)
    later = UsedTemplates(earlier)
    assert (later.recall("a.j2", "1"), later.recall("b.j2", "1")) == (CODE, None)
    later.learn("b.j2", "1", CODE)
    assert later.recall("b.j2", "1") is CODE
    assert list(later.paths) == ["a.j2", "b.j2"]


def test_a_template_is_to_blame_for_the_lines_that_are_not_there_without_it() -> None:
    rules = subject(RULES)
    assert "templates/prometheus/rules.yaml.j2" in rules.used.paths
    trial = Trial(rules.opened, rules.remake, lines(RULES), lines(RULES).index("        for: 10m"))
    assert list(try_templates(trial, rules.used)) == ["templates/prometheus/rules.yaml.j2"]
    assert len(rules.used.paths) > 1
