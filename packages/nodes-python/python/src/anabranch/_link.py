"""One end of what a host and an instance say to each other, over a wire that may lose, double and disorder messages."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from ._errors import AnabranchError
from ._inbox import Inbox
from ._outbox import PACKETS_KEPT, Outbox, Ticket
from ._wire import Codec, Encoded, Message, Packet

_ACK_S: Final = 0.02
_ACK_PACKETS: Final = PACKETS_KEPT // 4
_RESEND_S: Final = 0.25
_RESEND_MOST_S: Final = 2.0


class Timer(Protocol):
    """What a clock gives for something that is to be done later."""

    def cancel(self) -> object:
        """It is not to be done."""
        ...


class Clock(Protocol):
    """The one source of time. An event loop is one."""

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Calls back after a delay in seconds."""
        ...


class Link:
    """Sends until the other end has acknowledged; hands on what comes, once and in order.

    What is not acknowledged is sent again after a time, or when the connection is there again. So a wire that breaks
    costs time and no packet. `publish` puts a message on the wire, `deliver` takes a packet of the other end, `stir`
    says that `flush()` is to be called soon; not calling it at once lets packets share a message.
    """

    def __init__(
        self,
        *,
        session: str,
        generation: int,
        message_bytes: int,
        codec: Codec,
        clock: Clock,
        publish: Callable[[bytes], object],
        deliver: Callable[[Packet], object],
        stir: Callable[[], object],
    ) -> None:
        self._session = session
        self._generation = generation
        self._message_bytes = message_bytes
        self._codec = codec
        self._clock = clock
        self._publish_bytes = publish
        self._deliver = deliver
        self._stir = stir
        self._outbox = Outbox(codec, message_bytes)
        self._inbox = Inbox(codec)
        self._connected = True
        self._closed = False
        self._unacknowledged = 0
        self._unacknowledged_bytes = 0
        self._ack_now = False
        self._ack_timer: Timer | None = None
        self._resend_timer: Timer | None = None
        self._resends = 0
        self.stale = 0

    @property
    def counts(self) -> dict[str, int]:
        """Packets sent again, packets that had come before, came too early; stale messages."""
        inbox = self._inbox
        return {
            "resent": self._outbox.resent,
            "duplicates": inbox.duplicates,
            "early": inbox.early,
            "stale": self.stale,
        }

    @property
    def load(self) -> tuple[int, int, int]:
        """Bytes on their way, packets on their way, packets that wait."""
        return self._outbox.load

    def send(self, packet: Packet, values: Encoded, urgent: bool, refused: Callable[[AnabranchError], None]) -> Ticket:
        """Takes a packet to be sent; its number is given then. `refused` is told where it cannot be."""
        ticket = Ticket(packet, values, urgent, refused)
        self._outbox.put(ticket)
        self._stir()
        return ticket

    def withdraw(self, ticket: Ticket) -> bool:
        """Takes a packet back that was not sent; false where it was."""
        return self._outbox.withdraw(ticket)

    def receive(self, message: Message, size: int) -> None:
        """Takes a message of the other end, `size` bytes long; a coded error where it breaks a rule."""
        if self._closed:
            return
        if message.generation != self._generation or message.session != self._session:
            self.stale += 1
            return
        if self._outbox.acknowledge(message.ack):
            self._resends = 0
            self._rearm()
        if not self._inbox.take(message.packets, self._deliver):  # an ack, or the one that is missing, was lost
            self._ack_now = True
        if message.packets:
            self._owe(len(message.packets), size)
        self._stir()

    def hear(self, message: Message) -> int | None:
        """Hands on what a message has, and gives the ack for it, where that cannot go with the next message.

        It is for another thread: it starts no timer, and looks at nothing that was sent.
        """
        if self._closed or message.generation != self._generation or message.session != self._session:
            return None
        self._inbox.take(message.packets, self._deliver)
        return self._inbox.seen if message.packets else None

    def flush(self) -> None:
        """Sends what may be sent now."""
        if not self._connected or self._closed:
            return
        while packets := self._outbox.next():
            self._publish(packets)
        if self._ack_now:
            self._publish([])
        if self._resend_timer is None:
            self._rearm()

    def connection(self, up: bool) -> None:
        """Without a connection nothing is sent; with a new one, all that is not acknowledged, and what was seen."""
        self._connected = up
        if not up:
            return
        self._resends = 0
        self._outbox.rewind()
        self._ack_now = True
        self._rearm()
        self._stir()

    def close(self) -> None:
        """Ends its timers; what comes later is not looked at."""
        self._closed = True
        for timer in (self._ack_timer, self._resend_timer):
            if timer is not None:
                timer.cancel()

    def _publish(self, packets: list[bytes]) -> None:
        data = self._codec.encode_message(self._generation, self._session, self._inbox.seen, packets)
        self._ack_now = False
        self._unacknowledged = self._unacknowledged_bytes = 0
        if self._ack_timer is not None:
            self._ack_timer.cancel()
            self._ack_timer = None
        self._publish_bytes(data)

    def _owe(self, packets: int, size: int) -> None:
        self._unacknowledged += packets
        self._unacknowledged_bytes += size
        if self._unacknowledged >= _ACK_PACKETS or self._unacknowledged_bytes >= self._message_bytes >> 2:
            self._ack_now = True
        if not self._ack_now and self._ack_timer is None:
            self._ack_timer = self._clock.call_later(_ACK_S, self._ack_due)

    def _ack_due(self) -> Any:
        self._ack_timer = None
        self._ack_now = True
        self._stir()

    def _rearm(self) -> None:
        if self._resend_timer is not None:
            self._resend_timer.cancel()
            self._resend_timer = None
        if self._closed or not self._outbox.waiting:
            return
        wait = min(_RESEND_MOST_S, _RESEND_S * 2 ** min(self._resends, 10))
        self._resend_timer = self._clock.call_later(wait, self._resend)

    def _resend(self) -> None:
        self._resends += 1
        self._outbox.rewind()
        self._rearm()
        self._stir()
