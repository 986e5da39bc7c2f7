"""One open node in a worker: takes packets in order, one at a time, and answers each."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from ._errors import CancelledError, LimitExceededError, PluginError
from ._failure import failure_values
from ._limits import IN_FLIGHT
from ._node import NodeExecutor
from ._params import convert_params
from ._registry import Registry
from ._values import NodeInputs, NodeOutputs
from ._wire import Flag, Kind, Packet

WINDOW = IN_FLIGHT

Send = Callable[[Packet], None]
Room = Callable[[int], Awaitable[None]]
"""Waits until one more output for the packet with this number may be given."""


async def always_room(_seq: int) -> None:
    """For a host that takes every output at once."""


class Instance:
    """Lives on the loop of the nodes; `send` hands answers to the connection, `room` waits for credit."""

    def __init__(self, registry: Registry, send: Send, room: Room = always_room) -> None:
        self._registry = registry
        self._send = send
        self._room = room
        self._executor: NodeExecutor[Any] | None = None
        self._waiting: deque[Packet] = deque()
        self._current: Packet | None = None
        self._job: asyncio.Task[None] | None = None
        self._seq = 0

    def accept(self, packet: Packet) -> None:
        """Takes a packet from the connection. An interrupt and an end overtake what waits."""
        match packet.kind:
            case Kind.INTERRUPT:
                self._interrupt(packet.of)
            case Kind.END:
                self._interrupt(None)
                self._waiting.append(packet)
            case Kind.DATA if len(self._waiting) >= WINDOW:
                text = f"more than {WINDOW} input sets sent without an answer"
                self._fail(packet, LimitExceededError(text, limit="in_flight"))
            case _:
                self._waiting.append(packet)
        self._proceed()

    def _interrupt(self, seq: int | None) -> None:
        stale = [packet for packet in self._waiting if seq is None or packet.seq == seq]
        for packet in stale:
            self._waiting.remove(packet)
            self._fail(packet, CancelledError("interrupted before it began"))
        current = self._current
        if current is not None and self._job is not None and (seq is None or current.seq == seq):
            self._job.cancel()

    def _proceed(self) -> None:
        if self._job is None and self._waiting:
            self._current = self._waiting.popleft()
            self._job = asyncio.get_running_loop().create_task(self._settle(self._current))
            self._job.add_done_callback(self._done)

    def _done(self, job: asyncio.Task[None]) -> None:
        current = self._current
        self._job = self._current = None
        if job.cancelled() and current is not None:  # cancelled before its first step
            self._fail(current, CancelledError("interrupted before it began"))
        self._proceed()

    async def _settle(self, packet: Packet) -> None:
        """Answers one packet, with an error packet where anything is raised: `sys.exit()` in a node too."""
        try:
            match packet.kind:
                case Kind.OPEN:
                    await self._open(packet)
                case Kind.DATA:
                    await self._execute(packet)
                case Kind.END:
                    await self._close()
                    self._answer(packet, Kind.END)
                case _:
                    raise PluginError(f"a packet of kind {packet.kind.name} does not belong here")
        except BaseException as error:
            self._fail(packet, error)

    async def _open(self, packet: Packet) -> None:
        node = self._registry.get(packet.values["node_type"])
        executor = node(convert_params(node.spec.node_type, node.spec.params, packet.values.get("params")))
        self._executor = executor
        await executor.prepare()
        self._answer(packet, Kind.READY, {"window": WINDOW})

    async def _execute(self, packet: Packet) -> None:
        if self._executor is None:
            raise PluginError("input for a node that is not open")
        inputs = NodeInputs(packet.values)
        self._executor.validate_inputs(inputs)
        emission = self._executor.execute(inputs)
        if isinstance(emission, AsyncIterator):
            async for outputs in emission:
                await self._room(packet.seq)
                self._emit(packet, outputs, Flag(0))
            self._answer(packet, Kind.END)
            return
        outputs = await emission
        if outputs is None:
            self._answer(packet, Kind.END)
        else:
            self._emit(packet, outputs, Flag.LAST)

    def _emit(self, packet: Packet, outputs: NodeOutputs, flags: Flag) -> None:
        assert self._executor is not None  # noqa: S101
        spec = self._executor.spec
        unknown = [key for key in outputs.data if key not in spec.outputs]
        if unknown:
            declared = ", ".join(spec.outputs) or "none"
            raise PluginError(f'{spec.node_type} gave an output "{unknown[0]}" that it does not declare: {declared}')
        self._answer(packet, Kind.DATA, outputs.data, flags)

    async def _close(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            await executor.cleanup()

    def _fail(self, packet: Packet, error: BaseException) -> None:
        self._answer(packet, Kind.ERROR, failure_values(error))

    def _answer(self, to: Packet, kind: Kind, values: dict[str, Any] | None = None, flags: Flag = Flag.LAST) -> None:
        self._seq += 1
        self._send(Packet(kind, self._seq, to.attempt, to.epoch, int(flags), to.pts, None, values or {}, to.seq))
