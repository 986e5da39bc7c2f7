"""One open node in a worker: takes packets in order and answers each."""

import asyncio
from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, Final

from ._calls import Calls, Emissions, begin_call, interrupt_call
from ._context import NodeContext
from ._errors import InvalidInputsError, LimitExceededError, PluginError
from ._failure import failure_values
from ._lane import Lane, is_set
from ._limits import IN_FLIGHT
from ._node import NodeExecutor, overrides
from ._params import convert_params
from ._registry import Registry
from ._stream_form import Answers, StreamForm
from ._values import NodeInputs, NodeOutputs
from ._wire import Flag, Kind, Packet

WINDOW: Final = IN_FLIGHT
_DATA: Final = Kind.DATA
# Plain numbers: an operation of an enum with an int makes an enum, for each packet.
_DISCONT: Final = int(Flag.DISCONT)
_LAST: Final = int(Flag.LAST)
_FLUSH: Final = int(Flag.FLUSH)
_RESET: Final = int(Flag.RESET)
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
        self._lane = Lane(self._settle, self._fail)
        self._executor: NodeExecutor[Any] | None = None
        self._calls: Calls | None = None
        self._validate: Callable[[NodeInputs], Any] | None = None
        self._required: tuple[str, ...] = ()
        self._execute: Callable[[NodeInputs], Any] | None = None
        """Where sets are worked on one by one, on the loop."""
        self._stream: StreamForm | None = None
        self._source: Emissions | None = None
        self._seq = 0

    @property
    def at_work(self) -> bool:
        """Whether it has begun with what it has not answered."""
        return self._lane.at_work

    def accept(self, *packets: Packet) -> None:
        """Takes packets from the connection. An interrupt, a control and an end overtake what waits."""
        lane = self._lane
        room = WINDOW - self._waiting()
        for packet in packets:
            if packet.kind is _DATA and room > 0:
                lane.put(packet)
                room -= 1
            else:
                self._accept(packet)
                room = WINDOW - self._waiting()
        lane.proceed()

    def _accept(self, packet: Packet) -> None:
        match packet.kind:
            case Kind.INTERRUPT:
                self._interrupt(packet.of)
            case Kind.END:
                self._interrupt(None)
                self._lane.put(packet)
            case Kind.CONTROL:
                self._lane.put(packet, urgent=self._executor is not None)
            case Kind.DATA:
                text = f"more than {WINDOW} input sets sent without an answer"
                self._fail(packet, LimitExceededError(text, limit="in_flight"))
            case _:
                self._lane.put(packet)

    def _interrupt(self, seq: int | None) -> None:
        self._lane.interrupt(seq)
        if self._stream is not None:
            self._stream.interrupt(seq)

    async def _settle(self, packet: Packet) -> None:
        """Answers one packet, with an error packet where anything is raised: `sys.exit()` in a node too."""
        try:
            execute, calls = self._execute, self._calls
            if execute is None or calls is None or not is_set(packet):
                await self._other(packet)
                return
            # One input set, in as few steps as there are: most nodes are done sooner than the way to them takes.
            made = execute(self._checked(packet) if self._validate is None else await self._valid(packet))
            given: object = await made if made.__class__ is CoroutineType else made
            if type(given) is NodeOutputs:
                self._emit(packet, calls.checked(given), _LAST)
            else:
                await self._emit_all(packet, await calls.emission_of(given))
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                interrupt_call()
                begin_call()
            self._fail(packet, error)

    async def _other(self, packet: Packet) -> None:
        match packet.kind:
            case Kind.DATA:
                await self._data(packet)
            case Kind.OPEN:
                await self._open(packet)
            case Kind.CONTROL:
                executor, calls = self._opened()
                await calls.on_loop(executor.on_control, packet.values.get("message"))
                self._end(packet)
            case Kind.END:
                await self._close()
                self._end(packet)
            case _:
                raise PluginError(f"a packet of kind {packet.kind.name} does not belong here")

    async def _open(self, packet: Packet) -> None:
        node = self._registry.get(packet.values["node_type"])
        spec = node.spec
        executor = node(convert_params(spec.node_type, spec.params, packet.values.get("params")))
        executor.context = NodeContext(packet.values.get("node", spec.node_type))
        calls = Calls(spec)
        self._executor, self._calls = executor, calls
        self._validate = executor.validate_inputs if overrides(node, "validate_inputs") else None
        self._required = tuple(key for key, port in spec.inputs.items() if port.required)
        if spec.form == "execute" and not spec.blocking:
            self._execute = executor.execute
            self._lane.eager = True
        try:
            await calls.settle(executor.prepare)
        except BaseException:
            await self._close()
            raise
        self._lane.width = spec.concurrency
        if spec.form == "stream":
            answers = Answers(self._emit, self._end, self._fail, self._room)
            self._stream = StreamForm(executor, calls, answers)
        self._answer(packet, Kind.READY, {"window": WINDOW})

    async def _data(self, packet: Packet) -> None:
        executor, calls = self._opened()
        if packet.flags & _RESET:
            await self._reset(executor, calls)
            self._end(packet)
        elif self._stream is not None:
            self._stream.put(packet)
        elif executor.spec.form == "source":
            await self._pull(packet, executor, calls)
        elif packet.flags & _FLUSH:
            await self._emit_all(packet, await calls.emission(executor.flush))
        else:
            await self._emit_all(packet, await calls.emission(executor.execute, await self._valid(packet)))

    async def _valid(self, packet: Packet) -> NodeInputs:
        inputs = self._checked(packet)
        if self._validate is not None:
            await self._opened()[1].on_loop(self._validate, inputs)
        return inputs

    async def _pull(self, packet: Packet, executor: NodeExecutor[Any], calls: Calls) -> None:
        """One pull of a source is one data packet without values."""
        if self._source is None:
            self._source = await calls.emissions(executor.source)
        outputs = await anext(self._source, None)
        if outputs is None:
            self._end(packet)
        else:
            self._emit(packet, outputs, _LAST)

    async def _emit_all(self, packet: Packet, given: NodeOutputs | Emissions | None) -> None:
        if isinstance(given, NodeOutputs):
            self._emit(packet, given, _LAST)
            return
        if given is not None:
            spec = self._opened()[0].spec
            if not packet.flags & _FLUSH and not spec.several:
                raise PluginError(f"{spec.node_type} gave an iterator", fix="yield: write execute as a generator")
            try:
                async for outputs in given:
                    await self._room(packet.seq)
                    self._emit(packet, outputs)
            finally:
                await given.aclose()
        self._end(packet)

    async def _reset(self, executor: NodeExecutor[Any], calls: Calls) -> None:
        if self._stream is not None:
            await self._stream.close()
        self._source = None
        await calls.settle(executor.reset)

    async def _close(self) -> None:
        executor, calls = self._executor, self._calls
        self._executor = self._execute = None
        if executor is None or calls is None:
            return
        try:
            if self._stream is not None:
                await self._stream.close()
            if self._source is not None:
                await self._source.aclose()
        finally:
            try:
                await calls.settle(executor.cleanup)
            finally:
                calls.close()
                self._lane.close()

    def _waiting(self) -> int:
        waiting = len(self._lane.waiting)
        return waiting if self._stream is None else waiting + self._stream.waiting

    def _opened(self) -> tuple[NodeExecutor[Any], Calls]:
        if self._executor is None or self._calls is None:
            raise PluginError("input for a node that is not open")
        return self._executor, self._calls

    def _checked(self, packet: Packet) -> NodeInputs:
        for key in self._required:
            if key not in packet.values:
                raise InvalidInputsError(f'there is no input "{key}"', key=key, fix=f'connect "{key}"')
        return NodeInputs(packet.values, pts=packet.pts, discont=packet.flags & _DISCONT != 0)

    def _emit(self, packet: Packet, outputs: NodeOutputs, flags: int = 0) -> None:
        self._seq += 1
        pts = packet.pts if outputs.pts is None else float(outputs.pts)
        self._send(Packet(_DATA, self._seq, packet.attempt, packet.epoch, flags, pts, None, outputs.data, packet.seq))

    def _end(self, packet: Packet) -> None:
        self._answer(packet, Kind.END)

    def _fail(self, packet: Packet, error: BaseException) -> None:
        self._answer(packet, Kind.ERROR, failure_values(error))

    def _answer(self, to: Packet, kind: Kind, values: dict[str, Any] | None = None) -> None:
        self._seq += 1
        self._send(Packet(kind, self._seq, to.attempt, to.epoch, _LAST, to.pts, None, values or {}, to.seq))
