"""Wire format v1: one msgpack array for each message, fixed arrays inside, no key strings but those of values."""

from enum import IntEnum, IntFlag
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec

from ._audio import AudioBuffer
from ._errors import AudioFormatError, LimitExceededError, MarshalingError
from ._ext import check_ext, decode_ext, encode_ext
from ._limits import MSGPACK_DEPTH, MSGPACK_ITEMS, WIRE_MESSAGE_BYTES
from ._one_array import ITEMS as ONE_ARRAY_ITEMS
from ._one_array import OneArray
from ._scan import scan

VERSION: Final = 1
Count = Annotated[int, msgspec.Meta(ge=0)]
_PLAIN: Final = (bool, int, float, str, bytes)
_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
# Msgpack values around the packets of a message, and those of a packet but its own; lists and maps around its values.
_ITEMS_AROUND: Final = 6
_ITEMS_OF_PACKET: Final = 9
_DEPTH_OF_VALUES: Final = 3


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
    PART = 8
    FLUSH = 16
    RESET = 32
    STREAM = 64


class Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """The seldom parts of an envelope. Times in µs; age and remaining time travel, clock readings do not."""

    duration: float | None
    age: float | None
    remaining: float | None
    lost: Count
    stream_id: str | None
    trace: str | None
    meta: dict[str, Any] | None


class Packet(msgspec.Struct, forbid_unknown_fields=True, array_like=True, gc=False):
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


class Message(msgspec.Struct, forbid_unknown_fields=True, array_like=True, gc=False):
    """Packets under one header. `ack`: every packet of the other end up to this seq has been seen."""

    version: int
    generation: Count
    session: str
    ack: Count
    packets: list[Packet]


class _PacketLook(Packet, gc=False):
    """A packet whose values are bytes still: their lengths and counts are looked over, and nothing is made of them."""

    rest: None  # pyright: ignore[reportIncompatibleVariableOverride]
    values: msgspec.Raw  # pyright: ignore[reportIncompatibleVariableOverride]


class _MessageLook(Message, gc=False):
    """A message of no more packets than an end sends."""

    packets: Annotated[list[_PacketLook], msgspec.Meta(max_length=16)]  # pyright: ignore[reportIncompatibleVariableOverride]


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """Values or a packet as msgpack, and how many msgpack values they are; lists, maps and keys count."""

    data: bytes
    items: int
    seq: int = 0
    """Of a packet."""


