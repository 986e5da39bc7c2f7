"""A node that is heard in every way in which Python is: lines, log records, tracebacks."""

import logging
import time

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["VoiceNode"]


@node(
    "VoiceNode",
    summary="Does what its input says.",
    inputs={"input": "text"},
    outputs={"output": "text"},
)
class VoiceNode(NodeExecutor[NoParams]):
    """Says something, fails, or keeps its loop from turning."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        match inputs.data["input"]:
            case "print":
                print("printed\nin two lines")
            case "log":
                logging.getLogger("speech").warning("%d of %d", 1, 2)
                self.context.log.error("by its own log")
            case "block":
                print("before it blocks")
                time.sleep(5)
            case word:
                divide(len(word), 0)
        return NodeOutputs({"output": "done"})


def divide(one: int, other: int) -> float:
    """Not every time."""
    return one / other
