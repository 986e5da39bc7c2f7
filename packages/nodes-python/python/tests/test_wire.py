"""The codec against the golden vectors that the TypeScript tests read too."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anabranch import AnabranchError, AudioBuffer, LimitExceededError, MarshalingError
from anabranch._wire import Codec, Kind, Message, Packet
from tests.contract import message, read

VECTORS = read("vectors/wire-v1.json")
ACCEPTED = [pytest.param(vector, id=vector["name"]) for vector in VECTORS["accepted"]]
REFUSED = [pytest.param(vector, id=vector["name"]) for vector in VECTORS["refused"]]


def carry(**values: Any) -> dict[str, Any]:
    codec = Codec()
    sent = Message(1, 1, "s", 0, [Packet(Kind.DATA, 1, 1, 0, 0, 0.0, None, values, 0)])
    return codec.decode(codec.encode(sent)).packets[0].values


@pytest.mark.parametrize("vector", ACCEPTED)
def test_golden_vector(vector: dict[str, Any]) -> None:
    codec = Codec()
    data = bytes.fromhex(vector["hex"])
    assert codec.encode(message(vector["message"])).hex() == vector["hex"]
    assert codec.encode(codec.decode(data)).hex() == vector["hex"]


@pytest.mark.parametrize("vector", REFUSED)
def test_refused_vector(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector.get("prefix", ""))
    data += bytes.fromhex(vector["hex"]) if "hex" in vector else bytes.fromhex(vector["repeat"]) * vector["times"]
    with pytest.raises(AnabranchError) as caught:
        Codec().decode(data)
    assert caught.value.code == vector["code"]


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_coded_error(data: bytes) -> None:
    with pytest.raises(AnabranchError):
        Codec().decode(data)


@given(st.data())
def test_no_damaged_vector_raises_anything_but_a_coded_error(data: st.DataObject) -> None:
    damaged = bytearray(bytes.fromhex(data.draw(st.sampled_from(VECTORS["accepted"]))["hex"]))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        Codec().decode(bytes(damaged))
    except AnabranchError as error:
        assert error.code in ("ANB_MARSHALING", "ANB_LIMIT")  # noqa: PT017


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_come_back_equal(value: Any) -> None:
    assert carry(value=value) == {"value": value}


def test_audio_is_a_read_only_view_of_the_message() -> None:
    buffer = carry(audio=AudioBuffer(np.array([0.5, -0.5], np.float32), 48000, 2))["audio"]
    assert isinstance(buffer, AudioBuffer)
    assert not buffer.samples.flags.writeable
    assert not buffer.samples.flags.owndata
    assert (buffer.sample_rate, buffer.channels, buffer.samples.tolist()) == (48000, 2, [0.5, -0.5])


RAMP = np.arange(12, dtype="<f4")
AS_WRITTEN = [
    pytest.param(RAMP, 0x14, RAMP.tobytes(), id="as it lies"),
    pytest.param(RAMP[::2], 0x14, np.array([0, 2, 4, 6, 8, 10], "<f4").tobytes(), id="every other item"),
    pytest.param(RAMP.astype(">f4"), 0x14, RAMP.tobytes(), id="the other byte order"),
    pytest.param(np.array([1, -2], "<i2"), 0x12, b"\x01\x00\xfe\xff", id="16 bits"),
    pytest.param(RAMP[:0], 0x14, b"", id="empty"),
    pytest.param(AudioBuffer(RAMP, 8000, 2), 0x1B, b"\x40\x1f\0\0\x02\0\0\0" + RAMP.tobytes(), id="audio"),
    pytest.param(AudioBuffer(RAMP[:1], 8000), 0x1B, b"\x40\x1f\0\0\x01\0\0\0" + bytes(4), id="audio, one sample"),
]


@pytest.mark.parametrize(("value", "code", "items"), AS_WRITTEN)
def test_an_array_alone_is_written_as_msgpack_has_it(value: Any, code: int, items: bytes) -> None:
    """The bytes are those that msgspec makes of the same ext value, the first time and after that."""
    codec = Codec()
    expected = msgspec.msgpack.encode({"output": msgspec.msgpack.Ext(code, items)})
    assert [codec.encode_values({"output": value}).data for _ in range(2)] == [expected, expected]


def outcome(codec: Codec, data: bytes) -> str:
    try:
        return repr([packet.values for packet in codec.decode(data).packets])
    except AnabranchError as error:
        return f"{error.code} {error.message}"


@given(st.data())
def test_a_codec_reads_like_one_that_has_read_nothing_before(data: st.DataObject) -> None:
    value = data.draw(st.sampled_from([AudioBuffer(RAMP, 8000), AudioBuffer(RAMP[:0], 8000), RAMP, RAMP[:0]]))
    known = Codec()
    sent = known.encode(Message(1, 1, "s", 0, [Packet(Kind.DATA, 1, 1, 0, 0, 0.0, None, {"input": value}, 0)]))
    known.decode(sent)
    damaged = bytearray(sent)
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(known, bytes(damaged)) == outcome(Codec(), bytes(damaged))


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j, {1: 2}, [set[int]()], np.array(["a"]), 2**64])
def test_what_cannot_be_carried_is_refused(value: Any) -> None:
    with pytest.raises(MarshalingError):
        carry(value=value)


def test_the_refusal_names_the_key() -> None:
    with pytest.raises(MarshalingError) as caught:
        carry(result={"speakers": [1, {2}]})
    assert caught.value.fields["key"] == "result.speakers.1"


def test_a_message_over_the_limit_is_refused() -> None:
    with pytest.raises(LimitExceededError):
        carry(value=bytes(1_100_000))
