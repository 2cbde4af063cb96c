"""The stories are true: every command in `tests/stories/<stage>/<slug>.md` says what the story says it says.

A story is Markdown that people read as documentation. It begins in the repository of `tests/stories/base`, built and
committed, unless it says "Starts from an empty repository." A path in backticks with a colon, alone on its line, names
the file in the fenced block below it. In a `console` block, `$` begins a command, and the lines below are its exact
output, with `[exit 1]` where it did not end with 0. `pytest --rewrite` writes down what the commands say now; read the
difference before you commit it.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbench import deterministic, shell, varve

pytestmark = pytest.mark.usefixtures("one_kit")

STORIES = Path(__file__).parent / "stories"
ALL = sorted(STORIES.glob("*/*.md"))
COMMIT = re.compile(
    r" [0-9a-f]{10} (?=[0-9]{4}-[0-9]{2}-[0-9]{2} )|\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b| [0-9a-f]{12}(?=, by )"
)
STEP = re.compile(
    r"^`(?P<path>[^`\n]+)`:\n+(?P<fence>`{3,})\w*\n(?P<text>.*?)^(?P=fence)$|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize("path", ALL, ids=[f"{path.parent.name}/{path.stem}" for path in ALL])
def test_story(path: Path, begun: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    story = path.read_text("utf-8")
    repository = tmp_path / "repository"
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        if "Starts from an empty repository." in story:
            repository.mkdir()
            shell("git init -q -b main --template=", repository)
        else:
            shutil.copytree(begun, repository)
        played = STEP.sub(lambda step: play(step, repository), story)
    if request.config.getoption("--rewrite"):
        path.write_text(played, "utf-8")
    else:
        # A commit's id follows from every artifact of the base, and the compiler's digest from all of varve, so they
        # may differ; all else may not.
        assert COMMIT.sub(" <commit> ", played) == COMMIT.sub(" <commit> ", story)


def play(step: re.Match[str], repository: Path) -> str:
    """A step of a story, as it turns out: a file that is written, or commands with what they print."""
    if step["path"]:
        file = repository / step["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step["text"], "utf-8")
        return step[0]
    commands = re.findall(r"^\$ (.*)$", step["console"], re.MULTILINE)
    return "```console\n" + "".join(line for each in commands for line in _run(each, repository)) + "```"


def _run(command: str, repository: Path) -> Iterator[str]:
    program, _, arguments = command.partition(" ")
    code, output = varve(arguments, repository) if program == "varve" else shell(command, repository)
    yield f"$ {command}\n"
    yield output.replace(str(repository), "/repository")
    if code:
        yield f"[exit {code}]\n"
