"""The codec against the golden vectors that the TypeScript tests read too."""

from typing import Any

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
