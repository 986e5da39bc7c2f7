"""What a node is given beside its inputs."""

import logging
from contextvars import ContextVar
from typing import Final


class Call:
    """One call of a node, seen by whoever runs it: a thread cannot be cancelled, but it can look here."""

    __slots__ = ("interrupted",)

    def __init__(self) -> None:
        self.interrupted = False


current_call: Final[ContextVar[Call | None]] = ContextVar("anabranch_call", default=None)


class NodeContext:
    """The place of a node: its id and its log."""

    __slots__ = ("log", "node_id")

    node_id: str
    """Which node of the graph this is."""
    log: logging.Logger
    """Its lines arrive in the log of the host, with the node's id."""

    def __init__(self, node_id: str) -> None:
        self.node_id = node_id
        self.log = logging.getLogger(node_id)

    @property
    def interrupted(self) -> bool:
        """Whether the input set at work was interrupted or timed out.

        A coroutine sees `asyncio.CancelledError` instead. A blocking node looks here where it works for long: what it
        gives for an interrupted set is ignored, but the next set waits for it.
        """
        call = current_call.get()
        return call is not None and call.interrupted
