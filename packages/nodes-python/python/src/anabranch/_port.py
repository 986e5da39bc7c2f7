"""One open node in a worker: its link, and its instance."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import msgspec

from ._credit import OutputCredit
from ._errors import AnabranchError
from ._failure import failure_values
from ._instance import Instance
from ._link import Link
from ._registry import Registry
from ._wire import Codec, Flag, Kind, Message, Packet

_LAST: Final = int(Flag.LAST)
# Looked up once: members of an enum are no plain attributes of its class.
_DATA: Final = Kind.DATA
_CREDIT: Final = Kind.CREDIT
_END: Final = Kind.END


class Port:
    """`publish` puts a message on the wire; `closed` is called when the node is closed and the host knows it."""

    def __init__(
        self,
        token: str,
        *,
        registry: Registry,
        generation: int,
        message_bytes: int,
        codec: Codec,
        loop: asyncio.AbstractEventLoop,
        publish: Callable[[bytes], object],
        closed: Callable[[], object],
    ) -> None:
        self._loop = loop
        self._codec = codec
        self._closed = closed
        self._arrived: deque[Packet] = deque()
        self._inward = threading.Lock()
        self._stirred = False
        self._ended = False
        self._end = 0
        self._link = Link(
            session=token,
            generation=generation,
            message_bytes=message_bytes,
            codec=codec,
            clock=loop,
            publish=publish,
            deliver=self._arrived.append,
            stir=self._stir,
        )
        self._credit = OutputCredit()
        self._instance = Instance(registry, self._give, self._credit.room)

    @property
    def counts(self) -> dict[str, int]:
        """What its link met."""
        return self._link.counts

    @property
    def at_work(self) -> bool:
        """Whether its node has begun with what it has not answered."""
        return self._instance.at_work

    def receive(self, message: Message, size: int) -> None:
        """Takes a message of the host; a coded error where it breaks a rule."""
        stirred, self._stirred = self._stirred, True
        try:
            with self._inward:
                self._link.receive(message, size)
        finally:
            try:
                self._accept()
            finally:
                if not stirred:  # with the answers of a quick node
                    self._flush()

    def hear(self, message: Message) -> int | None:
        """The same in another thread, while the loop is blocked: gives the ack that is owed for it."""
        try:
            with self._inward:
                return self._link.hear(message)
        finally:
            self._loop.call_soon_threadsafe(self._accept)

    def connection(self, up: bool) -> None:
        """The connection broke, or is there again."""
        self._link.connection(up)

    def _stir(self) -> None:
        if not self._stirred:
            self._stirred = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._stirred = False
        self._link.flush()
        if self._ended and self._link.load == (0, 0, 0):
            self._link.close()
            self._closed()

    def _accept(self) -> None:
        packets: list[Packet] = []
        while self._arrived:
            packet = self._arrived.popleft()
            kind = packet.kind
            if kind is _CREDIT:
                self._credit.took(packet.of, _taken(packet.values))
                continue
            if kind is _END:
                self._end = packet.seq
            packets.append(packet)
        self._instance.accept(*packets)

    def _give(self, packet: Packet) -> None:
        """Encodes at once: what the node gives is still its own, and may change."""
        try:
            values = self._codec.encode_values(packet.values)
        except AnabranchError as error:
            packet = _failure(packet)
            values = self._codec.encode_values(failure_values(error))
        if packet.flags & _LAST or packet.kind is not _DATA:
            self._credit.over(packet.of)
        self._link.send(packet, values, False, lambda error: self._refused(packet, error))
        if packet.kind is _END and packet.of == self._end:
            self._ended = True

    def _refused(self, packet: Packet, error: AnabranchError) -> None:
        """An answer that cannot be sent is answered by the reason."""
        failed = _failure(packet)
        values = self._codec.encode_values(failure_values(error))
        self._link.send(failed, values, False, lambda _: None)


def _failure(packet: Packet) -> Packet:
    return msgspec.structs.replace(packet, kind=Kind.ERROR, flags=packet.flags | _LAST)


def _taken(values: dict[str, Any]) -> int:
    taken = values.get("taken")
    return taken if isinstance(taken, int) else 0
