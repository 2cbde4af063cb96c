"""All formats together."""

import subprocess
import sys

from varve.check.shape.format import FORMATS, contact, expression, hours, label, layering, naming, release, timing, url

HOSTILE = (
    "a A 0 9 . - _ : / @ # % ( [ { \\ \" ' é \x00 \n \u202e "
    "a. a- a@ a/ 1m 1h1 a.b@ %{ %{a {{ }} (a+ a:1 // /a /.. a=~ 1e ${ _a. é. A1"
)

KINDS = (contact, expression, hours, label, layering, naming, release, timing, url)


def test_format_names_are_unique() -> None:
    assert sorted(FORMATS) == sorted(name for kind in KINDS for name in kind.FORMATS)


def test_all_formats_in_the_schemas_exist() -> None:
    from varve.check.shape import kind

    def formats(node: object) -> set[str]:
        match node:
            case dict():
                own = {node["format"]} if isinstance(node.get("format"), str) else set()
                return own.union(*map(formats, node.values()))
            case list():
                return set().union(*map(formats, node))
        return set()

    assert formats([kind.schema(each) for each in kind.KINDS]) <= FORMATS.keys()


def test_no_hostile_text_keeps_a_format_busy() -> None:
    """Try 30 kB of each hostile piece, with ends that cannot match, in a separate process that can be stopped.

    It may use a minute of processor time, of which other processes take nothing, and needs about ten seconds.
    """
    program = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from varve.check.shape.format import FORMATS\n"
        "for name, format_ in FORMATS.items():\n"
        "    print(name, flush=True)\n"
        "    for piece in filter(None, sys.argv[1].split(' ')):\n"
        "        for text in (piece * (30000 // len(piece)), 'a@' + piece * (30000 // len(piece))):\n"
        "            for end in ('', '!', chr(10), 'a'):\n"
        "                format_.fault(text + end)\n"
    )
    pieces = HOSTILE.replace("\x00", "\x01")  # an argument cannot hold a zero
    done = subprocess.run([sys.executable, "-c", program, pieces], capture_output=True, check=True)
    assert done.stdout.decode().split() == list(FORMATS)
