"""What Alertmanager's own tests refuse is refused by us first, at the source's line, or cannot be said at all.

The table names each of its tests, and each file of its test data, with the case of `bad/` that says the same mistake
in our language. The sources of the pinned module say whether the table is whole; the real amtool says that it would
have refused what such a case compiles to, if we let it through.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
import yaml

from tests.emit.alertmanager.notifying import task
from tests.oracle import ALERTMANAGER
from tests.test_bad_input import CASES
from varve.emit.alertmanager import emit
from varve.emit.kit import Task

NO_KIND = "we write no receiver of this kind"
NO_TWIN = "a secret is one reference, which becomes the field that names a file, and the other field is never written"
ONE_PLACE = "a receiver holds its own secret, and nothing is said for all of them under `global`"
ROOT = "the root route is ours: it has a receiver, a grouping and a pace, and whatever else is said is of a tenant's"
NO_LABELS = "receivers and routes have no labels of their own in our language"
OLD_WORDS = "we write `matchers` and no `match`, `match_re` or their like for inhibitions"
OUR_WORDS = "its field is written by our templates and not by a tenant"
NO_HEADERS = "the headers of an e-mail are ours: there is only `Subject`"
NO_THREADS = "e-mails are not threaded"
OUR_RESPONDER = "the responders of Opsgenie are one team by name"
OUR_EQUAL = "the labels that an inhibition compares are ours: `tenant` and `service`"
SEALED = "the URL is a reference to a secret, and stands in a file"

UNSAYABLE: Final = {
    "config TestLoadEmptyString": "there is always a root route",
    "config TestDefaultReceiverExists": ROOT,
    "config TestRootRouteExists": "there is always a root route",
    "config TestRootRouteNoMuteTimes": ROOT,
    "config TestRootRouteNoActiveTimes": ROOT,
    "config TestRootRouteHasNoMatcher": ROOT,
    "config TestContinueErrorInRouteRoot": ROOT,
    "config TestReceiverExistsForDeepSubRoute": "routes have no routes below them",
    "config TestReceiverLabelsNameConflict": NO_LABELS,
    "config TestRouteLabelsInvalidLabelName": NO_LABELS,
    "config TestSMTPBothPasswordAndFile": NO_TWIN,
    "config TestTelegramBothBotTokenAndFile": NO_TWIN,
    "config TestTelegramValidReceiverBothBotTokenAndFile": NO_TWIN,
    "config TestOpsGenieBothAPIKeyAndFile": NO_TWIN,
    "config TestSlackBothAPIURLAndFile": NO_TWIN,
    "config TestSlackBothAppTokenAndFile": NO_TWIN,
    "config TestNilRegexp": OLD_WORDS,
    "config TestSecretTemplURL": SEALED,
    "config TestInvalidSNSConfig": NO_KIND,
    "config TestEmptyConfigOfIntegration: incidentio, pushover, victorops, sns, webex, and others": NO_KIND,
    "config TestVictorOpsBothAPIKeyAndFile": NO_KIND,
    "config TestRocketchatBothTokenAndTokenFile": NO_KIND,
    "config TestRocketchatBothTokenIDAndTokenIDFile": NO_KIND,
    "config TestRocketchatNoToken": NO_KIND,
    "config TestWechatNoAPIURL": NO_KIND,
    "config TestWechatBothAPIURLAndFile": NO_KIND,
    "config TestMattermostBothWebhookURLAndFile": NO_KIND,
    "config TestMattermostValidReceiverBothWebhookURLAndFile": NO_KIND,
    "config TestMattermostNoWebhookURL": NO_KIND,
    "config TestEmailHeadersCollision": NO_HEADERS,
    "config TestEmailConfig_UnmarshalYAML: with invalid threading": NO_THREADS,
    "config TestEmailConfig_UnmarshalYAML: with duplicate headers": NO_HEADERS,
    "config TestVictorOpsConfiguration": NO_KIND,
    "config TestVictorOpsCustomFieldsValidation": NO_KIND,
    "config TestPushoverUserKeyIsPresent": NO_KIND,
    "config TestPushoverUserKeyOrUserKeyFile": NO_KIND,
    "config TestPushoverTokenIsPresent": NO_KIND,
    "config TestPushoverTokenOrTokenFile": NO_KIND,
    "config TestPushoverHTMLOrMonospace": NO_KIND,
    "config TestSlackAuthMethodConfigValidation: one secret, twice": NO_TWIN,
    "config TestSlackFieldConfigValidation": OUR_WORDS,
    "config TestSNS": NO_KIND,
    "config TestWeChatTypeMatcher": NO_KIND,
    "config TestWebexConfiguration": NO_KIND,
    "config/common TestInhibitRuleEqual": OUR_EQUAL,
    "notify/mattermost TestMattermostField_UnmarshalYAML": NO_KIND,
    "notify/mattermost TestMattermostConfig_UnmarshalYAML": NO_KIND,
    "notify/opsgenie TestOpsGenieConfiguration: api_key and api_key_file both defined": NO_TWIN,
    "notify/opsgenie TestOpsGenieConfiguration: responders": OUR_RESPONDER,
    "notify/opsgenie TestOpsgenieTypeMatcher": OUR_RESPONDER,
    "notify/pagerduty TestPagerdutyTestRoutingKey: both": NO_TWIN,
    "notify/pagerduty TestPagerdutyServiceKey": "we write the second version of PagerDuty's events, by `routing_key`",
    "notify/telegram TestTelegramConfiguration: with both bot_token & bot_token_file": NO_TWIN,
    "notify/telegram TestTelegramConfiguration: with both chat_id and chat_id_file": "a chat is a number in the source",
    "notify/telegram TestTelegramConfiguration: with unknown parse_mode": OUR_WORDS,
    "notify/webhook TestWebhookURLOrURLFile": NO_TWIN,
    "timeinterval TestYamlUnmarshal: friday:monday": "days go over the end of a week, and are written as two ranges",
    "timeinterval TestParseTimeString: 09:30 to 07:41": "hours go over midnight, and are written as two ranges",
    "timeinterval TestParseTimeString: 24:00 to 17:41": "hours go over midnight, and are written as two ranges",
    "timeinterval TestParseTimeString: no end": "hours without `to` end at midnight, and so it is written",
    "matcher/parse TestMatcher: two or more": "a list of matchers may hold texts of several",
    "cli TestCheckConfig": "artifacts are YAML by construction",
    "config/testdata/conf.smtp-both-password-and-file.yml": NO_TWIN,
    "config/testdata/conf.telegram-both-bot-token-and-file.yml": NO_TWIN,
    "config/testdata/conf.telegram-valid-receiver-both-bot-token-and-file.yml": NO_TWIN,
    "config/testdata/conf.opsgenie-both-file-and-apikey.yml": NO_TWIN,
    "config/testdata/conf.slack-both-file-and-url.yml": NO_TWIN,
    "config/testdata/conf.slack-both-file-and-token.yml": NO_TWIN,
    "config/testdata/conf.nil-match_re-route.yml": OLD_WORDS,
    "config/testdata/conf.nil-source_match_re-inhibition.yml": OLD_WORDS,
    "config/testdata/conf.nil-target_match_re-inhibition.yml": OLD_WORDS,
    "config/testdata/conf.sns-invalid.yml": NO_KIND,
    "config/testdata/conf.victorops-both-file-and-apikey.yml": NO_KIND,
    "config/testdata/conf.victorops-no-apikey.yml": NO_KIND,
    "config/testdata/conf.rocketchat-both-token-and-tokenfile.yml": NO_KIND,
    "config/testdata/conf.rocketchat-both-tokenid-and-tokenidfile.yml": NO_KIND,
    "config/testdata/conf.rocketchat-no-token.yml": NO_KIND,
    "config/testdata/conf.wechat-both-file-and-secret.yml": NO_KIND,
    "config/testdata/conf.wechat-no-api-secret.yml": NO_KIND,
    "config/testdata/conf.mattermost-both-webhook-url-and-file.yml": NO_KIND,
    "config/testdata/conf.mattermost-valid-receiver-both-webhook-url-and-file.yml": NO_KIND,
    "config/testdata/conf.mattermost-no-webhook-url.yml": NO_KIND,
    "cli/testdata/conf.bad.yml": "artifacts are YAML by construction",
}
"""Each of Alertmanager's tests and files whose mistake our language cannot say, and why."""

