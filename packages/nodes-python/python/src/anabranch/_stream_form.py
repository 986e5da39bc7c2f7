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
    """Gives the sets to the generator. Its outputs answer the packet that stands for the stream.

    A set is answered when the generator asks for the next one: that is when the host may take it.
    """

    def __init__(self, executor: NodeExecutor[Any], calls: Calls, answers: Answers) -> None:
        self._executor = executor
        self._calls = calls
        self._answers = answers
        self._stream: Packet | None = None
        self._given: deque[Packet] = deque()
        self._arrived = asyncio.Event()
        self._taken: Packet | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Sets that the generator has not taken."""
        return len(self._given)

    def put(self, packet: Packet) -> None:
        """The stream itself, its next set, or the end of its inputs. Without a stream that runs, a set is given up."""
        if packet.flags & Flag.STREAM:
            if self._task is not None:
                self._answers.fail(packet, PluginError("its stream runs already", fix="wait for its end"))
                return
            self._stream = packet
            self._task = asyncio.get_running_loop().create_task(self._run())
        elif self._task is None:
            self._answers.fail(packet, CancelledError("the stream has ended"))
        else:
            self._given.append(packet)
            self._arrived.set()

    def interrupt(self, seq: int | None) -> None:
        """Ends the generator, if it has this packet: what it made of it cannot be told from the rest."""
        held = [packet for packet in (self._stream, self._taken, *self._given) if packet is not None]
        if self._task is not None and (seq is None or any(packet.seq == seq for packet in held)):
            self._task.cancel()

    async def close(self) -> None:
        """Interrupts, and waits for the end."""
        self.interrupt(None)
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        assert self._stream is not None  # noqa: S101 - it began this task
        stream = self._stream
        failure: BaseException | None = None
        try:
            with interruptible():
                emissions = await self._calls.emissions(self._executor.stream, self._inputs())
                try:
                    async for outputs in emissions:
                        await self._answers.room(stream.seq)
                        self._answers.emit(stream, outputs)
                finally:
                    await emissions.aclose()
        except asyncio.CancelledError:
            failure = CancelledError("the stream was interrupted")
        except BaseException as error:
            failure = error
        self._task = self._stream = None
        # It may end before its inputs do: the host is told by the end of the stream, before it is asked for more.
        held = [packet for packet in (stream, self._taken, *self._given) if packet is not None]
        self._taken = None
        self._given.clear()
        for packet in held:
            if failure is None:
                self._answers.end(packet)
            else:
                self._answers.fail(packet, failure)

    async def _inputs(self) -> AsyncIterator[NodeInputs]:
        while True:
            self._end_taken()
            while not self._given:
                self._arrived.clear()
                await self._arrived.wait()
            packet = self._given.popleft()
            if packet.flags & Flag.FLUSH:
                self._answers.end(packet)
                return
            self._taken = packet
            yield NodeInputs(packet.values, pts=packet.pts, discont=bool(packet.flags & Flag.DISCONT))

    def _end_taken(self) -> None:
        taken, self._taken = self._taken, None
        if taken is not None:
            self._answers.end(taken)
