"""The shared definitions are those that texts call, and print what the texts would print without them."""

import pytest

from varve.language.notification import medium as media
from varve.language.notification.medium import HTML, JIRA, JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN, TEAMS, Medium
from varve.language.notification.shared import definitions, sharing

PREFIX = "varve.fr_FR.value"
WAYS = {
    "plain": ([PLAIN, HTML], PLAIN),
    "teams": ([TEAMS], TEAMS),
    "jira": ([JIRA], JIRA),
    "mrkdwn": ([MRKDWN], MRKDWN),
    "json_plain": ([JSON_PLAIN], JSON_PLAIN),
    "json_mrkdwn": ([JSON_MRKDWN], JSON_MRKDWN),
}


@pytest.mark.parametrize(("way", "alike", "medium"), [(way, *each) for way, each in WAYS.items()], ids=WAYS)
def test_each_medium_has_definitions_that_print_what_its_pipelines_print(
    way: str, alike: list[Medium], medium: Medium
) -> None:
    for each in alike:
        shared = sharing(each, PREFIX)
        lines = media.value("$a.Status", 2500, shared, lines=True)
        texts = [media.value("$a.Status", 10, shared), f"{lines}{media.address('$.ExternalURL', shared)}"]
        assert definitions(texts, PREFIX) == {
            f"{PREFIX}.{way}.line.10": f"{{{{ {media.text('.', 10, medium)} }}}}",
            f"{PREFIX}.{way}.lines.2500": f"{{{{ {media.text('.', 2500, medium, lines=True)} }}}}",
            f"{PREFIX}.{way}.url": f"{{{{ {media.url('.', medium)} }}}}",
        }


def test_without_a_prefix_nothing_is_shared() -> None:
    assert sharing(MRKDWN, "") == MRKDWN


def test_calls_with_another_prefix_are_not_defined() -> None:
    shared = sharing(PLAIN, "varve.en_GB.value")
    assert definitions([media.value("$a.Status", 10, shared), PLAIN.literal('{{ template "x" . }}')], PREFIX) == {}
