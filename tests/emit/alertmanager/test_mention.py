"""A mention contains only ids; when it is printed is tested in tests/test_oracles_notification.py."""

from typing import cast

import pytest

from tests.emit.alertmanager.notifying import task
from varve.emit.alertmanager import receiver
from varve.emit.alertmanager.mention import mentions


@pytest.mark.parametrize(
    ("whom", "written"),
    [
        ("here", "<!here>"),
        ("channel", "<!channel>"),
        ("everyone", "<!everyone>"),
        ("U012AB3CD", "<@U012AB3CD>"),
        ("W012AB3CD", "<@W012AB3CD>"),
        ("S012AB3CD", "<!subteam^S012AB3CD>"),
    ],
)
def test_a_mention_is_in_the_markup_of_slack(whom: str, written: str) -> None:
    assert f'{{{{ $m = "{written}" }}}}' in mentions([whom])


def test_several_mentions_are_in_one_line() -> None:
    assert '"<!here> <@U012AB3CD>"' in mentions(["here", "U012AB3CD"])


@pytest.mark.parametrize("login", ["url: {secret: slack/webhook}", "token: {secret: slack/token}"])
def test_a_receiver_has_its_mentions_above_the_message(login: str) -> None:
    notify = f'notify: {{receivers: {{them: {{slack: {{channel: "#a", {login}%s}}}}}}}}\n'
    called, quiet = (
        cast("dict[str, list[dict[str, object]]]", receiver.of_unit(task(notify % setting))[0])["slack_configs"][0]
        for setting in (", mention: [here]", "")
    )
    own = {"pretext": mentions(["here"]), "mrkdwn_in": ["pretext", "text"]}
    assert called == quiet | own
    assert "pretext" not in quiet
