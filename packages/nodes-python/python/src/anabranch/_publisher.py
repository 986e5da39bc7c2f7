"""Sends what a worker says: at once, and in turn where the socket takes no more."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import nats.errors
from nats.aio.client import Client

from ._limits import WIRE_MESSAGE_BYTES
from ._transport import MessageTransport


class Publisher:
    """Of one client and its transport. `failed` is told of what could not be sent; the link sends it again."""

    def __init__(
        self, client: Client, transport: MessageTransport, failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        self._client = client
        self._transport = transport
        self._failed = failed
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._more = asyncio.Event()

    def publish(self, subject: str, data: bytes) -> None:
        """At once, while little waits for the socket: a task costs a turn."""
        client = self._client
        behind = self._waiting or client.pending_data_size or not client.is_connected
        if not behind and self._transport.waiting() < WIRE_MESSAGE_BYTES:
            self._transport.publish(subject, data)
        else:
            self._waiting.append((subject, data))
            self._more.set()

    async def run(self) -> None:
        """Sends what could not be sent at once, for as long as it is not cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                try:
                    await self._client.publish(*self._waiting.popleft())
                except nats.errors.Error as error:
                    await self._failed(error)
