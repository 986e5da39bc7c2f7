import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from nats.aio.client import Client

from anabranch._publisher import Publisher
from anabranch._transport import MessageTransport

INFO = b'INFO {"server_id":"x","version":"2.10.0","max_payload":1048576,"headers":true}\r\n'


class Server:
    """Speaks as much NATS as it takes to log in and to be subscribed to, and says what it is told to say."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[bytes] = asyncio.Queue()
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.write(INFO)
        while line := await reader.readline():
            if line == b"PING\r\n":
                writer.write(b"PONG\r\n")
            self.lines.put_nowait(line)
        writer.close()

    async def until(self, start: bytes) -> bytes:
        while not (line := await asyncio.wait_for(self.lines.get(), 5)).startswith(start):
            pass
        return line

    def say(self, data: bytes) -> None:
        assert self.writer is not None
        self.writer.write(data)

    def drop(self) -> None:
        assert self.writer is not None
        self.writer.close()


Open = Callable[[Callable[[str, bytes], object]], Awaitable[tuple[Client, MessageTransport]]]


async def ignored(_error: object) -> None:
    pass


def unheard(_subject: str, _data: bytes) -> None:
    pass


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, Open]]:
    spoken = Server()
    clients: list[Client] = []
    listening = await asyncio.start_server(spoken.serve, "127.0.0.1", 0, limit=1 << 20)

    async def open_client(message: Callable[[str, bytes], object]) -> tuple[Client, MessageTransport]:
        client = Client()
        transport = MessageTransport(message)
        client._transport = transport  # pyright: ignore[reportPrivateUsage]
        clients.append(client)
        port = listening.sockets[0].getsockname()[1]
        options: dict[str, Any] = {"error_cb": ignored, "reconnect_time_wait": 0.01}
        await client.connect(f"nats://127.0.0.1:{port}", **options)  # pyright: ignore[reportUnknownMemberType]
        await client.subscribe("in", cb=ignored)  # pyright: ignore[reportUnknownMemberType]
        await client.flush()
        return client, transport

    yield spoken, open_client
    for client in clients:
        await client.close()
    listening.close()
    await listening.wait_closed()


async def test_messages_are_handed_on_and_nats_py_has_the_rest(server: tuple[Server, Open]) -> None:
    spoken, open_client = server
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    client, _ = await open_client(lambda subject, data: heard.put_nowait((subject, data)))
    spoken.say(b"MSG in 1 2\r\nhi\r\nPING\r\nMSG in 1 0\r\n\r\n")
    assert await asyncio.wait_for(heard.get(), 5) == ("in", b"hi")
    assert await asyncio.wait_for(heard.get(), 5) == ("in", b"")
    await spoken.until(b"PONG")
    assert client.is_connected


async def test_it_is_connected_again_and_hears_again(server: tuple[Server, Open]) -> None:
    spoken, open_client = server
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await open_client(lambda _subject, data: heard.put_nowait(data))
    await spoken.until(b"SUB in")
    spoken.say(b"MSG in 1 9\r\nhalf")
    spoken.drop()
    await spoken.until(b"SUB in")
    spoken.say(b"MSG in 1 3\r\nnew\r\n")
    assert await asyncio.wait_for(heard.get(), 5) == b"new"


async def test_what_is_no_nats_has_it_connected_again(server: tuple[Server, Open]) -> None:
    spoken, open_client = server
    await open_client(unheard)
    await spoken.until(b"SUB in")
    spoken.say(b"MSG in 1 x\r\n")
    await spoken.until(b"SUB in")


async def test_what_is_published_goes_out_in_order_also_where_the_socket_takes_no_more(
    server: tuple[Server, Open],
) -> None:
    spoken, open_client = server
    client, transport = await open_client(unheard)
    publisher = Publisher(client, transport, ignored)
    running = asyncio.create_task(publisher.run())
    body = b"x" * 100_000
    for number in range(100):
        publisher.publish(f"out.{number}", body)
    assert transport.waiting() < 3_000_000
    for number in range(100):
        assert (await spoken.until(b"PUB")).split()[1] == f"out.{number}".encode()
        assert await spoken.until(b"x") == body + b"\r\n"
    running.cancel()
