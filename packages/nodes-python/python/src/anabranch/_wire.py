"""Wire format v1: one msgpack array for each message, fixed arrays inside, no key strings but those of values."""

from enum import IntEnum, IntFlag
from typing import Annotated, Any, Final, cast

import msgspec

from ._audio import AudioBuffer
from ._errors import AudioFormatError, LimitExceededError, MarshalingError
from ._ext import check_ext, decode_ext, encode_ext
from ._limits import MSGPACK_DEPTH, WIRE_MESSAGE_BYTES
from ._scan import scan

VERSION: Final = 1
Count = Annotated[int, msgspec.Meta(ge=0)]
_PLAIN: Final = (bool, int, float, str, bytes)


class Kind(IntEnum):
    """What a packet is."""

    DATA = 0
    CREDIT = 1
    ERROR = 2
    END = 3
    OPEN = 4
    READY = 5
    CONTROL = 6
    INTERRUPT = 7
    STATS = 8
    LOG = 9


class Flag(IntFlag):
    """Marks of a packet."""

    SURVIVE = 1
    DISCONT = 2
    LAST = 4
    FLUSH = 8
    RESET = 16


class Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """The seldom parts of an envelope. Times in µs; age and remaining time travel, clock readings do not."""

    duration: float | None
    age: float | None
    remaining: float | None
    lost: Count
    stream_id: str | None
    trace: str | None
    meta: dict[str, Any] | None


class Packet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """One packet. `of` is the seq of the packet that it answers, 0 for none."""

    kind: Kind
    seq: Count
    attempt: Count
    epoch: Count
    flags: Count
    pts: float
    rest: Rest | None
    values: dict[str, Any]
    of: Count


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """Packets under one header. `ack`: every packet of the other end up to this seq has been seen."""

    version: int
    generation: Count
    session: str
    ack: Count
    packets: list[Packet]


class Codec:
    """Encodes and decodes messages; one for each connection."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder(enc_hook=encode_ext)
        self._decoder = msgspec.msgpack.Decoder(Message, ext_hook=decode_ext)

    def encode(self, message: Message) -> bytes:
        """The bytes of a message, or MarshalingError naming the key that cannot be carried."""
        for packet in message.packets:
            for key, value in packet.values.items():
                _check(value, key, 5)
        try:
            data = self._encoder.encode(message)
        except (OverflowError, UnicodeEncodeError) as error:
            raise MarshalingError(f"a value cannot leave the process: {error}") from error
        if len(data) > WIRE_MESSAGE_BYTES:
            text = f"a message of {len(data)} bytes; at most {WIRE_MESSAGE_BYTES}, and larger values are not split yet"
            raise LimitExceededError(text, limit="wire_message_bytes", fix="give smaller values")
        return data

    def decode(self, data: bytes) -> Message:
        """A message, after a scan of its bytes."""
        scan(data)
        try:
            message = self._decoder.decode(data)
        except AudioFormatError as error:
            raise MarshalingError(error.message) from error
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise MarshalingError(f"not a message of wire format v1: {error}") from error
        if message.version != VERSION:
            raise MarshalingError(f"wire format v{message.version} is not known here", fix="use one version everywhere")
        return message


def _check(value: Any, path: str, depth: int) -> None:
    """msgspec would also encode sets, dates, enums and more, which other languages cannot read."""
    if value is None or type(value) in _PLAIN or isinstance(value, AudioBuffer):
        return
    if depth > MSGPACK_DEPTH:
        raise LimitExceededError(f"{path}: nested deeper than {MSGPACK_DEPTH}", limit="msgpack_depth")
    try:
        if isinstance(value, dict):
            for key, item in cast(dict[Any, Any], value).items():
                if type(key) is not str:
                    raise MarshalingError(f"a key is a {type(key).__name__}, not text")
                _check(item, f"{path}.{key}", depth + 1)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(cast(list[Any], value)):
                _check(item, f"{path}.{index}", depth + 1)
        else:
            check_ext(value)
    except MarshalingError as error:
        if error.fields.get("key"):
            raise
        raise MarshalingError(f"{path}: {error.message}", key=path, fix=error.fix) from error
