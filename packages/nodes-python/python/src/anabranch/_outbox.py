"""The sending half of a link: what waits, and what was sent and is not acknowledged."""

from collections import deque
from collections.abc import Callable
from typing import Final, Never

import msgspec

from ._errors import AnabranchError, LimitExceededError, MarshalingError
from ._limits import MSGPACK_ITEMS, VALUE_BYTES
from ._wire import Codec, Encoded, Flag, Packet

PACKETS_PER_MESSAGE: Final = 16
PACKETS_KEPT: Final = 64
"""Packets on their way: above it data waits. The receiver acknowledges a quarter at once."""
_BATCH_BYTES: Final = 256 * 1024
_HEAD_ROOM: Final = 64
_ITEMS_AROUND: Final = 6
_ITEMS_MOST: Final = MSGPACK_ITEMS - _ITEMS_AROUND
_PART: Final = int(Flag.PART)


class Ticket(msgspec.Struct, eq=False):
    """A packet that waits or was sent. `seq` is 0 until all of it was sent once."""

    packet: Packet
    values: Encoded
    urgent: bool
    refused: Callable[[AnabranchError], None]
    seq: int = 0


class _Room:
    """What still fits into a message: its first packet always does."""

    __slots__ = ("_bytes", "_items", "_most", "packets")

    def __init__(self, most: int) -> None:
        self._most = most
        self._items = _ITEMS_AROUND
        self._bytes = 0
        self.packets: list[bytes] = []

    def take(self, encoded: Encoded) -> bool:
        packets = self.packets
        size = self._bytes + len(encoded.data)
        items = self._items + encoded.items
        if packets and (len(packets) >= PACKETS_PER_MESSAGE or size > self._most or items > MSGPACK_ITEMS):
            return False
        packets.append(encoded.data)
        self._bytes = size
        self._items = items
        return True


class Outbox:
    """Two queues, urgent and data. Packets are numbered when they are sent, so that urgent ones go first.

    Data on its way never has more bytes than one message may have: what is urgent waits for no more than that.
    """

    def __init__(self, codec: Codec, message_bytes: int) -> None:
        self._codec = codec
        self._packet_bytes = message_bytes - _HEAD_ROOM
        self._batch_bytes = min(_BATCH_BYTES, self._packet_bytes)
        self._part_bytes = message_bytes >> 2
        self._urgent: deque[Ticket] = deque()
        self._data: deque[Ticket] = deque()
        self._kept: list[Encoded] = []
        self._kept_bytes = 0
        self._again = 0
        self._seq = 0
        self._split: Ticket | None = None
        self._split_at = 0
        self.resent = 0

    @property
    def waiting(self) -> bool:
        """Whether something was sent and is not acknowledged."""
        return bool(self._kept)

    @property
    def load(self) -> tuple[int, int, int]:
        """Bytes on their way, packets on their way, packets that wait."""
        return self._kept_bytes, len(self._kept), len(self._urgent) + len(self._data)

    def put(self, ticket: Ticket) -> None:
        """Takes a packet to be sent."""
        (self._urgent if ticket.urgent else self._data).append(ticket)

    def withdraw(self, ticket: Ticket) -> bool:
        """Takes back what was not sent. False where all of it was."""
        if ticket not in self._queue(ticket):
            return False
        self._queue(ticket).remove(ticket)
        if self._split is ticket:
            self._split = None
        return True

    def acknowledge(self, ack: int) -> bool:
        """Whether something new was acknowledged; MarshalingError for an ack of what was never sent."""
        if ack > self._seq:
            raise MarshalingError(f"packet {ack} is acknowledged; {self._seq} were sent")
        count = 0
        for kept in self._kept:
            if kept.seq > ack:
                break
            self._kept_bytes -= len(kept.data)
            count += 1
        if count == 0:
            return False
        del self._kept[:count]
        self._again = max(0, self._again - count)
        return True

    def rewind(self) -> None:
        """Everything that is not acknowledged is to be sent again."""
        self._again = 0

    def next(self) -> list[bytes]:
        """The packets of the next message; none where nothing may be sent now."""
        if not (self._urgent or self._data or self._again < len(self._kept)):
            return []
        room = _Room(self._batch_bytes)
        while self._again < len(self._kept):
            if not room.take(self._kept[self._again]):
                return room.packets
            self._again += 1
            self.resent += 1
        kept = self._kept
        packets = room.packets
        while len(packets) < PACKETS_PER_MESSAGE and (queue := self._urgent or self._data):
            ticket = queue[0]
            if len(kept) >= PACKETS_KEPT and not ticket.urgent:
                break
            encoded = self._encode(ticket)
            if encoded is None:
                continue
            size = self._kept_bytes + len(encoded.data)
            if size > self._packet_bytes and kept and not ticket.urgent:
                break
            if not room.take(encoded):
                break
            self._sent(ticket, queue)
            kept.append(encoded)
            self._kept_bytes = size
        self._again = len(kept)
        return packets

    def _queue(self, ticket: Ticket) -> deque[Ticket]:
        return self._urgent if ticket.urgent else self._data

    def _encode(self, ticket: Ticket) -> Encoded | None:
        """The next packet of a ticket, with the next number. None where it was refused."""
        try:
            packet, seq = ticket.packet, self._seq + 1
            if self._split is not ticket:
                whole = self._codec.encode_packet(packet, ticket.values, seq, packet.flags)
                if len(whole.data) <= self._packet_bytes:
                    return whole if whole.items <= _ITEMS_MOST else _refused(whole)
                if ticket.urgent:
                    raise _too_large(len(whole.data), self._packet_bytes, "wire_message_bytes")
                if len(ticket.values.data) > VALUE_BYTES:
                    raise _too_large(len(ticket.values.data), VALUE_BYTES, "value_bytes")
                self._split = ticket
                self._split_at = 0
            return self._part(packet, ticket.values.data, seq)
        except AnabranchError as error:
            self.withdraw(ticket)
            ticket.refused(error)
            return None

    def _part(self, packet: Packet, data: bytes, seq: int) -> Encoded:
        piece = data[self._split_at : self._split_at + self._part_bytes]
        values = self._codec.encode_values({"at": self._split_at, "size": len(data), "bytes": piece})
        return self._codec.encode_packet(packet, values, seq, packet.flags | _PART)

    def _sent(self, ticket: Ticket, queue: deque[Ticket]) -> None:
        self._seq += 1
        if self._split is ticket:
            self._split_at += self._part_bytes
            if self._split_at < len(ticket.values.data):
                return
            self._split = None
        ticket.seq = self._seq
        queue.popleft()


def _refused(whole: Encoded) -> Never:
    text = f"{whole.items} values in one packet; at most {_ITEMS_MOST}"
    raise LimitExceededError(text, limit="msgpack_items", fix="give numbers as an array, or smaller values")


def _too_large(size: int, most: int, limit: str) -> LimitExceededError:
    return LimitExceededError(f"{size} bytes in one packet; at most {most}", limit=limit, fix="give smaller values")