REFUSED: Final = {
    "config TestReceiverNameIsUnique": "a receiver is said twice",
    "config TestReceiverExists": "a route names a receiver that is not there",
    "config TestReceiverHasName": "a receiver without a name",
    "config TestMuteTimeExists": "a route mutes hours that are not there",
    "config TestActiveTimeExists": "a route names hours that are not there",
    "config TestTimeIntervalHasName": "hours without a name",
    "config TestMuteTimeNoDuplicates": "hours are said twice",
    "config TestGroupByHasNoDuplicatedLabels": "a group is made by a label twice",
    "config TestWildcardGroupByWithOtherGroupByLabels": "a group is made by every label",
    "config TestGroupByInvalidLabel": "a group is made by what is no label",
    "config TestGroupIntervalIsGreaterThanZero": "a group that is looked at all the time",
    "config TestRepeatIntervalIsGreaterThanZero": "a repeat of no length",
    "config TestEmptyConfigOfIntegration: discord": "Discord says nothing at all",
    "config TestEmptyConfigOfIntegration: email": "e-mail to nobody",
    "config TestEmptyConfigOfIntegration: pagerduty": "PagerDuty says nothing at all",
    "config TestEmptyConfigOfIntegration: webhook": "a webhook says nothing at all",
    "config TestEmptyConfigOfIntegration: telegram": "Telegram without a chat",
    "config TestEmptyConfigOfIntegration: msteams": "Microsoft Teams says nothing at all",
    "config TestEmptyConfigOfIntegration: jira": "Jira says nothing at all",
    "config TestEmptyConfigOfIntegration: slack": "Slack says nothing at all",
    "config TestEmptyConfigOfIntegration: opsgenie": "Opsgenie says no key",
    "config TestVictorOpsNoAPIKey": "a receiver of another server's making",
    "config TestTelegramNoBotToken": "Telegram without a token",
    "config TestOpsGenieNoAPIKey": "Opsgenie says no key",
    "config TestOpsGenieDeprecatedTeamSpecified": "Opsgenie is told teams by an old name",
    "config TestSlackBothAppTokenAndAPIURL": "Slack by a webhook and a token",
    "config TestSlackUpdateMessageWebhookURL": "a message through a webhook is to be updated",
    "config TestSlackNoAPIURL": "Slack without a webhook and without a token",
    "config TestUnmarshalHostPort": "a mail server without a port",
    "config TestEmailToIsPresent": "e-mail to an empty address",
    "config TestEmailDisallowMalformed": "e-mail to half an address",
    "config TestSlackAuthMethodConfigValidation": "Slack by a webhook and a token",
    "config TestEmailConfig_UnmarshalYAML: with empty to address": "e-mail to an empty address",
    "config/common TestUnmarshalEmptyURL": "Jira at no address",
    "config/common TestUnmarshalInvalidURL": "Jira over telnet",
    "config/common TestUnmarshalRelativeURL": "Jira at a path without a host",
    "notify/opsgenie TestOpsGenieConfiguration": "Opsgenie says no key",
    "notify/pagerduty TestPagerdutyTestRoutingKey": "a receiver without its secret",
    "notify/telegram TestTelegramConfiguration: with no chat_id set": "Telegram to the chat 0",
    "notify/webhook TestWebhookURLIsPresent": "a webhook says nothing at all",
    "notify/webhook TestWebhookHttpConfigIsValid": "a webhook with two ways to log in",
    "timeinterval TestParseTimeString: 17:31 to 17:31": "hours that begin when they end",
    "timeinterval TestParseTimeString: 12:30 to 24:01": "hours to a minute after midnight",
    "timeinterval TestYamlUnmarshal: 01:99": "hours from a minute that there is not",
    "timeinterval TestYamlUnmarshal: 99:99": "hours to an hour that there is not",
    "timeinterval TestYamlUnmarshal: blurgsday:flurgsday": "hours on days that there are not",
    "timeinterval TestYamlUnmarshal: 1:3": "hours on days by number",
    "timeinterval TestYamlUnmarshal: -2:-1": "hours on days by number from the end",
    "timeinterval TestYamlUnmarshal: 0": "hours on a day 0 of the month",
    "timeinterval TestYamlUnmarshal: -50:-20": "hours on a day of the month far before it",
    "timeinterval TestYamlUnmarshal: 1:50": "hours on a day of the month far after it",
    "timeinterval TestYamlUnmarshal: -15:5": "hours from the end of a month to its beginning",
    "timeinterval TestYamlUnmarshal: 10:-25": "hours to a day of the month that is always before",
    "timeinterval TestYamlUnmarshal: martius:june": "hours from a month that there is not",
    "timeinterval TestYamlUnmarshal: march:junius": "hours to a month that there is not",
    "timeinterval TestYamlUnmarshal: december:january": "hours over the end of a year",
    "timeinterval TestYamlUnmarshal: 2022:2020": "hours from a year to an earlier one",
    "matcher/parse TestMatchers: comma": "a match that is a comma",
    "matcher/parse TestMatchers: comma in braces": "a match with a comma in braces",
    "matcher/parse TestMatchers: open brace": "a match that is an open brace",
    "matcher/parse TestMatchers: close brace": "a match that is a closed brace",
    "matcher/parse TestMatchers: no open brace": "a match whose brace was never opened",
    "matcher/parse TestMatchers: no close brace": "a match whose brace is never closed",
    "matcher/parse TestMatchers: after operator and before quotes": "a match with something before a quote",
    "matcher/parse TestMatchers: invalid escape sequence": "a match with an escape that there is not",
    "matcher/parse TestMatchers: regex digits": "a match by a pattern with one backslash",
    "matcher/parse TestMatchers: no unquoted escape sequences": "a match with an escape outside of quotes",
    "matcher/parse TestMatchers: invalid unicode": "a match with bytes that are no text",
    "matcher/parse TestMatcher: no input": "a route that selects by nothing",
    "matcher/parse TestMatcher: open and closing braces": "a match by nothing in braces",
    "matcher/parse TestMatcher: invalid unicode": "a match with bytes that are no text",
    "matcher/compat TestFallbackMatcherParser": "a match with an operator cut short",
    "matcher/compat TestFallbackMatchersParser": "a match with an operator cut short",
    "pkg/labels TestMatchers: ,": "a match that is a comma",
    'pkg/labels TestMatchers: job="value': "a match with a quote in the middle",
    "pkg/labels TestMatchers: invalid-name": "a match by a name that is none",
    "pkg/labels TestMatchers: invalid[regexp": "a match with a pattern that is none",
    "pkg/labels TestMatchers: double escaped": "a match in quotes as a whole",
    "config/testdata/conf.opsgenie-default-apikey-old-team.yml": "Opsgenie is told teams by an old name",
    "config/testdata/conf.opsgenie-no-apikey.yml": "Opsgenie says no key",
    "config/testdata/conf.slack-both-url-and-token.yml": "Slack by a webhook and a token",
    "config/testdata/conf.slack-no-api-url-or-token.yml": "Slack without a webhook and without a token",
    "config/testdata/conf.slack-update-message-and-webhook.yml": "a message through a webhook is to be updated",
    "config/testdata/conf.telegram-no-bot-token.yml": "Telegram without a token",
}
"""Each of Alertmanager's tests and files whose mistake our language can say, and the case in which it does."""

