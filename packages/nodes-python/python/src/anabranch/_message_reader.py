"""Cuts NATS messages out of the memory that a socket fills."""

from collections.abc import Callable
from typing import Final

READ_BYTES: Final = 256 * 1024
"""Of one read. Memory for it is used again and again, and made larger only for one message that needs it."""
_LEAST_ROOM: Final = 64 * 1024
_MESSAGE_MOST: Final = 64 * 1024 * 1024
"""No server takes more."""
_END: Final = b"\r\n"


class MessageReader:
    """Hands on each message once it is whole, as its subject and its bytes, and every other line as it is.

    A message is copied once, into bytes of its own. `room` gives memory to be filled, `filled` says how much of it was.
    """

    def __init__(self, message: Callable[[str, bytes], object], line: Callable[[bytes], object]) -> None:
        self._message = message
        self._line = line
        self._use(bytearray(READ_BYTES), 0)

    def room(self) -> memoryview:
        """Where the next bytes go; never empty."""
        return self._view[self._end :]

    def filled(self, count: int) -> None:
        """So many bytes are there. ValueError where they are no NATS: nothing can be read behind them."""
        self._end += count
        wanted = 0
        while not wanted and self._start < self._end:
            wanted = self._next()
        if self._start == self._end:
            if len(self._buffer) > READ_BYTES:
                self._use(bytearray(READ_BYTES), 0)
            self._start = self._end = 0
        elif len(self._buffer) - self._start < wanted:
            self._move(wanted)

    def _next(self) -> int:
        """Hands on what is first. Where that is not whole: for how many bytes there has to be memory."""
        buffer, start = self._buffer, self._start
        stop = buffer.find(_END, start, self._end)
        if stop < 0:
            if self._end - start > _LEAST_ROOM:
                raise ValueError(f"a line of more than {_LEAST_ROOM} bytes")
            return self._end - start + _LEAST_ROOM
        body = stop + len(_END)
        line = bytes(self._view[start:body])
        if not line.startswith((b"MSG ", b"HMSG ")):
            self._start = body
            self._line(line)
            return 0
        parts = line.split()
        size = int(parts[-1])
        if not 0 <= size <= _MESSAGE_MOST:
            raise ValueError(f"a message of {size} bytes")
        end = body + size
        if end + len(_END) > self._end:
            return end + len(_END) - start
        if line.startswith(b"H"):
            body += int(parts[-2])
        self._start = end + len(_END)
        self._message(parts[1].decode(), bytes(self._view[body:end]))
        return 0

    def _move(self, wanted: int) -> None:
        """What is there moves to the beginning, of larger memory where it has to be."""
        rest = self._view[self._start : self._end]
        count = len(rest)
        if wanted <= len(self._buffer):
            self._view[:count] = rest
            self._start, self._end = 0, count
        else:
            larger = bytearray(wanted)
            larger[:count] = rest
            self._use(larger, count)

    def _use(self, buffer: bytearray, end: int) -> None:
        self._buffer = buffer
        self._view = memoryview(buffer)
        self._start = 0
        self._end = end