class Codec:
    """Encodes and decodes messages; one for each thread."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder(enc_hook=encode_ext)
        self._look = msgspec.msgpack.Decoder(_MessageLook)
        self._one_array = OneArray()
        self._decoder = msgspec.msgpack.Decoder(Message, ext_hook=decode_ext)
        self._values = msgspec.msgpack.Decoder(dict[str, Any], ext_hook=decode_ext)

    def encode_values(self, values: dict[str, Any]) -> Encoded:
        """A map of values alone, or MarshalingError naming the key that cannot be carried."""
        data = self._one_array.write(values)
        if data is not None:
            return Encoded(data, ONE_ARRAY_ITEMS)
        items = 1
        for key, value in values.items():
            items += 1 + _check(value, key, 5)
        return Encoded(self._encode(values), items)

    def encode_packet(self, packet: Packet, values: Encoded, seq: int, flags: int) -> Encoded:
        """A packet with this number, these flags and values, to be put into a message."""
        rest = packet.rest
        items = values.items if rest is None else values.items + _items_of(rest)
        raw = msgspec.Raw(values.data)  # they were written before
        encode = self._encoder.encode if rest is None else self._encode
        data = encode((packet.kind, seq, packet.attempt, packet.epoch, flags, packet.pts, rest, raw, packet.of))
        return Encoded(data, items + _ITEMS_OF_PACKET, seq)

    def encode_message(self, generation: int, session: str, ack: int, packets: list[bytes]) -> bytes:
        """A message of packets that are encoded already."""
        head = self._encode((VERSION, generation, session, ack, ()))[:-1]
        count = len(packets)
        listed = bytes((0x90 | count,)) if count < 16 else b"\xdc" + count.to_bytes(2, "big")
        return b"".join((head, listed, *packets))

    def encode(self, message: Message) -> bytes:
        """The bytes of a message, or MarshalingError naming the key that cannot be carried."""
        packets = [
            self.encode_packet(packet, self.encode_values(packet.values), packet.seq, packet.flags).data
            for packet in message.packets
        ]
        data = self.encode_message(message.generation, message.session, message.ack, packets)
        if len(data) > WIRE_MESSAGE_BYTES:
            text = f"a message of {len(data)} bytes; at most {WIRE_MESSAGE_BYTES}"
            raise LimitExceededError(text, limit="wire_message_bytes", fix="give smaller values")
        return data

    def decode(self, data: bytes) -> Message:
        """A message, after a look over its bytes."""
        if len(data) > WIRE_MESSAGE_BYTES:
            text = f"a message of {len(data)} bytes; at most {WIRE_MESSAGE_BYTES}"
            raise LimitExceededError(text, limit="wire_message_bytes")
        try:
            look = self._look.decode(data)
        except _UNREADABLE:  # what is wrong with it, or unusual, takes a closer look
            scan(data)
            look = _decode(self._decoder, data)
        if look.version != VERSION:
            raise MarshalingError(f"wire format v{look.version} is not known here", fix="use one version everywhere")
        if isinstance(look, _MessageLook):
            self._read_values(look)
        return look

    def _read_values(self, look: _MessageLook) -> None:
        """Puts the values of its packets in the place of their bytes: it is a message like any other then."""
        items = _ITEMS_AROUND
        for packet in look.packets:
            raw = packet.values
            values = self._one_array.read(raw)
            if values is None:
                items = scan(memoryview(raw), _DEPTH_OF_VALUES, items + _ITEMS_OF_PACKET)
                values = _decode(self._values, raw)
            else:
                items += _ITEMS_OF_PACKET + ONE_ARRAY_ITEMS
            packet.values = cast(Any, values)

    def decode_values(self, data: bytes) -> dict[str, Any]:
        """The values that were split into parts, out of all their bytes."""
        scan(data)
        return _decode(self._values, data)

    def _encode(self, value: object) -> bytes:
        try:
            return self._encoder.encode(value)
        except (OverflowError, UnicodeEncodeError) as error:
            raise MarshalingError(f"a value cannot leave the process: {error}") from error


def _items_of(rest: Rest) -> int:
    return 7 + (0 if rest.meta is None else _check(rest.meta, "meta", 5) - 1)


DecodedT = TypeVar("DecodedT")


def _decode(decoder: msgspec.msgpack.Decoder[DecodedT], data: bytes | msgspec.Raw) -> DecodedT:
    """What was looked over before."""
    try:
        return decoder.decode(data)
    except AudioFormatError as error:
        raise MarshalingError(error.message) from error
    except _UNREADABLE as error:
        raise MarshalingError(f"not of wire format v1: {error}") from error


def _check(value: Any, path: str, depth: int) -> int:
    """How many msgpack values it is. msgspec would also encode sets, dates and more, which others cannot read."""
    if value is None or isinstance(value, AudioBuffer) or type(value) in _PLAIN:
        return 1
    if depth > MSGPACK_DEPTH:
        raise LimitExceededError(f"{path}: nested deeper than {MSGPACK_DEPTH}", limit="msgpack_depth")
    items = 1
    try:
        if isinstance(value, dict):
            for key, item in cast(dict[Any, Any], value).items():
                if type(key) is not str:
                    raise MarshalingError(f"a key is a {type(key).__name__}, not text")
                items += 1 + _check(item, f"{path}.{key}", depth + 1)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(cast(list[Any], value)):
                items += _check(item, f"{path}.{index}", depth + 1)
        else:
            check_ext(value)
    except MarshalingError as error:
        if error.fields.get("key"):
            raise
        raise MarshalingError(f"{path}: {error.message}", key=path, fix=error.fix) from error
    if items > MSGPACK_ITEMS:
        raise LimitExceededError(f"{path}: more than {MSGPACK_ITEMS} values", limit="msgpack_items")
    return items