ACCEPTING: Final = frozenset(
    {
        *("config TestEventRecorderWebhookBatchingConfig", "config TestGroupByEmptyOverride"),
        *("config TestReceiverLabelsAutoPopulatesName", "config TestReceiverLabelsPreservesUserLabels"),
        *("config TestReceiverLabelsNameMatchesExplicitly", "config TestReceiverLabelsAllowsHyphensAndUTF8"),
        *("config TestRouteLabelsValidLabelName", "config TestSecretTemplURLMarshaling"),
        *("config TestMSTeamsV2GlobalProxyInheritedWhenNoLocalHTTPConfig",),
        *("config TestMSTeamsV2GlobalProxyInheritedWhenPartialHTTPConfig",),
        *("config TestMSTeamsV2LocalProxyTakesPrecedence", "config/common TestMarshalRegexpWithNilValue"),
        *("config/common TestMarshalEmptyMatchers", "config/common TestHideSecretURL"),
        *("config/common TestShowMarshalSecretURL", "config/common TestMarshalURL"),
        *("config/common TestUnmarshalEmptyRegexp", "config/common TestUnmarshalNullRegexp"),
        *("config/common TestUnmarshalNilURL", "timeinterval TestYamlMarshal", "timeinterval TestJsonMarshal"),
        *("timeinterval TestIntervener_Mutes", "notify/pagerduty TestPagerDutySource"),
    }
)
"""Tests that look as if they refused something, and do not."""

