"""The file format of verdicts: a segment contains many of them, and is written once and never changed.

A segment is a head with three lengths, a seal, an index, and blocks, in this order; numbers are little-endian. The
first block contains all questions, the others contain bodies. The seal authenticates the index, and the index has a
digest of every block. So one seal is enough for thousands of verdicts, each is read only when it is needed, and no byte
is used before it has been verified.

Verdicts share most of their questions. So a list of questions is cut into runs, and a segment contains each run once,
whichever lists it is in, and at whatever position.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, groupby, pairwise
from struct import Struct, error, unpack
from typing import Final, NamedTuple, TypeAlias

from varve.model.memory import Remembered

Read: TypeAlias = Callable[[int, int], bytes]
"""Returns `length` bytes from an offset on, or fewer at the end; the arguments are the offset and the length."""

Holds: TypeAlias = Callable[[bytes, bytes], bool]
"""Whether a statement, the first argument, has a valid seal, the second."""

Slot: TypeAlias = tuple[bytes, int, int, int, int, int]
"""A verdict's record in the index: its key, its time, the number of its list of questions, and the number of the block,
the start in it, and the length of its body."""

BODY: Final = 4 << 20
"""The most bytes that the body of a verdict may have."""

_MAGIC: Final = b"varve\0\0\3"
_HEAD: Final = Struct("<8sIII")
_COUNTS: Final = Struct("<32s6I")
_RECORD: Final = Struct("<32sQIIII")
_SPAN: Final = Struct("<II")
_DIGEST: Final = 32
_BLOCK: Final = 64 << 10
_QUESTIONS: Final = 0
"""The number of the block that holds all questions."""
_KEY: Final = 64
_HEX: Final = frozenset("0123456789abcdef")


class Kept(NamedTuple):
    """A verdict, and when it was last used, in nanoseconds since 1970."""

    entry: Remembered
    time: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment with a valid seal; blocks are read and verified when they are needed."""

    compiler: str
    size: int
    _read: Read
    _payload: int
    _ends: tuple[int, ...]
    _digests: bytes
    _names: Mapping[str, int]
    _firsts: tuple[int, ...]
    _records: bytes
    _lists: tuple[int, ...]
    _spans: bytes
    _blocks: dict[int, bytes | None] = field(default_factory=dict)
    _question_lists: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _runs: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return self._firsts[-1]

    def slots(self, name: str) -> list[Slot]:
        """The records of the verdicts of a name, newest first."""
        number = self._names.get(name)
        if number is None:
            return []
        first, end = self._firsts[number], self._firsts[number + 1]
        return [_RECORD.unpack_from(self._records, at * _RECORD.size) for at in range(first, end)]

    def broken(self) -> int:
        """How many verdicts are in damaged blocks; all blocks are read, but no verdict is parsed, whoever wrote it."""
        sound = [self._fetch(number) is not None for number in range(len(self._ends) - 1)]
        asks_none = [begin == end for begin, end in pairwise(self._lists)]
        places = ((questions, number) for name in self for _, _, questions, number, *_ in self.slots(name))
        return sum(not (sound[number] and (sound[_QUESTIONS] or asks_none[questions])) for questions, number in places)

    def load(self, name: str, slot: Slot) -> Remembered | None:
        """A verdict, or None if its block or that of its questions is damaged."""
        key, _, list_number, number, start, length = slot
        block = self._block(number)
        questions = (
            self._question_lists[list_number] if list_number in self._question_lists else self._list(list_number)
        )
        if block is None or questions is None:
            return None
        return Remembered(name, key.hex(), questions, block[start : start + length])

    def _block(self, number: int) -> bytes | None:
        return self._blocks[number] if number in self._blocks else self._fetch(number)

    def _fetch(self, number: int) -> bytes | None:
        begin, end = self._ends[number], self._ends[number + 1]
        try:
            found = self._read(self._payload + begin, end - begin)
        except OSError:
            found = b""
        is_sound = sha256(found).digest() == self._digests[number * _DIGEST : (number + 1) * _DIGEST]
        self._blocks[number] = found if is_sound else None
        return self._blocks[number]

    def _list(self, number: int) -> tuple[str, ...] | None:
        begin, end = self._lists[number], self._lists[number + 1]
        text = self._block(_QUESTIONS) if begin < end else b""
        if text is None:
            return None
        spans = _SPAN.iter_unpack(self._spans[begin * _SPAN.size : end * _SPAN.size])
        found = tuple(chain.from_iterable([self._run(text, span) for span in spans]))
        self._question_lists[number] = found
        return found

    def _run(self, text: bytes, span: tuple[int, int]) -> list[str]:
        if span not in self._runs:
            self._runs[span] = text[slice(*span)].decode().split("\0")
        return self._runs[span]


def is_plain(entry: Remembered) -> bool:
    """Whether a segment can store a verdict without loss."""
    if len(entry.key) != _KEY or not _HEX.issuperset(entry.key) or len(entry.body) > BODY:
        return False
    text = "".join((entry.name, *entry.questions))
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


# Writing


def pack(kept: Sequence[Kept], compiler: str, sign: Callable[[bytes], bytes | None]) -> bytes | None:
    """A segment of verdicts of one compiler, for each of which `is_plain` must hold; None if nothing can be signed."""
    ordered = sorted(kept, key=lambda each: (each.entry.name, -each.time))
    questions = _question_lists([each.entry.questions for each in ordered])
    blocks, places = _blocks(b"\0".join(questions.runs), [each.entry.body for each in ordered])
    index = b"".join(_index(ordered, questions, places, blocks, compiler))
    seal = sign(_statement(index))
    if seal is None:
        return None
    return b"".join((_HEAD.pack(_MAGIC, len(seal), len(index), sum(map(len, blocks))), seal, index, *blocks))


