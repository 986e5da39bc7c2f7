"""The worker: one process that hosts nodes and speaks with its host over NATS.

Connection and nodes share one loop: a hand-over from thread to thread would cost more than most sets do. A second
thread stands in while a node blocks the loop, so that a model call of seconds delays no heartbeat.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg

from ._discover import load_registry
from ._errors import AnabranchError
from ._failure import failure_values
from ._limits import WIRE_MESSAGE_BYTES
from ._port import Port
from ._print import PrintedLines
from ._publisher import Publisher
from ._registry import Registry
from ._stand_in import Said, StandIn
from ._stdio import LogPackets, watch_parent
from ._transport import MessageTransport
from ._wire import Codec, Kind, Message, Packet
from ._worker_config import WorkerConfig

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
        self._ports: dict[str, Port] = {}
        self._closed: deque[str] = deque(maxlen=CLOSED_KEPT)
        self._opening = threading.Lock()
        self._subject = f"anb.{config.run}.{config.node}"
        self._beats = 0
        self._beaten = 0.0
        self._lines: deque[dict[str, Any]] = deque()
        self._lines_since = 0
        self._stale = 0

    async def run(self, parent: int) -> None:
        """Until the parent ends."""
        loop = self._loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        watch_parent(parent, lambda: loop.call_soon_threadsafe(stop.set))
        client = Client()
        transport = MessageTransport(self._on_message)
        client._transport = transport  # pyright: ignore[reportPrivateUsage] - there is no other way to give one
        publisher = Publisher(client, transport, self._on_error)
        self._publish = publisher.publish
        await self._connect(
            client,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.1,
            ping_interval=2,
            max_outstanding_pings=2,
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
        )
        self._message_bytes = min(WIRE_MESSAGE_BYTES, client.max_payload)
        self._log_packets()
        inward = f"{self._subject}.*.in"
        await client.subscribe(inward, cb=_unheard)  # pyright: ignore[reportUnknownMemberType]
        await client.flush()
        tasks = [loop.create_task(publisher.run()), loop.create_task(self._beat())]
        self._publish(*self._control(self._codec, Kind.READY, {"pid": os.getpid(), "python": sys.version.split()[0]}))
        self._stand_in(inward)
        await stop.wait()
        for task in tasks:
            task.cancel()

    async def _connect(self, client: Client, **options: Any) -> Client:
        config = self._config
        await client.connect(  # pyright: ignore[reportUnknownMemberType]
            config.url,
            user=config.user,
            password=config.password,
            name=f"anabranch-worker {config.node}",
            error_cb=self._on_error,
            **options,
        )
        return client

    def _stand_in(self, inward: str) -> None:
        codec = Codec()  # one for each thread

        def due() -> list[Said]:
            if time.monotonic() - self._beaten < self._config.heartbeat_ms / 1000:
                return self._lines_said(codec)
            return [self._sign_of_life(codec), *self._lines_said(codec)]

        def hear(message: Msg) -> Said | None:
            return self._take(codec, message.subject, message.data, lambda port, decoded: port.hear(decoded))

        StandIn(
            self._loop, inward, connect=lambda: self._connect(Client(), allow_reconnect=False), due=due, hear=hear
        ).start()

    def _on_message(self, subject: str, data: bytes) -> None:
        """Takes packets in. Quick nodes are done with them then; others work in tasks of their own."""
        try:
            said = self._take(self._codec, subject, data, lambda port, decoded: port.receive(decoded, len(data)))
            if said is not None:
                self._publish(*said)
        except Exception as error:  # whatever it is, the next message is to come
            _report(error)

    def _take(
        self, codec: Codec, subject: str, data: bytes, take: Callable[[Port, Message], int | None]
    ) -> Said | None:
        """Takes a message in; gives what has to be said to it at once. `take` gives an ack, where that has to."""
        token = subject.split(".")[3]
        out = f"{self._subject}.{token}.out"
        try:
            decoded = codec.decode(data)
            if decoded.generation != self._config.generation or decoded.session != token or len(token) > TOKEN_MOST:
                self._stale += 1
                return None
            port = self._port(token)
            # What comes for a closed node was sent before the host knew that; nobody is to send it again.
            ack = (decoded.packets[-1].seq if decoded.packets else None) if port is None else take(port, decoded)
            return None if ack is None else (out, self._encode(codec, token, ack))
        except AnabranchError as error:
            packet = Packet(Kind.ERROR, 0, 0, 0, 0, 0.0, None, failure_values(error), 0)
            return out, self._encode(codec, token, 0, packet)

    def _port(self, token: str) -> Port | None:
        """The node with this token, new where it is not known; None where it is closed."""
        with self._opening:
            if token in self._closed:
                return None
            return self._ports.get(token) or self._open(token)

    def _open(self, token: str) -> Port:
        def closed() -> None:
            with self._opening:
                del self._ports[token]
                self._closed.append(token)

        subject = f"{self._subject}.{token}.out"
        port = self._ports[token] = Port(
            token,
            registry=self._registry,
            generation=self._config.generation,
            message_bytes=self._message_bytes,
            codec=self._codec,
            loop=self._loop,
            publish=lambda data: self._publish(subject, data),
            closed=closed,
        )
        return port

    def _encode(self, codec: Codec, session: str, ack: int, *packets: Packet) -> bytes:
        return codec.encode(Message(1, self._config.generation, session, ack, [*packets]))

    def _control(self, codec: Codec, kind: Kind, values: dict[str, Any]) -> Said:
        self._beats += 1
        packet = Packet(kind, self._beats, 1, 0, 0, 0.0, None, values, 0)
        return f"{self._subject}.g{self._config.generation}.ctl", self._encode(codec, "", 0, packet)

    def _sign_of_life(self, codec: Codec) -> Said:
        self._beaten = time.monotonic()
        left_out, self._lines_since = max(0, self._lines_since - LOG_LINES), 0
        if left_out:
            text = f"{left_out} lines were left out of the log: too many between two heartbeats"
            self._lines.append({"level": "warn", "logger": "anabranch", "message": text})
        return self._control(codec, Kind.STATS, {"instances": len(self._ports), "stale": self._stale})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._config.heartbeat_ms / 1000)
            self._publish(*self._sign_of_life(self._codec))
            self._publish_lines()

    def _lines_said(self, codec: Codec) -> list[Said]:
        """The lines that wait, in whichever thread comes first."""
        said: list[Said] = []
        while self._lines:
            try:
                said.append(self._control(codec, Kind.LOG, self._lines.popleft()))
            except IndexError:  # the other one had it
                break
        return said

    def _publish_lines(self) -> None:
        for said in self._lines_said(self._codec):
            self._publish(*said)

    def _log_packets(self) -> None:
        def send(level: str, logger: str, message: str) -> None:
            self._lines_since += 1
            if self._lines_since <= LOG_LINES:
                self._lines.append({"level": level, "logger": logger, "message": message[:16384]})
                self._loop.call_soon_threadsafe(self._publish_lines)

        logging.basicConfig(level=logging.INFO, handlers=[LogPackets(send)], force=True)
        sys.stdout = PrintedLines()

    async def _on_disconnect(self) -> None:
        for port in self._ports.values():
            port.connection(False)

    async def _on_reconnect(self) -> None:
        for port in self._ports.values():
            port.connection(True)

    async def _on_error(self, error: Exception) -> None:
        _report(error)
        if "permissions violation" in str(error).lower():  # it speaks where it may not: nothing of it can be trusted
            sys.stderr.flush()
            os._exit(3)


async def _unheard(_message: Msg) -> None:
    """What nats-py would call: messages do not come to it."""


def _report(error: Exception) -> None:
    sys.stderr.write(f"anabranch worker: {type(error).__name__}: {error}\n")


async def serve(config: WorkerConfig, parent: int) -> None:
    """Runs a worker until its parent ends."""
    await Worker(config, load_registry(config.modules)).run(parent)
