"""In folders of sealed files only Markdown and empty hidden files may be in plain text, and no content is shown."""

import pytest

from tests.workbench import snapshot
from varve.check.secrets.unsealed import check
from varve.model.diagnostic import Diagnostic, Report
from varve.read.reading import reading

ACME = "tenants/acme/secrets/"
TOKEN = "glpat-" + "q8Zr4Tb1XwYc7NnV2eLs"


def findings(path: str, data: bytes) -> list[Diagnostic]:
    report = Report()
    check(reading(snapshot({path: data}), report), path, report)
    return list(report)


HARMLESS = {
    "a document": (f"{ACME}README.md", b"# Ask the platform\n\nThe password is in the vault.\n"),
    "a document that is not UTF-8": (f"{ACME}production/notes.md", b"caf\xe9"),
    "a hidden file that keeps the folder": ("environments/secrets/.keep", b""),
}


@pytest.mark.parametrize(("path", "data"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_file_may_be_there(path: str, data: bytes) -> None:
    assert findings(path, data) == []


REFUSED = {
    "a source": (f"{ACME}slack.yaml", b"hunter2"),
    "a text": (f"{ACME}slack.txt", b"hunter2"),
    "a text that has the stem of a sealed file": (f"{ACME}slack.sops.txt", b"hunter2"),
    "nothing": (f"{ACME}slack", b""),
    "a hidden file": (f"{ACME}.env", b"hunter2"),
    "a hidden document": (f"{ACME}.notes.md", b"hunter2"),
    "what an editor has not saved": (f"{ACME}slack.sops.yaml~", b"hunter2"),
    "bytes": (f"{ACME}production/client.p12", b"\0hunter2\xff"),
    "a document with a credential": (f"{ACME}README.md", b"hunter2 " + TOKEN.encode()),
}


@pytest.mark.parametrize(("path", "data"), REFUSED.values(), ids=REFUSED)
def test_any_other_file_is_refused_and_not_shown(path: str, data: bytes) -> None:
    (found,) = findings(path, data)
    assert found.place is not None
    assert (found.rule.code, found.place.file, found.place.sealed) == ("check/unsealed-file", path, True)
    assert not any(each in repr(found) for each in ("hunter2", TOKEN))


COMMANDS = {
    f"{ACME}slack.yaml": f"`varve secrets edit {ACME}slack.sops.yaml`",
    f"{ACME}production/.Slack Token.txt": f"`varve secrets edit {ACME}production/slack-token.sops.yaml`",
    "environments/secrets/smtp.json": "`varve secrets edit environments/secrets/smtp.sops.yaml`",
    f"{ACME}production/deep/slack.yaml": "`varve secrets edit`",
    f"{ACME}1": "`varve secrets edit`",
}


@pytest.mark.parametrize(("path", "command"), COMMANDS.items(), ids=COMMANDS)
def test_the_hint_names_the_command_that_seals_it_and_that_the_secret_must_be_replaced(path: str, command: str) -> None:
    (found,) = findings(path, b"a: b")
    assert command in found.hint
    assert "replace the secret where it was issued" in found.hint
