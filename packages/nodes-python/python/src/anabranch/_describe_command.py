"""`python -m anabranch describe`: nodes as JSON on stdout, or why they cannot be told."""

import json
import os
from typing import Any, NoReturn

from ._discover import load_registry
from ._errors import AnabranchError
from ._failure import failure_values
from ._stdio import send_stdout_to_stderr
from ._wire import VERSION


def describe(places: list[str]) -> NoReturn:
    """Prints `{"nodes": […], "wire": …}` or `{"error": {…}}`, and ends. What imports print goes to stderr."""
    out = os.dup(1)
    send_stdout_to_stderr()
    result: dict[str, Any]
    try:
        result = {"nodes": load_registry(places).describe(), "wire": VERSION}
    except AnabranchError as error:
        result = {"error": failure_values(error)}
    with open(out, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    os._exit(2 if "error" in result else 0)
