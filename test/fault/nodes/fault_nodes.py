"""Nodes to be killed at work, and nodes that do what no node should."""

import asyncio
import ctypes
import os
import sys

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["FaultNode", "PureWorkNode", "WorkNode"]


class Work(NodeExecutor[NoParams]):
    """Says who did the work."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        await asyncio.sleep(0.0005)
        return NodeOutputs({"output": {"n": inputs.data["input"], "pid": os.getpid()}})


@node(
    "WorkNode",
    summary="Works a little.",
    inputs={"input": "number"},
    outputs={"output": "json"},
)
class WorkNode(Work):
    """Stateful: what is lost is not tried again."""


@node(
    "PureWorkNode",
    summary="The same.",
    inputs={"input": "number"},
    outputs={"output": "json"},
    purity="pure",
)
class PureWorkNode(Work):
    """Pure: what is lost is tried again."""


@node(
    "FaultNode",
    summary="Does it.",
    inputs={"input": "text"},
    outputs={"output": "json"},
    purity="pure",
)
class FaultNode(NodeExecutor[NoParams]):
    """One fault for each word; any other input comes back."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        match inputs.data["input"]:
            case "loop":
                while True:
                    pass
            case (
                "native sleep"
            ):  # holds the lock of the interpreter: no other thread runs
                ctypes.PyDLL(None).sleep(3600)
            case "abort":
                os.abort()
            case "exit":
                sys.exit(3)
            case "print":
                for _ in range(1024):
                    os.write(1, b"x" * 1023 * 1024 + b"\n" * 1024)
            case "close stdin":
                os.close(0)
            case "memory":
                raise MemoryError("no memory for a model")
        return NodeOutputs({"output": {"n": inputs.data["input"], "pid": os.getpid()}})
