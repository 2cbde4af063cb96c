"""No command prints a secret that was written in the wrong place, whatever else is wrong with it."""

from pathlib import Path

import pytest

from tests.workbench import varve

CANARY = "CANARY"
COMMANDS = (
    "check --format text",
    "check --format json",
    "check --format github",
    "blame build/production/tenants/acme/rules/checkout.yaml:5",
    "blame build/production/tenants/acme/rules/checkout.yaml --format json",
    "explain acme production",
    "explain acme production --format json",
    "explain acme production services.search.scrape.app.basic_auth --format json",
    "diff",
    "diff --format json",
)
LOGIN = "scrape: {app: {targets: ['search:9090'], basic_auth: {username: varve, %s}}}\n"
SPREAD = "scrape:\n  app:\n    targets: ['search:9090']\n    basic_auth:\n      username: varve\n      %s\n"
HEAD = "scrape: {app: {targets: ['search:9090'], %s}}\n"
XML = "<service><scrape><app><basic_auth><username>varve</username>\n%s\n</basic_auth></app></scrape></service>"
JSON = '{"scrape": {"app": {"basic_auth": {"username": "varve",\n%s\n}}}}'
TOML = "[scrape.app.basic_auth]\nusername = 'varve'\n%s\n"
WAYS = {
    "YAML: a comment": SPREAD % "password: #CANARY",
    "YAML: a comment after a word": SPREAD % "password: hunter #CANARY",
    "YAML: a comment in a flow mapping": LOGIN % "password: #CANARY",
    "YAML: a comment after a reference": SPREAD % "password: {secret: metrics/password} #CANARY",
    "YAML: a value that is cut": SPREAD % "password: CANARY #two",
    "YAML: an alias": LOGIN % "password: *CANARY",
    "YAML: an alias, broken": LOGIN % "password: *CANARY!x",
    "YAML: an anchor and nothing": SPREAD % "password: &CANARY",
    "YAML: a tag": LOGIN % "password: !CANARY x",
    "YAML: a tag of a reference": LOGIN % "password: !CANARY {secret: metrics/password}",
    "YAML: an alias under an unknown key": LOGIN % "pasword: *CANARY",
    "YAML: a sign that begins no value": SPREAD % "password: @CANARY",
    "YAML: a quote that stays open": SPREAD % "password: 'CANARY",
    "YAML: a backquote": SPREAD % "password: `CANARY`",
    "YAML: a key set twice": SPREAD % "password: CANARY\n      password: CANARY",
    "YAML: a key with no colon": SPREAD % "password CANARY",
    "YAML: a text of several lines": SPREAD % "password: |\n        x\n        CANARY\n  x: [",
    "YAML: a colon too many": SPREAD % "password: CANARY: x",
    "YAML: a plain value": LOGIN % "password: CANARY",
    "YAML: a number": LOGIN % "password: [CANARY]",
    "YAML: a reference without a file": LOGIN % "password: {secret: CANARY}",
    "YAML: a reference misspelt": LOGIN % "password: {secert: CANARY}",
    "YAML: a variable": LOGIN % "password: '%{env:CANARY}'",
    "YAML: a word that removes": LOGIN % "$remove: [CANARY]",
    "YAML: a word that is none": LOGIN % "$remve: CANARY",
    "YAML: a patch that is none": LOGIN % "$patch: CANARY",
    "YAML: a control character": SPREAD % "password: CANARY\a",
    "YAML: a control character beneath": SPREAD % "headers:\n        x: CANARY\a",
    "YAML: a byte that is no UTF-8": SPREAD % "password: CANARY\udcff",
    "YAML: an alias beneath headers": HEAD % "headers: {X-One: *CANARY}",
    "YAML: keys of headers twice": HEAD % "headers: {CANARY: 1, CANARY: 2}",
    "YAML: headers": HEAD % "headers: {Authorization: CANARY}",
    "YAML: headers, spread": HEAD % "\n  headers:\n    Authorization:\n      CANARY\n  ",
    "YAML: a key": "key: CANARY\n",
    "YAML: a secret key": HEAD % "secret_key: CANARY",
    "YAML: a URL of Slack's": "slack_api_url: https://hooks.slack.com/services/T/B/CANARY\n",
    "YAML: a URL of Slack's under another key": "notify: https://hooks.slack.com/services/T/B/CANARY\n",
    "YAML: a URL for a channel": "contact: {slack: 'https://hooks.slack.com/services/T/B/CANARY'}\n",
    "YAML: a URL for an address": "contact: {email: 'https://hooks.slack.com/services/T/B/CANARY'}\n",
    "YAML: a URL for a contact": "contact: https://hooks.slack.com/services/T/B/CANARY\n",
    "YAML: a URL with a password": "runbook: 'ftp://varve:CANARY@search'\n",
    "YAML: a label": "labels: {api_token: [CANARY]}\n",
    "XML: text beside elements": XML % "<password>CANARY<secret>metrics/password</secret></password>",
    "XML: text behind elements": XML % "<password><secret>metrics/password</secret>CANARY</password>",
    "XML: a type": XML % "<password type='CANARY'>x</password>",
    "XML: a type, before the key": XML % "<entry type='CANARY' key='password'>x</entry>",
    "XML: an attribute": XML % "<password value='CANARY'/>",
    "XML: a name of an attribute": XML % "<password CANARY='x'/>",
    "XML: a processing instruction": XML % "<password><?CANARY x?></password>",
    "XML: what an instruction says": XML % "<password><?x CANARY?></password>",
    "XML: a namespace": XML % "<password><c:CANARY/></password>",
    "XML: an item": XML % "<password><a/><item>CANARY</item></password>",
    "XML: a tag that is not closed": XML % "<password>CANARY</passwrd>",
    "XML: an entity": XML % "<password>&CANARY;</password>",
    "XML: a plain value": XML % "<password>CANARY</password>",
    "XML: CDATA": XML % "<password><![CDATA[CANARY]]><a/></password>",
    "XML: a text of several lines": XML % "<password>\nx\nCANARY\n<a/></password>",
    "XML: a key set twice": XML % "<password>CANARY</password><password>CANARY</password>",
    "JSON: a bare word": JSON % '"password": CANARY',
    "JSON: a quote that is none": JSON % "\"password\": 'CANARY'",
    "JSON: a colon too few": JSON % '"password" "CANARY"',
    "JSON: a comment": JSON % '"password": #CANARY\n',
    "JSON: a comma too many": JSON % '"password": "CANARY",',
    "JSON: a key set twice": JSON % '"password": "CANARY", "password": "CANARY"',
    "JSON: an escape": JSON % '"password": "CANARY\\u0007"',
    "JSON: a plain value": JSON % '"password":\n"CANARY"',
    "TOML: a bare word": TOML % "password = CANARY",
    "TOML: a comment": TOML % "password = #CANARY",
    "TOML: a quote that stays open": TOML % "password = 'CANARY",
    "TOML: no sign between": TOML % "password CANARY",
    "TOML: a colon": TOML % "password: CANARY",
    "TOML: a key set twice": TOML % "password = 'CANARY'\npassword = 'CANARY'",
    "TOML: keys of headers twice": TOML % "[scrape.app.headers]\nCANARY = 1\nCANARY = 2",
    "TOML: an inline key twice": TOML % "headers = {CANARY = 1, CANARY = 2}",
    "TOML: a table twice": TOML % "[headers.CANARY]\n[headers.CANARY]",
    "TOML: a plain value": TOML % "password = 'CANARY'",
}


@pytest.mark.parametrize("way", WAYS)
def test_no_command_prints_a_secret(way: str, repository: Path) -> None:
    file = repository / f"tenants/acme/services/search.{way.partition(':')[0].lower()}"
    file.write_text(WAYS[way], "utf-8", "surrogateescape")
    results = [varve(command, repository) for command in COMMANDS]
    assert results[0][0] == 1
    assert f"--> {file.relative_to(repository)}:" in results[0][1]
    assert {code for code, _ in results} <= {0, 1}
    assert not [text for _, text in results if CANARY in text]
