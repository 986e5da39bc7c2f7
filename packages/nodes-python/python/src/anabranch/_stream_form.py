"""The stream form in a worker: one async generator over all the sets that come, begun anew after an interruption."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

from ._calls import Calls, interruptible
from ._errors import CancelledError, PluginError
from ._node import NodeExecutor
from ._values import NodeInputs, NodeOutputs
from ._wire import Flag, Packet


class Answers(NamedTuple):
    """How a stream answers: outputs, the end or the failure of one packet."""

    emit: Callable[[Packet, NodeOutputs], None]
    end: Callable[[Packet], None]
    fail: Callable[[Packet, BaseException], None]
    room: Callable[[int], Awaitable[None]]


class StreamForm:
    """Gives the sets to the generator. An output answers the set that was taken last.

    A set is answered for good when the next one is taken, so that there is one to answer while the generator waits; of
    a stream that promises `lineage="each"` when the next one is asked for.
    """

    def __init__(self, executor: NodeExecutor[Any], calls: Calls, answers: Answers) -> None:
        self._executor = executor
        self._calls = calls
        self._answers = answers
        self._each = executor.spec.lineage == "each"
        self._given: deque[Packet] = deque()
        self._arrived = asyncio.Event()
        self._taken: Packet | None = None
        self._last: Packet | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Sets that the generator has not taken."""
        return len(self._given)

    def put(self, packet: Packet) -> None:
        """The next set; with the flag FLUSH the end of the inputs."""
        self._given.append(packet)
        self._arrived.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def interrupt(self, seq: int | None) -> None:
        """Ends the generator, if it has this packet: what it made of it cannot be told from the rest."""
        held = [*self._given, *(packet for packet in (self._taken, self._last) if packet is not None)]
        if self._task is not None and (seq is None or any(packet.seq == seq for packet in held)):
            self._task.cancel()

    async def close(self) -> None:
        """Interrupts, and waits for the end."""
        self.interrupt(None)
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            with interruptible():
                emissions = await self._calls.emissions(self._executor.stream, self._inputs())
                try:
                    async for outputs in emissions:
                        await self._emit(outputs)
                finally:
                    await emissions.aclose()
        except BaseException as error:
            self._settle_all(error)
        else:
            # It may end before its inputs do: what it did not want is answered without outputs.
            self._settle_all(None)
        finally:
            self._task = None

    async def _inputs(self) -> AsyncIterator[NodeInputs]:
        while self._last is None:
            if self._each:
                self._end_taken()
            while not self._given:
                self._arrived.clear()
                await self._arrived.wait()
            self._end_taken()
            packet = self._given.popleft()
            if packet.flags & Flag.FLUSH:
                self._last = packet
                return
            self._taken = packet
            yield NodeInputs(packet.values, pts=packet.pts, discont=bool(packet.flags & Flag.DISCONT))

    async def _emit(self, outputs: NodeOutputs) -> None:
        to = self._current()
        await self._answers.room(to.seq)
        self._answers.emit(self._current(), outputs)

    def _current(self) -> Packet:
        """The packet that an output answers now."""
        to = self._last or self._taken or (self._given[0] if self._given else None)
        if to is None:
            text = f"{self._executor.spec.node_type} gave an output while no set was taken"
            raise PluginError(text, fix="with lineage each, give what you have before you ask for the next set")
        return to

    def _end_taken(self) -> None:
        taken, self._taken = self._taken, None
        if taken is not None:
            self._answers.end(taken)

    def _settle_all(self, error: BaseException | None) -> None:
        packets = [packet for packet in (self._taken, *self._given, self._last) if packet is not None]
        self._taken = self._last = None
        self._given.clear()
        for packet in packets:
            if error is None:
                self._answers.end(packet)
            elif isinstance(error, asyncio.CancelledError):
                self._answers.fail(packet, CancelledError("the stream was interrupted"))
            else:
                self._answers.fail(packet, error)
