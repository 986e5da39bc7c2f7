"""What nodes print, as log records."""

import io
import logging
from typing import Final

LINE_CHARACTERS: Final = 16_384
"""A longer line is cut in pieces."""


class PrintedLines(io.TextIOBase):
    """Stands for `sys.stdout`: each line is a record of the logger `print`."""

    def __init__(self) -> None:
        self._log = logging.getLogger("print")
        self._rest = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Keeps what has no end of line yet."""
        *lines, self._rest = (self._rest + text).split("\n")
        if len(self._rest) > LINE_CHARACTERS:
            lines, self._rest = [*lines, self._rest], ""
        for line in lines:
            self._log.info("%s", line)
        return len(text)
