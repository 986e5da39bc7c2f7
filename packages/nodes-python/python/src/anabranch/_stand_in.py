"""Speaks for a worker while a node keeps its loop from doing so: it lives, it has what it is sent, it prints."""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg

LOOK_S: Final = 0.4
"""A loop that does not answer for so long is blocked."""
_TURN_S: Final = 0.05
"""So often the stand-in looks for something to say, and whether the loop is back."""

Said = tuple[str, bytes]
"""A subject, and the message for it."""


class StandIn:
    """A thread that looks whether a loop turns, and has a connection of its own while it does not.

    `due` gives what is to be said now, `hear` takes a message in and gives what is to be said to it at once.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        subject: str,
        *,
        connect: Callable[[], Awaitable[Client]],
        due: Callable[[], list[Said]],
        hear: Callable[[Msg], Said | None],
    ) -> None:
        self._loop = loop
        self._subject = subject
        self._connect = connect
        self._due = due
        self._hear = hear

    def start(self) -> None:
        """It ends with the process."""
        threading.Thread(target=self._watch, name="anabranch-stand-in", daemon=True).start()

    def _watch(self) -> None:
        while True:
            back = threading.Event()
            try:
                self._loop.call_soon_threadsafe(back.set)
            except RuntimeError:  # the loop is closed
                return
            if back.wait(LOOK_S):
                time.sleep(LOOK_S)
                continue
            try:
                asyncio.run(self._serve(back))
            except Exception as error:  # without a server there is nobody to speak to
                sys.stderr.write(f"anabranch worker: {type(error).__name__}: {error}\n")
                back.wait(LOOK_S)

    async def _serve(self, back: threading.Event) -> None:
        connection = await self._connect()

        async def hear(message: Msg) -> None:
            said = self._hear(message)
            if said is not None:
                await connection.publish(*said)

        try:
            await connection.subscribe(self._subject, cb=hear)  # pyright: ignore[reportUnknownMemberType]
            while not back.is_set() and not connection.is_closed:
                for said in self._due():
                    await connection.publish(*said)
                await asyncio.sleep(_TURN_S)
        finally:
            await connection.close()
