"""A node that a worker prepares before it is asked for it."""

import asyncio
import inspect
import threading
from contextlib import suppress
from typing import Any, Final

import msgspec

from ._discover import load_registry
from ._params import convert_params
from ._stdio import read_line

_AHEAD_S: Final = 1.0
"""So long it waits for what a node imports that is prepared ahead, before it goes on beside it."""

_prepared: Final[list[Any]] = []
"""Kept as long as the process lives: what instances share, as a model, lives as long as one of them has it."""


class AheadNode(msgspec.Struct, frozen=True):
    """A node that will be asked for, as far as it is known before its pipeline is checked."""

    module: str
    type: str
    params: dict[str, Any] = {}


def prepare_ahead(wanted: AheadNode) -> None:
    """Prepares an instance, which takes no input: the next one finds loaded what instances share.

    What goes wrong is told by the one that is asked for.
    """
    with suppress(Exception):
        executor = load_registry([wanted.module]).get(wanted.type)
        instance = executor(convert_params(wanted.type, executor.spec.params, wanted.params))
        prepared = instance.prepare()
        if inspect.isawaitable(prepared):
            asyncio.run(_awaited(prepared))
        _prepared.append(instance)


async def _awaited(later: Any) -> None:
    await later


class Ahead:
    """The node that a worker is told of before its configuration, read and prepared by a thread."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._told = threading.Event()
        self._went_first = False
        self._thread = threading.Thread(target=self._prepare, name="anabranch-ahead", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the line that tells of it is read; the next is the configuration."""
        self._told.wait()

    def go_first(self) -> None:
        """Where it is known by now, what it imports comes before what the caller imports; but not for ever."""
        if self._told.is_set() and not self._went_first:
            self._went_first = True
            self._thread.join(_AHEAD_S)

    def _prepare(self) -> None:
        line = read_line(self._parent, most=1 << 26)
        self._told.set()
        node = msgspec.json.decode(line, type=AheadNode | None) if line else None
        if node is not None:
            prepare_ahead(node)
