"""The socket below nats-py. Messages go in and out here, by as few copies and turns of the loop as there are.

nats-py connects, logs in, subscribes, pings and connects again: every line but messages goes through it. A message
would be copied six times on that way, and handed from task to task.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import ParseResult

from nats.aio.transport import Transport

from ._message_reader import MessageReader

_WAIT_MOST: Final = 0
"""Bytes that wait for the end of the turn: none. What was said is out before a node works, which may take long."""


class _Socket(asyncio.BufferedProtocol):
    """One connection of a transport."""

    def __init__(self, message: Callable[[str, bytes], object]) -> None:
        loop = asyncio.get_running_loop()
        self._reader = MessageReader(message, self._line)
        self._lines = bytearray()
        self._wake: asyncio.Future[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._ended = False
        self.lost: Final = loop.create_future()
        """Done when there is no connection any more."""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It may be written to."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=_WAIT_MOST)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes and goes any more."""
        self._ended = True
        self._room.set()
        self._stir()
        if not self.lost.done():
            self.lost.set_result(None)

    def eof_received(self) -> None:
        """The server ends the connection."""
        self._ended = True
        self._stir()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._reader.room()

    def buffer_updated(self, nbytes: int) -> None:
        """They are there."""
        try:
            self._reader.filled(nbytes)
        except ValueError:  # no NATS server speaks so
            self.close()

    def pause_writing(self) -> None:
        """Bytes wait that the socket does not take."""
        self._room.clear()

    def resume_writing(self) -> None:
        """They are gone."""
        self._room.set()

    @property
    def at_end(self) -> bool:
        """Nothing comes any more, and every line was read."""
        return self._ended and not self._lines

    async def lines(self) -> bytes:
        """Lines that came, all at once; none at the end."""
        while not self._lines and not self._ended:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        lines = bytes(self._lines)
        self._lines.clear()
        return lines

    async def line(self) -> bytes:
        """The next line alone."""
        lines = await self.lines()
        end = lines.find(b"\n") + 1
        if end > 0:
            self._lines[:0] = lines[end:]
        return lines[:end]

    async def drain(self) -> None:
        """Waits until the socket has taken everything."""
        await self._room.wait()
        if self.lost.done():
            raise ConnectionResetError("the connection to the NATS server broke")

    def close(self) -> None:
        """Ends it."""
        if self.transport is not None:
            self.transport.close()

    def _line(self, line: bytes) -> None:
        self._lines += line
        self._stir()

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class MessageTransport(Transport):
    """Hands each message of its connection on, in the turn in which it came; nats-py has no part in that."""

    def __init__(self, message: Callable[[str, bytes], object]) -> None:
        self._message = message
        self._socket: _Socket | None = None

    def waiting(self) -> int:
        """Bytes that were written and that the socket did not take."""
        transport = None if self._socket is None else self._socket.transport
        return 0 if transport is None else transport.get_write_buffer_size()

    def publish(self, subject: str, data: bytes) -> None:
        """Sends a message, which is for a client that is connected only."""
        self.writelines([f"PUB {subject} {len(data)}\r\n".encode(), data, b"\r\n"])

    async def connect(self, uri: ParseResult, buffer_size: int, connect_timeout: int) -> None:
        """Of nats-py: the first connection, and each that is made again."""
        self.close()
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(
            lambda: _Socket(self._message), cast(str, uri.hostname), cast(int, uri.port)
        )
        self._socket = (await asyncio.wait_for(connecting, connect_timeout))[1]

    async def connect_tls(
        self, uri: str | ParseResult, ssl_context: ssl.SSLContext, buffer_size: int, connect_timeout: int
    ) -> None:
        """Of nats-py: what follows is encrypted."""
        before = self._connected().transport
        socket = _Socket(self._message)
        name = uri if isinstance(uri, str) else uri.hostname
        starting = asyncio.get_running_loop().start_tls(cast(Any, before), socket, ssl_context, server_hostname=name)
        secure = await asyncio.wait_for(starting, connect_timeout)
        socket.connection_made(cast(Any, secure))
        self._socket = socket

    def write(self, payload: bytes) -> None:
        """Of nats-py: writes a line, or is lost where there is no connection."""
        self.writelines([payload])

    def writelines(self, payload: list[bytes]) -> None:
        """Of nats-py: the same for many."""
        transport = self._connected().transport
        if transport is not None and not transport.is_closing():
            transport.writelines(payload)

    async def read(self, buffer_size: int) -> bytes:
        """Of nats-py: everything that came and is no message."""
        return await self._connected().lines()

    async def readline(self) -> bytes:
        """Of nats-py, while it logs in."""
        return await self._connected().line()

    async def drain(self) -> None:
        """Of nats-py."""
        await self._connected().drain()

    async def wait_closed(self) -> None:
        """Of nats-py."""
        if self._socket is not None:
            await self._socket.lost

    def close(self) -> None:
        """Of nats-py."""
        if self._socket is not None:
            self._socket.close()

    def at_eof(self) -> bool:
        """Of nats-py: whether the server ended the connection."""
        return self._socket is None or self._socket.at_end

    def __bool__(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - it is said to give None
        """Of nats-py, which takes a transport of its own where this is false: it is there before its connection is."""
        return True

    def _connected(self) -> _Socket:
        if self._socket is None:
            raise ConnectionResetError("there is no connection to the NATS server")
        return self._socket
