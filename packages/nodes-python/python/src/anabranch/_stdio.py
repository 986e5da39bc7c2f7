"""Standard streams of a worker: stdin is the parent's sign of life, stdout belongs to nobody, stderr carries text."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable

GRACE_S = 0.7


def send_stdout_to_stderr() -> None:
    """What nodes and C libraries print goes to stderr, line by line, so that a host can pass it on at once."""
    os.dup2(2, 1)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def read_line(descriptor: int, most: int = 65536) -> bytes:
    """The first line of a pipe, without reading past it."""
    line = bytearray()
    while len(line) < most:
        byte = os.read(descriptor, 1)
        if byte in (b"", b"\n"):
            break
        line += byte
    return bytes(line)


def take_stdin() -> int:
    """Keeps the parent's pipe on a descriptor of our own; nodes that read or close stdin see an empty one."""
    kept = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return kept


def watch_parent(descriptor: int, on_end: Callable[[], object]) -> None:
    """Calls `on_end` when the parent closes the pipe or dies, and ends the process soon after, whatever it does."""

    def watch() -> None:
        while os.read(descriptor, 4096):
            pass
        on_end()
        time.sleep(GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="anabranch-parent", daemon=True).start()


class LogPackets(logging.Handler):
    """Hands log records on as (level, logger, message)."""

    def __init__(self, send: Callable[[str, str, str], None]) -> None:
        super().__init__()
        self._send = send
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """One record, with its traceback in the message."""
        levels = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"))
        level = next((name for least, name in levels if record.levelno >= least), "debug")
        self._send(level, record.name, self.format(record))