TESTS: Final = (
    *("config/config_test.go", "config/notifiers_test.go", "config/common/inhibitrule_test.go"),
    *("config/common/matchers_test.go", "config/common/url_test.go", "timeinterval/timeinterval_test.go"),
    *("matcher/parse/parse_test.go", "matcher/compat/parse_test.go", "pkg/labels/parse_test.go"),
    *("cli/check_config_test.go", "notify/*/config_test.go"),
)
TEST: Final = re.compile(r"^func (Test\w+)\(.*?^}", re.MULTILINE | re.DOTALL)
REFUSES: Final = re.compile(
    r"err == nil|[rR]equire\.(?:Equal)?Error|expected +error|expectError|Error\(t, err|expectedErr|err: +true"
    r"|mistakenly"
)

LET_THROUGH: Final = (
    "a route names hours that are not there",
    "a route mutes hours that are not there",
    "a group is made by a label twice",
    "a group is made by the tenant, which it always is",
    "a group is made by every label",
    "a group that is looked at all the time",
    "a repeat of no length",
    "Telegram to the chat 0",
    "Telegram without a chat",
    "a webhook with two ways to log in",
    "a webhook that logs in with Basic by another name",
    "Jira with two ways to log in",
    "Jira over telnet",
    "Jira at a path without a host",
    "e-mail to nobody",
    "hours on a day 0 of the month",
    "hours on a day of the month far after it",
    "hours from the end of a month to its beginning",
    "hours from a month that there is not",
    "hours from a year to an earlier one",
    "hours in a zone that there is not",
)
"""Cases that would compile to what amtool refuses, were it not for us."""

