"""Runs a node in a test, without NATS and without a host: packets, codec, order and interruption are those of a worker.

The fixture `open_node` comes with the package:

    async def test_gain(open_node):
        async with open_node(GainNode, db=6) as gain:
            [outputs] = await gain(input=AudioBuffer(samples, 48000))
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from ._errors import AnabranchError
from ._instance import Instance
from ._node import NodeExecutor
from ._plain import plain_node
from ._registry import Registry, is_node
from ._values import NodeInputs, NodeOutputs
from ._wire import VERSION, Codec, Flag, Kind, Message, Packet

__all__ = ["OpenNode", "OpenNodes", "open_node"]


class OpenNode:
    """One open node: call it with the values of an input set, and await the outputs."""

    def __init__(self, node_type: str, registry: Registry) -> None:
        self._node_type = node_type
        self._codec = Codec()
        self._instance = Instance(registry, self._receive)
        self._pending: dict[int, _Pending] = {}
        self._seq = 0

    async def __call__(self, /, *, pts: float = 0.0, discont: bool = False, **values: Any) -> list[NodeOutputs]:
        """One input set; of a source one pull. Raises what the node raised, coded: its own exceptions as PythonError.

        `pts` is its media time in µs. For a node of the stream form use `stream`.
        """
        return await self._ask(Kind.DATA, values, Flag.DISCONT if discont else 0, pts)

    def send(self, /, *, pts: float = 0.0, discont: bool = False, **values: Any) -> "asyncio.Task[list[NodeOutputs]]":
        """The same, begun at once and in order. Cancel it to interrupt the set."""
        pending = self._begin(Kind.DATA, values, Flag.DISCONT if discont else 0, pts)
        return asyncio.ensure_future(self._wait(pending))

    async def stream(self, inputs: Iterable[dict[str, Any] | NodeInputs]) -> AsyncGenerator[NodeOutputs]:
        """A stream node over these sets and their end. A set is given when the node asks for it."""
        stream = self._begin(Kind.DATA, {}, Flag.STREAM, 0.0)
        feeding = asyncio.ensure_future(self._feed(list(inputs)))
        feeding.add_done_callback(lambda task: task.cancelled() or task.exception())  # the stream tells it, too
        try:
            async for outputs in stream:
                yield outputs
        finally:
            feeding.cancel()
            self._interrupt(stream)

    async def _feed(self, inputs: list[dict[str, Any] | NodeInputs]) -> None:
        for each in inputs:
            if isinstance(each, NodeInputs):
                await self(pts=each.pts, discont=each.discont, **each.data)
            else:
                await self(**each)
        await self._ask(Kind.DATA, {}, Flag.FLUSH)

    async def flush(self) -> list[NodeOutputs]:
        """Ends the inputs: what is still inside."""
        return await self._ask(Kind.DATA, {}, Flag.FLUSH)

    async def reset(self) -> None:
        """Makes the node forget what it has seen."""
        await self._ask(Kind.DATA, {}, Flag.RESET)

    async def control(self, message: Any) -> None:
        """Hands `on_control` a message."""
        await self._ask(Kind.CONTROL, {"message": message})

    async def open(self, params: dict[str, Any]) -> None:
        """Makes and prepares it."""
        await self._ask(Kind.OPEN, {"node_type": self._node_type, "params": params})

    async def close(self) -> None:
        """Interrupts it and cleans it up."""
        await self._ask(Kind.END, {})

    async def _ask(self, kind: Kind, values: dict[str, Any], flags: int = 0, pts: float = 0.0) -> list[NodeOutputs]:
        return await self._wait(self._begin(kind, values, flags, pts))

    def _begin(self, kind: Kind, values: dict[str, Any], flags: int, pts: float) -> "_Pending":
        self._seq += 1
        pending = self._pending[self._seq] = _Pending(self._seq)
        sent = Packet(kind, self._seq, 1, 0, int(flags), float(pts), None, values, 0)
        self._instance.accept(self._carried(sent))
        return pending

    async def _wait(self, pending: "_Pending") -> list[NodeOutputs]:
        try:
            return await pending.done
        except asyncio.CancelledError:
            self._interrupt(pending)
            raise

    def _interrupt(self, pending: "_Pending") -> None:
        self._instance.accept(Packet(Kind.INTERRUPT, 0, 1, 0, 0, 0.0, None, {}, pending.seq))

    def _receive(self, packet: Packet) -> None:
        pending = self._pending.get(packet.of)
        if pending is None:
            return
        try:
            packet = self._carried(packet)
        except AnabranchError as error:
            self._pending.pop(packet.of)
            pending.fail(error)
            return
        if packet.kind is Kind.DATA:
            pending.output(NodeOutputs(packet.values, pts=packet.pts))
        if packet.kind is Kind.ERROR:
            pending.fail(coded(packet.values))
        elif packet.kind is not Kind.DATA or packet.flags & Flag.LAST:
            pending.settle()
        else:
            return
        self._pending.pop(packet.of)

    def _carried(self, packet: Packet) -> Packet:
        """What arrives of a packet on the other side."""
        return self._codec.decode(self._codec.encode(Message(VERSION, 1, "", 0, [packet]))).packets[0]


class _Pending:
    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.outputs: list[NodeOutputs] = []
        self._more = asyncio.Event()
        self.done: asyncio.Future[list[NodeOutputs]] = asyncio.get_running_loop().create_future()

    async def __aiter__(self) -> AsyncGenerator[NodeOutputs]:
        """Outputs as they come, then the error if there is one."""
        at = 0
        while at < len(self.outputs) or not self.done.done():
            if at == len(self.outputs):
                self._more.clear()
                await self._more.wait()
            else:
                at += 1
                yield self.outputs[at - 1]
        await self.done

    def output(self, outputs: NodeOutputs) -> None:
        self.outputs.append(outputs)
        self._more.set()

    def settle(self) -> None:
        self._more.set()
        if not self.done.done():
            self.done.set_result(self.outputs)

    def fail(self, error: AnabranchError) -> None:
        self._more.set()
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # told to whoever waits; nobody may


def coded(values: dict[str, Any]) -> AnabranchError:
    """The error of an error packet, of its own class, with the traceback of the node as a note."""
    classes = {each.code: each for each in AnabranchError.__subclasses__()}
    fields = values["fields"]
    error = classes[values["code"]](values["message"], retryable=values["retryable"], fix=values["fix"], **fields)
    if "traceback" in fields:
        error.add_note(fields["traceback"])
    return error


@asynccontextmanager
async def open_node(node: type[Any], /, **params: Any) -> AsyncGenerator[OpenNode]:
    """Makes and prepares a node, a class under `@node` or a plain one, and cleans it up at the end."""
    executor: type[NodeExecutor[Any]] = node if is_node(node) else plain_node(node)
    registry = Registry()
    registry.add(executor)
    opened = OpenNode(executor.spec.node_type, registry)
    await opened.open(params)
    try:
        yield opened
    finally:
        await opened.close()


OpenNodes = Callable[..., AbstractAsyncContextManager[OpenNode]]
"""The type of the fixture `open_node`."""
