"""A segment gives exactly what was put into it, or nothing, whichever of its bits has changed."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.cache.verdicts import COMPILER, OTHER, key, many, verdict
from varve.model.memory import Remembered
from varve.world.cache.segment import BODY, Kept, Segment, is_plain, pack, unpack_segment

PLAIN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
ENTRY = st.builds(
    Remembered,
    PLAIN,
    st.binary(max_size=2).map(key),
    st.lists(PLAIN, max_size=6).map(tuple),
    st.binary(max_size=40) | st.sampled_from([b"a" * 70_000, b"b" * 70_000]),
)


def seal(statement: bytes) -> bytes:
    return sha256(b"secret" + statement).digest()


def holds(statement: bytes, given: bytes) -> bool:
    return seal(statement) == given


def packed(entries: Sequence[Remembered]) -> bytes:
    data = pack([Kept(each, number) for number, each in enumerate(entries)], COMPILER, seal)
    assert data is not None
    return data


def opened(data: bytes) -> Segment | None:
    return unpack_segment(lambda start, length: data[start : start + length], len(data), holds)


def everything(segment: Segment) -> list[Remembered | None]:
    return [segment.load(name, slot) for name in segment for slot in segment.slots(name)]


def sound(data: bytes) -> Segment:
    segment = opened(data)
    assert segment is not None
    return segment


@given(st.lists(ENTRY, max_size=12))
def test_packed_verdicts_are_unpacked_newest_first(entries: list[Remembered]) -> None:
    segment = sound(packed(entries))
    assert segment.compiler == COMPILER
    assert len(segment) == len(entries)
    newest = [*reversed(entries)]
    for name in {each.name for each in entries}:
        found = [segment.load(name, slot) for slot in segment.slots(name)]
        assert found == [each for each in newest if each.name == name]
    assert segment.slots("nobody asked") == []
    assert segment.broken() == 0


ENTRIES = [*many(3), verdict("link production", body=b"x" * 70_000), *many(2, "again")]
DATA = packed(ENTRIES)


@given(st.lists(st.integers(0, 8 * len(DATA) - 1), min_size=1, max_size=3, unique=True))
def test_a_flipped_bit_causes_a_miss_and_never_another_verdict(bits: list[int]) -> None:
    bent = bytearray(DATA)
    for bit in bits:
        bent[bit // 8] ^= 1 << bit % 8
    segment = opened(bytes(bent))
    for found in everything(segment) if segment else ():
        assert found is None or found in ENTRIES


def test_the_seal_covers_every_bit_before_the_bodies() -> None:
    bodies = sum(len(each.body) for each in ENTRIES)
    for at in range(len(DATA) - bodies):
        bent = bytearray(DATA)
        bent[at] ^= 1 << at % 8
        segment = opened(bytes(bent))
        assert segment is None or not any(everything(segment)), at


def test_damaged_questions_leave_only_verdicts_without_questions() -> None:
    silent = Remembered("build", key("build"), (), b"all is well")
    data = packed([silent, verdict()])
    segment = sound(data.replace(b"varve.yaml", b"varve.json"))
    assert everything(segment) == [silent, None]
    assert segment.broken() == 1


def test_a_damaged_body_affects_only_its_block() -> None:
    whole, segment = sound(DATA), sound(DATA[:-1] + bytes([DATA[-1] ^ 1]))
    found = everything(segment)
    assert 0 < segment.broken() == found.count(None) < len(ENTRIES)
    assert all(given in (None, one) for given, one in zip(found, everything(whole), strict=True))


@given(st.integers(0, len(DATA) - 1))
def test_a_truncated_segment_is_refused(length: int) -> None:
    assert opened(DATA[:length]) is None
    assert opened(DATA + DATA[:length] if length else DATA[1:]) is None


def test_a_segment_truncated_while_it_is_read_gives_nothing() -> None:
    held = [DATA]

    def read(start: int, length: int) -> bytes:
        if not held:
            raise OSError
        return held[0][start : start + length]

    segment = unpack_segment(read, len(DATA), holds)
    assert segment is not None
    held[0] = DATA[: len(DATA) - 80_000]
    assert None in everything(segment)
    held.clear()
    again = unpack_segment(lambda start, length: DATA[start : start + length], len(DATA), holds)
    assert again is not None
    assert unpack_segment(read, len(DATA), holds) is None


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    assert opened(data) is None
    assert opened(DATA[:8] + data) is None


def test_lengths_beyond_the_end_are_refused() -> None:
    for at in (8, 12, 16):
        bent = DATA[:at] + b"\xff\xff\xff\xff" + DATA[at + 4 :]
        assert opened(bent) is None


def test_a_segment_with_another_seal_is_refused() -> None:
    assert unpack_segment(lambda start, length: DATA[start : start + length], len(DATA), lambda *_: False) is None


def test_nothing_is_packed_if_nothing_can_be_signed() -> None:
    assert pack([Kept(verdict(), 1)], COMPILER, lambda _: None) is None


def test_shared_questions_are_stored_once() -> None:
    shared = tuple(f"templates/packs/p{number}/pack.yaml" for number in range(200))
    questions = [
        Remembered(f"unit t{number}/dev", key(number), (*shared, f"tenants/t{number}/"), b"") for number in range(50)
    ]
    assert len(packed(questions)) < len(packed(questions[:1])) + 50 * 200
    assert everything(sound(packed(questions))) == sorted(questions)


def test_a_segment_belongs_to_a_compiler() -> None:
    data = pack([Kept(verdict(), 1)], OTHER, seal)
    assert data is not None
    assert sound(data).compiler == OTHER


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(verdict()._replace(key="12"), id="a key that is too short"),
        pytest.param(verdict()._replace(key="AB" * 32), id="a key in capitals"),
        pytest.param(verdict()._replace(key=" 1" * 32), id="a key of blanks"),
        pytest.param(verdict()._replace(name="a\0b"), id="a name with a null"),
        pytest.param(verdict()._replace(questions=("a\0b",)), id="a question with a null"),
        pytest.param(verdict()._replace(questions=("\udcff",)), id="a question that is no text"),
        pytest.param(verdict(body=b" " * (BODY + 1)), id="a body that is too long"),
    ],
)
def test_verdicts_that_a_segment_cannot_store_are_recognised(entry: Remembered) -> None:
    assert is_plain(verdict(body=b" " * BODY))
    assert not is_plain(entry)
