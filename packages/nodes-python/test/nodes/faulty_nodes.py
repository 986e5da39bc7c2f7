"""Nodes that misbehave, each in one way."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator

from anabranch import InvalidInputsError, NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["ActingNode", "CountingNode", "EchoNode"]


@node("EchoNode", summary="Gives back what it gets.", inputs={"input": "anything"}, outputs={"input": "anything"})
class EchoNode(NodeExecutor[NoParams]):
    """Any value there and back."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs(inputs.data)


@node("CountingNode", summary="Counts up to a number.", inputs={"input": "number"}, outputs={"output": "number"})
class CountingNode(NodeExecutor[NoParams]):
    """Several outputs of one input."""

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        for number in range(inputs.data["input"]):
            yield NodeOutputs({"output": number})


@node("ActingNode", summary="Does what its input says.", inputs={"input": "text"}, outputs={"output": "text"})
class ActingNode(NodeExecutor[NoParams]):
    """One method for each fault."""

    def validate_inputs(self, inputs: NodeInputs) -> None:
        if inputs.get("input") == "refuse":
            raise InvalidInputsError("refused", key="input")

    async def execute(self, inputs: NodeInputs) -> NodeOutputs | None:
        match inputs.data["input"]:
            case "raise":
                raise ValueError("no such speaker")
            case "exit":
                sys.exit(3)
            case "abort":
                os.abort()
            case "close stdin":
                os.close(0)
            case "print":
                print("printed by a node")  # noqa: T201
                os.write(1, b"written to descriptor 1\n")
                logging.getLogger("speech").warning("logged by a node")
            case "sleep":
                await asyncio.sleep(30)
            case "block":
                time.sleep(5)  # noqa: ASYNC251
            case "nothing":
                return None
            case "undeclared":
                return NodeOutputs({"other": 1})
            case "a set":
                return NodeOutputs({"output": {1, 2}})
        return NodeOutputs({"output": "done"})
