"""The worker: one process that hosts nodes and speaks with its host over NATS.

Two threads: the first one owns the connection and the heartbeat, the second one runs the nodes on a loop of its own,
so that a model call of seconds delays no heartbeat.
"""

import asyncio
import logging
import os
import sys
import threading
from collections import deque
from typing import Any, Final

import msgspec
import nats
import nats.errors
import uvloop
from nats.aio.msg import Msg

from ._discover import load_registry
from ._errors import AnabranchError
from ._failure import failure_values
from ._limits import WIRE_MESSAGE_BYTES
from ._port import Port
from ._print import PrintedLines
from ._registry import Registry
from ._stdio import LogPackets, watch_parent
from ._wire import Codec, Kind, Message, Packet


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


LOG_LINES: Final = 1000
"""Between two heartbeats: more would wait here for the connection, without a bound."""
TOKEN_MOST: Final = 40
"""Letters in the token of a node."""
CLOSED_KEPT: Final = 4096
"""Tokens of closed nodes that are remembered: what is late for them opens nothing."""


class Worker:
    """Subscribes to `anb.<run>.<node>.*.in`; answers on `….out`, and on its own `….ctl` says that it lives."""

    def __init__(self, config: WorkerConfig, registry: Registry) -> None:
        self._config = config
        self._registry = registry
        self._codec = Codec()
        self._node_codec = Codec()
        self._ports: dict[str, Port] = {}
        self._closed: deque[str] = deque(maxlen=CLOSED_KEPT)
        self._node_loop = uvloop.new_event_loop()
        self._subject = f"anb.{config.run}.{config.node}"
        self._beats = 0
        self._lines = 0
        self._stale = 0
        self._outgoing: deque[tuple[str, bytes]] = deque()
        self._more = asyncio.Event()

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
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
        )
        self._log_packets()
        await self._connection.subscribe(f"{self._subject}.*.in", cb=self._on_message)  # pyright: ignore[reportUnknownMemberType]
        await self._connection.flush()
        tasks = [loop.create_task(self._publish_all()), loop.create_task(self._beat())]
        self._control(Kind.READY, {"pid": os.getpid(), "python": sys.version.split()[0]})
        await stop.wait()
        for task in tasks:
            task.cancel()

    def _run_nodes(self) -> None:
        asyncio.set_event_loop(self._node_loop)
        self._node_loop.run_forever()

    async def _on_message(self, message: Msg) -> None:
        """Takes packets in; user code runs on the loop of the nodes."""
        token = message.subject.split(".")[3]
        try:
            decoded = self._codec.decode(message.data)
            if decoded.generation != self._config.generation or decoded.session != token or len(token) > TOKEN_MOST:
                self._stale += 1
                return
            if token in self._closed:
                self._acknowledge(token, decoded)
                return
            port = self._ports.get(token) or self._open(token)
            port.receive(decoded, len(message.data))
        except AnabranchError as error:
            packet = Packet(Kind.ERROR, 0, 0, 0, 0, 0.0, None, failure_values(error), 0)
            self._publish(f"{self._subject}.{token}.out", self._encode(token, 0, packet))

    def _open(self, token: str) -> Port:
        def closed() -> None:
            del self._ports[token]
            self._closed.append(token)

        subject = f"{self._subject}.{token}.out"
        port = self._ports[token] = Port(
            token,
            registry=self._registry,
            generation=self._config.generation,
            message_bytes=min(WIRE_MESSAGE_BYTES, self._connection.max_payload),
            codec=self._codec,
            node_codec=self._node_codec,
            loop=self._loop,
            node_loop=self._node_loop,
            publish=lambda data: self._publish(subject, data),
            closed=closed,
        )
        return port

    def _acknowledge(self, token: str, message: Message) -> None:
        """What comes for a closed node was sent before the host knew that; nobody is to send it again."""
        if message.packets:
            self._publish(f"{self._subject}.{token}.out", self._encode(token, message.packets[-1].seq))

    def _encode(self, session: str, ack: int, *packets: Packet) -> bytes:
        return self._codec.encode(Message(1, self._config.generation, session, ack, [*packets]))

    def _publish(self, subject: str, data: bytes) -> None:
        self._outgoing.append((subject, data))
        self._more.set()

    async def _publish_all(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._outgoing:
                try:
                    await self._connection.publish(*self._outgoing.popleft())
                except nats.errors.Error as error:  # the link sends it again
                    await self._on_error(error)

    def _control(self, kind: Kind, values: dict[str, Any]) -> None:
        self._beats += 1
        packet = Packet(kind, self._beats, 1, 0, 0, 0.0, None, values, 0)
        self._publish(f"{self._subject}.g{self._config.generation}.ctl", self._encode("", 0, packet))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._config.heartbeat_ms / 1000)
            self._control(Kind.STATS, {"instances": len(self._ports), "stale": self._stale})
            left_out, self._lines = max(0, self._lines - LOG_LINES), 0
            if left_out:
                self._log(
                    "warn", "anabranch", f"{left_out} lines were left out of the log: too many between two heartbeats"
                )

    def _log(self, level: str, logger: str, message: str) -> None:
        values = {"level": level, "logger": logger, "message": message}
        self._loop.call_soon_threadsafe(self._control, Kind.LOG, values)

    def _log_packets(self) -> None:
        def send(level: str, logger: str, message: str) -> None:
            self._lines += 1
            if self._lines <= LOG_LINES:
                self._log(level, logger, message[:16384])

        logging.basicConfig(level=logging.INFO, handlers=[LogPackets(send)], force=True)
        sys.stdout = PrintedLines()

    async def _on_disconnect(self) -> None:
        for port in self._ports.values():
            port.connection(False)

    async def _on_reconnect(self) -> None:
        for port in self._ports.values():
            port.connection(True)

    async def _on_error(self, error: Exception) -> None:
        sys.stderr.write(f"anabranch worker: {type(error).__name__}: {error}\n")
        if "permissions violation" in str(error).lower():  # it speaks where it may not: nothing of it can be trusted
            sys.stderr.flush()
            os._exit(3)


async def serve(config: WorkerConfig, parent: int) -> None:
    """Runs a worker until its parent ends."""
    await Worker(config, load_registry(config.modules)).run(parent)
