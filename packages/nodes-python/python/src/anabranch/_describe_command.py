"""`python -m anabranch describe`: nodes as JSON on stdout, or why they cannot be told."""

from typing import NoReturn

from ._answer import answer
from ._discover import load_registry
from ._wire import VERSION


def describe(places: list[str]) -> NoReturn:
    """Prints `{"nodes": […], "wire": …}` or `{"error": {…}}`, and ends the process."""
    answer(lambda: {"nodes": load_registry(places).describe(), "wire": VERSION})
