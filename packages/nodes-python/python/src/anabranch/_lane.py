"""The packets of one node that wait and work: in order, a few sets at once, everything else alone."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, cast

from ._calls import begin_call
from ._eager import EagerTasks
from ._errors import CancelledError
from ._wire import Flag, Kind, Packet

_DATA: Final = Kind.DATA
_ALONE: Final = int(Flag.FLUSH | Flag.RESET | Flag.STREAM)
"""Marks of a data packet that is no input set."""
_TURN_S: Final = 0.005
_TURN_SETS: Final = 16
"""So long, and so many, sets follow each other in one task; then others, and what arrived, have their turn.

What they gave goes together: as many as a message has.
"""
_QUICK_S: Final = 0.001
_PAUSES: Final = 4
"""Turns of the loop in which what a set gave, and what is owed for what came, gets to the socket."""

Settle = Callable[[Packet], Awaitable[None]]
Fail = Callable[[Packet, BaseException], None]


class Lane:
    """Starts `settle` for each packet; `settle` answers it, whatever happens. `fail` answers one that never begins."""

    def __init__(self, settle: Settle, fail: Fail) -> None:
        self.width = 1
        """Data packets at work at once."""
        self.quick = False
        """The last ones were done at once. What may block the loop begins when all that was to be said is said."""
        self.eager = False
        """Quick sets begin as they come: a task for them would cost a turn of the loop."""
        self._settle = settle
        self._fail = fail
        self.waiting: deque[Packet] = deque()
        """Packets that have not begun."""
        self._urgent: deque[Packet] = deque()
        self._jobs: dict[asyncio.Task[None], Packet] = {}
        self._eager = EagerTasks()

    @property
    def at_work(self) -> bool:
        """Whether a packet is."""
        return bool(self._jobs)

    def put(self, packet: Packet, *, urgent: bool = False) -> None:
        """Takes a packet. An urgent one goes before those that wait."""
        (self._urgent if urgent else self.waiting).append(packet)

    def proceed(self) -> None:
        """Begins with what was put."""
        if self.eager and self.quick and not self._urgent:
            self._begin_at_once()
        self._proceed()

    def _begin_at_once(self) -> None:
        waiting = self.waiting
        while waiting and is_set(waiting[0]) and self._may_begin(waiting[0]) and (job := self._eager.next()):
            packet = self._jobs[job] = waiting.popleft()
            waits = False
            try:
                waits = not self._eager.done(job, self._work(packet))
            finally:
                if not waits:
                    del self._jobs[job]
            if not waits:
                return  # others come after what arrived meanwhile
            job.add_done_callback(self._done)

    def close(self) -> None:
        """Nothing is put any more."""
        self._eager.close()

    def interrupt(self, seq: int | None) -> None:
        """Gives up one packet, or all. What is at work is cancelled, and answers by itself."""
        for packet in [packet for packet in self.waiting if seq is None or packet.seq == seq]:
            self.waiting.remove(packet)
            self._fail(packet, CancelledError("interrupted before it began"))
        for job, packet in self._jobs.items():
            if seq is None or packet.seq == seq:
                job.cancel()

    def _proceed(self) -> None:
        while (lane := self._urgent or self.waiting) and self._may_begin(lane[0]):
            packet = lane.popleft()
            job = asyncio.get_running_loop().create_task(self._work(packet))
            self._jobs[job] = packet
            job.add_done_callback(self._done)

    def _may_begin(self, packet: Packet) -> bool:
        if is_set(packet):
            return len(self._jobs) < self.width and all(is_set(other) for other in self._jobs.values())
        return not self._jobs

    async def _work(self, packet: Packet) -> None:
        """Settles a packet, and the sets behind it: a task for each would cost more than most sets do."""
        job = cast("asyncio.Task[None]", asyncio.current_task())
        if not self.quick:
            for _ in range(_PAUSES):
                await asyncio.sleep(0)
        begin_call()
        began = monotonic()
        await self._settle(packet)
        sets = 1
        most = _TURN_SETS if self.quick and is_set(packet) else 1
        waiting = self.waiting
        # Nothing begins before what stands alone: that waits for every job.
        while sets < most and waiting and is_set(waiting[0]) and not self._urgent and not job.cancelling():
            if monotonic() - began >= _TURN_S:
                break
            packet = self._jobs[job] = waiting.popleft()
            await self._settle(packet)
            sets += 1
        self.quick = monotonic() - began < _QUICK_S * sets

    def _done(self, job: asyncio.Task[None]) -> None:
        packet = self._jobs.pop(job)
        if job.cancelled():  # before its first step
            self._fail(packet, CancelledError("interrupted before it began"))
        self._proceed()


def is_set(packet: Packet) -> bool:
    """Whether it is an input set."""
    return packet.kind is _DATA and packet.flags & _ALONE == 0
