"""The worker: one process that hosts nodes and speaks with its host over NATS.

Two threads: the first one owns the connection and the heartbeat, the second one runs the nodes on a loop of its own,
so that a model call of seconds delays no heartbeat.
"""

import asyncio
import logging
import os
import sys
import threading
from typing import Any

import msgspec
import nats
import uvloop
from nats.aio.msg import Msg

from ._discover import load_registry
from ._errors import AnabranchError
from ._failure import failure_values
from ._instance import Instance
from ._registry import Registry
from ._stdio import LogPackets, watch_parent
from ._wire import VERSION, Codec, Kind, Message, Packet


class WorkerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the host writes to stdin as one line of JSON: nothing secret is in arguments or environment."""

    url: str
    user: str | None = None
    password: str | None = None
    run: str
    node: str
    generation: int
    heartbeat_ms: int = 1000
    modules: list[str] = []
    path: list[str] = []


class Worker:
    """Subscribes to `anb.<run>.<node>.*.in`; answers on `….out`, and on its own `….ctl` says that it lives."""

    def __init__(self, config: WorkerConfig, registry: Registry) -> None:
        self._config = config
        self._registry = registry
        self._codec = Codec()
        self._node_codec = Codec()
        self._instances: dict[str, Instance] = {}
        self._node_loop = uvloop.new_event_loop()
        self._subject = f"anb.{config.run}.{config.node}"
        self._beats = 0

    async def run(self, parent: int) -> None:
        """Until the parent ends."""
        loop = self._loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        watch_parent(parent, lambda: loop.call_soon_threadsafe(stop.set))
        threading.Thread(target=self._run_nodes, name="anabranch-nodes", daemon=True).start()
        config = self._config
        self._connection = await nats.connect(  # pyright: ignore[reportUnknownMemberType]
            config.url,
            user=config.user,
            password=config.password,
            name=f"anabranch-worker {config.node}",
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.1,
            ping_interval=2,
            max_outstanding_pings=2,
            error_cb=self._on_error,
        )
        self._log_packets()
        await self._connection.subscribe(f"{self._subject}.*.in", cb=self._on_message)  # pyright: ignore[reportUnknownMemberType]
        await self._connection.flush()
        await self._control(Kind.READY, {"pid": os.getpid(), "python": sys.version.split()[0]})
        beating = loop.create_task(self._beat())
        await stop.wait()
        beating.cancel()

    def _run_nodes(self) -> None:
        asyncio.set_event_loop(self._node_loop)
        self._node_loop.run_forever()

    async def _on_message(self, message: Msg) -> None:
        """Enqueues only; user code runs on the loop of the nodes."""
        token = message.subject.split(".")[3]
        try:
            decoded = self._codec.decode(message.data)
        except AnabranchError as error:
            packet = Packet(Kind.ERROR, 0, 0, 0, 0, 0.0, None, failure_values(error), 0)
            await self._connection.publish(f"{self._subject}.{token}.out", self._encode(self._codec, token, packet))
            return
        if decoded.generation == self._config.generation:
            self._node_loop.call_soon_threadsafe(self._deliver, token, decoded.packets)

    def _deliver(self, token: str, packets: list[Packet]) -> None:
        instance = self._instances.get(token)
        if instance is None:
            instance = self._instances[token] = Instance(self._registry, lambda packet: self._send(token, packet))
        for packet in packets:
            instance.accept(packet)
            if packet.kind is Kind.END:
                self._instances.pop(token, None)

    def _send(self, token: str, packet: Packet) -> None:
        """On the loop of the nodes: encodes there, and hands the bytes to the connection."""
        try:
            data = self._encode(self._node_codec, token, packet)
        except AnabranchError as error:
            failed = msgspec.structs.replace(packet, kind=Kind.ERROR, values=failure_values(error))
            data = self._encode(self._node_codec, token, failed)
        self._loop.call_soon_threadsafe(self._publish, f"{self._subject}.{token}.out", data)

    def _encode(self, codec: Codec, session: str, packet: Packet) -> bytes:
        return codec.encode(Message(VERSION, self._config.generation, session, 0, [packet]))

    def _publish(self, subject: str, data: bytes) -> None:
        self._loop.create_task(self._connection.publish(subject, data))

    async def _control(self, kind: Kind, values: dict[str, Any]) -> None:
        self._beats += 1
        packet = Packet(kind, self._beats, 1, 0, 0, 0.0, None, values, 0)
        data = self._encode(self._codec, "", packet)
        await self._connection.publish(f"{self._subject}.g{self._config.generation}.ctl", data)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._config.heartbeat_ms / 1000)
            await self._control(Kind.STATS, {"instances": len(self._instances)})

    def _log_packets(self) -> None:
        def send(level: str, logger: str, message: str) -> None:
            values = {"level": level, "logger": logger, "message": message[:16384]}
            self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._control(Kind.LOG, values)))

        logging.basicConfig(level=logging.INFO, handlers=[LogPackets(send)], force=True)

    async def _on_error(self, error: Exception) -> None:
        sys.stderr.write(f"anabranch worker: {type(error).__name__}: {error}\n")


async def serve(config: WorkerConfig, parent: int) -> None:
    """Runs a worker until its parent ends."""
    await Worker(config, load_registry(config.modules)).run(parent)