class _QuestionLists(NamedTuple):
    """Lists of questions: the encoded runs, the number of each list, and the spans of each list's runs in the block."""

    runs: list[bytes]
    lists: Mapping[tuple[str, ...], int]
    spans: list[list[tuple[int, int]]]


def _question_lists(lists: Iterable[tuple[str, ...]]) -> _QuestionLists:
    numbered = {questions: number for number, questions in enumerate(dict.fromkeys(lists))}
    found = _QuestionLists([], numbered, [])
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    size = 0
    for runs in _into_runs(numbered):
        spans: list[tuple[int, int]] = []
        for run in runs:
            if run not in places:
                found.runs.append("\0".join(run).encode())
                places[run] = size, size + len(found.runs[-1])
                size = places[run][1] + 1
            start, stop = places[run]
            first = spans.pop()[0] if spans and spans[-1][1] + 1 == start else start
            spans.append((first, stop))
        found.spans.append(spans)
    return found


def _blocks(text: bytes, bodies: Sequence[bytes]) -> tuple[list[bytes], list[tuple[int, int, int]]]:
    """The blocks, and the place of each body: the number of its block, its start there, and its length.

    The first block is the text; the others contain bodies and have at least `_BLOCK` bytes, except the last.
    """
    blocks, places = [text], []
    waiting: list[bytes] = []
    size = 0
    for body in bodies:
        places.append((len(blocks), size, len(body)))
        waiting.append(body)
        size += len(body)
        if size >= _BLOCK:
            blocks.append(b"".join(waiting))
            waiting, size = [], 0
    return ([*blocks, b"".join(waiting)] if waiting else blocks), places


def _index(
    ordered: Sequence[Kept],
    questions: _QuestionLists,
    places: Sequence[tuple[int, int, int]],
    blocks: Sequence[bytes],
    compiler: str,
) -> Iterator[bytes]:
    """The parts of the index."""
    firsts: dict[str, int] = {}
    records = []
    for number, ((entry, time), place) in enumerate(zip(ordered, places, strict=True)):
        firsts.setdefault(entry.name, number)
        records.append(_RECORD.pack(bytes.fromhex(entry.key), time, questions.lists[entry.questions], *place))
    names, spans = "\0".join(firsts).encode(), questions.spans
    counts = len(blocks), len(firsts), len(records), len(spans), sum(map(len, spans)), len(names)
    yield _COUNTS.pack(bytes.fromhex(compiler), *counts)
    yield _numbers(_sums(map(len, blocks)))
    yield from (sha256(block).digest() for block in blocks)
    yield _numbers([*firsts.values(), len(records)])
    yield from records
    yield _numbers(_sums(map(len, spans)))
    yield from (_SPAN.pack(*span) for each in spans for span in each)
    yield names


def _into_runs(lists: Collection[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """The runs of each list: neighbours that are in the same number of lists, and so most often in the same lists."""
    counts: Counter[str] = Counter()
    for questions in lists:
        counts.update(questions)
    for questions in lists:
        yield [tuple(run) for _, run in groupby(questions, counts.__getitem__)]


def _sums(lengths: Iterator[int]) -> list[int]:
    sums = [0]
    for each in lengths:
        sums.append(sums[-1] + each)
    return sums


def _numbers(numbers: Sequence[int]) -> bytes:
    return Struct(f"<{len(numbers)}I").pack(*numbers)


def _statement(index: bytes) -> bytes:
    """What a seal is made for; its prefix keeps it apart from anything sealed for another purpose."""
    return b"varve cache 1 " + sha256(_MAGIC + index).hexdigest().encode() + b"\n"


# Reading


def unpack_segment(read: Read, size: int, holds: Holds) -> Segment | None:
    """The segment with `size` bytes; None if it is damaged or its seal is not valid."""
    try:
        magic, sealed, indexed, payload = _HEAD.unpack(read(0, _HEAD.size))
        begin = _HEAD.size + sealed
        if magic != _MAGIC or begin + indexed + payload != size:
            return None
        index = read(begin, indexed)
        if len(index) != indexed or not holds(_statement(index), read(_HEAD.size, sealed)):
            return None
        return _segment(index, read, size, begin + indexed)
    except (OSError, ValueError, IndexError, error):
        return None


def _segment(index: bytes, read: Read, size: int, payload: int) -> Segment | None:
    compiler, *counts = _COUNTS.unpack_from(index)
    blocks, names, records, lists, spans, named = counts
    lengths = 4 * (blocks + 1), _DIGEST * blocks, 4 * (names + 1), _RECORD.size * records, 4 * (lists + 1)
    ends = _sums(iter((_COUNTS.size, *lengths, _SPAN.size * spans, named)))
    parts = [index[begin:end] for begin, end in pairwise(ends)]
    _, block_ends, digests, firsts, entries, list_ends, pairs, texts = parts
    return Segment(
        compiler=compiler.hex(),
        size=size,
        _read=read,
        _payload=payload,
        _ends=unpack(f"<{blocks + 1}I", block_ends),
        _digests=digests,
        _names=dict(zip(texts.decode().split("\0"), range(names), strict=False)),
        _firsts=unpack(f"<{names + 1}I", firsts),
        _records=entries,
        _lists=unpack(f"<{lists + 1}I", list_ends),
        _spans=pairs,
    )
