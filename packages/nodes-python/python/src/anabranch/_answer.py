"""What a command answers to a host: one JSON object on stdout. What code of others prints meanwhile goes to stderr."""

import json
import os
from collections.abc import Callable
from typing import Any, NoReturn

from ._failure import failure_values
from ._stdio import send_stdout_to_stderr


def answer(make: Callable[[], dict[str, Any]]) -> NoReturn:
    """Prints what it makes, or `{"error": {…}}` for what it raises, and ends the process."""
    out = os.dup(1)
    send_stdout_to_stderr()
    try:
        text, code = json.dumps(make(), indent=2, ensure_ascii=False), 0
    except Exception as error:
        text, code = json.dumps({"error": failure_values(error)}, indent=2, ensure_ascii=False), 2
    with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write(text + "\n")
    os._exit(code)