OVERLAY: Final = "tenants/acme/overlays/production.yaml"
BY_NAME: Final = {case.name.partition(": ")[2]: case for case in CASES}


def test_every_case_of_the_table_is_a_case() -> None:
    assert set(REFUSED.values()) | set(LET_THROUGH) <= BY_NAME.keys()
    assert not REFUSED.keys() & UNSAYABLE.keys()


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory, amtool_newest: Path) -> Path:
    """The sources of the newest Alertmanager, as the Go module has them."""
    assert amtool_newest.exists()
    go, folder = shutil.which("go") or "go", tmp_path_factory.mktemp("alertmanager")
    command = [go, "mod", "download", "-json", ALERTMANAGER.module]
    done = subprocess.run(command, cwd=ALERTMANAGER.folder, capture_output=True, text=True, check=True)
    module = json.loads(done.stdout)
    with ZipFile(module["Zip"]) as packed:
        packed.extractall(folder)
    return folder / f"{ALERTMANAGER.module}@{module['Version']}"


def _refuses(amtool: Path, file: Path) -> bool:
    done = subprocess.run([amtool, "check-config", file], capture_output=True, text=True, check=False)
    return done.returncode != 0


def test_every_file_that_amtool_refuses_is_in_the_table(alertmanager: Path, amtool_newest: Path) -> None:
    data = [each for folder in ("config", "cli") for each in sorted(alertmanager.glob(f"{folder}/testdata/*.yml"))]
    refused = {each.relative_to(alertmanager).as_posix() for each in data if _refuses(amtool_newest, each)}
    assert refused == {key for key in {**REFUSED, **UNSAYABLE} if key.endswith(".yml")}


def test_every_test_that_refuses_something_is_in_the_table(alertmanager: Path) -> None:
    files = [each for pattern in TESTS for each in sorted(alertmanager.glob(pattern))]
    refusing = {
        f"{file.parent.relative_to(alertmanager).as_posix()} {found[1]}"
        for file in files
        for found in TEST.finditer(file.read_text("utf-8"))
        if REFUSES.search(found[0])
    }
    named = {key.partition(":")[0] for key in {**REFUSED, **UNSAYABLE} if not key.endswith(".yml")}
    assert refusing == named | ACCEPTING


def _compiled(text: bytes, sound: Task) -> Any:  # noqa: ANN401 - YAML
    """What a tenant's `notify` compiles to where nobody looks at it, without the files of texts."""
    notify = {"notify": yaml.safe_load(text)["notify"]}
    (artifact,) = emit(sound._replace(unit=sound.unit._replace(value={**sound.unit.value, **notify})))
    return {**yaml.safe_load(artifact.data), "templates": []}


@pytest.mark.parametrize("name", LET_THROUGH)
def test_amtool_refuses_what_we_would_have_let_through(name: str, tmp_path: Path, amtool_newest: Path) -> None:
    case, file, sound = BY_NAME[name], tmp_path / "alertmanager.yml", task()
    for text, refused in ((case.good[OVERLAY], False), (case.bad[OVERLAY], True)):
        assert text
        file.write_text(yaml.safe_dump(_compiled(text, sound)), "utf-8")
        assert _refuses(amtool_newest, file) == refused
