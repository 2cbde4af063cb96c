from itertools import product

import pytest

from tests.world.work import Work
from varve.language.blob import identify
from varve.world.snapshot.newline import normalised

ATTRIBUTES = {
    "none": ("", {}),
    "text": ("text", {"text": "set"}),
    "no-text": ("-text", {"text": "unset"}),
    "auto": ("text=auto", {"text": "auto"}),
    "auto-crlf": ("text=auto eol=crlf", {"text": "auto", "eol": "crlf"}),
    "eol-lf": ("eol=lf", {"eol": "lf"}),
    "eol-crlf": ("eol=crlf", {"eol": "crlf"}),
    "crlf": ("crlf", {"crlf": "set"}),
    "no-crlf": ("-crlf", {"crlf": "unset"}),
    "crlf-input": ("crlf=input", {"crlf": "input"}),
    "no-text-eol": ("-text eol=lf", {"text": "unset", "eol": "lf"}),
}
CONTENTS = {
    "unix": b"a\nb\n",
    "windows": b"a\r\nb\r\n",
    "mixed": b"a\r\nb\nc\r\n",
    "lone": b"a\rb\r\n",
    "doubled": b"a\r\r\n",
    "null": b"a\0\r\n",
    "odd": b"\x01\x02\r\n",
    "hardly-odd": b"\x01\r\n" + b"x" * 300,
    "end-of-file": b"abc\r\n\x1a",
    "delete": b"\x7f" * 3 + b"\r\n" + b"x" * 200,
    "letters": "é\r\n".encode(),
}


@pytest.mark.parametrize("autocrlf", ["false", "true", "input"])
@pytest.mark.parametrize("before", ["", "windows", "unix", "odd"], ids=lambda name: f"after {name or 'nothing'}")
def test_line_endings_are_those_that_git_would_record(work: Work, autocrlf: str, before: str) -> None:
    names = {f"{attribute}/{content}": (attribute, content) for attribute, content in product(ATTRIBUTES, CONTENTS)}
    recorded = CONTENTS[before] if before else b""
    if before:
        work.write(dict.fromkeys(names, recorded))
        work.git("add", "--all")
    work.git("config", "core.autocrlf", autocrlf)
    work.git("config", "core.safecrlf", "false")
    work.write({name: CONTENTS[content] for name, (_, content) in names.items()})
    work.write({".gitattributes": "".join(f"{name}/* {text}\n" for name, (text, _) in ATTRIBUTES.items())})
    work.git("add", "--all")
    lines = work.git("ls-files", "--stage").splitlines()
    ids = {line.split("\t")[1]: line.split(" ")[1] for line in lines}
    differing = {
        name
        for name, (attribute, content) in names.items()
        if identify(
            normalised(CONTENTS[content], ATTRIBUTES[attribute][1], lambda: autocrlf != "false", lambda: recorded)
        )
        != ids[name]
    }
    assert not differing


def test_git_is_not_asked_if_it_does_not_matter() -> None:
    def never() -> bool:
        raise AssertionError

    assert normalised(b"a\n", {}, never, CONTENTS["unix"].upper) == b"a\n"
    assert normalised(b"a\r\n", {"text": "set"}, never, CONTENTS["unix"].upper) == b"a\n"
