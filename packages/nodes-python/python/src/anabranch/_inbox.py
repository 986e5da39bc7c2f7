"""The receiving half of a link: hands every packet on once, in the order of their numbers."""

from collections.abc import Callable
from typing import Any, Final, TypeGuard

import msgspec

from ._errors import LimitExceededError, MarshalingError
from ._limits import VALUE_BYTES
from ._wire import Codec, Flag, Packet

_PART: Final = int(Flag.PART)


class Joiner:
    """Puts values together that came in parts. Parts follow each other; what is urgent may come between them."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._begin(0)

    def add(self, packet: Packet) -> Packet | None:
        """The whole packet, once its last part is here."""
        values = packet.values
        at, size, data = (values.get(name) for name in ("at", "size", "bytes"))
        if not _is_count(at) or not _is_count(size) or not isinstance(data, bytes) or not data:
            raise MarshalingError("a part has no place, no size or no bytes")
        if size > VALUE_BYTES:
            raise LimitExceededError(f"values of {size} bytes; at most {VALUE_BYTES}", limit="value_bytes")
        if at == 0:  # the first part of another packet: the sender gave the one before up
            self._begin(size)
        if at != self._at or size != self._size or at + len(data) > size:
            raise MarshalingError(f"a part at {at} of {size}; expected at {self._at} of {self._size}")
        self._pieces.append(data)
        self._at += len(data)
        if self._at < size:
            return None
        whole = self._codec.decode_values(b"".join(self._pieces))
        self._begin(0)
        return msgspec.structs.replace(packet, flags=packet.flags & ~_PART, values=whole)

    def _begin(self, size: int) -> None:
        self._pieces: list[bytes] = []
        self._at = 0
        self._size = size


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and value >= 0


class Inbox:
    """`seen`: every packet up to this number was handed on."""

    def __init__(self, codec: Codec) -> None:
        self._joiner = Joiner(codec)
        self.seen = 0
        self.duplicates = 0
        self.early = 0

    def take(self, packets: list[Packet], deliver: Callable[[Packet], object]) -> bool:
        """Hands on what they complete; without a number they stand outside the order. Whether all were expected."""
        expected = True
        for packet in packets:
            seq = packet.seq
            if seq == self.seen + 1:
                self.seen = seq
                whole = self._joiner.add(packet) if packet.flags & _PART else packet
                if whole is not None:
                    deliver(whole)
            elif seq == 0:
                deliver(packet)
            else:
                expected = False
                if seq <= self.seen:
                    self.duplicates += 1
                else:
                    self.early += 1
        return expected
