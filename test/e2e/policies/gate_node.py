"""The node of gate.ts once more."""

import asyncio
from pathlib import Path

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node

__all__ = ["GateNode"]


class GateParams(Params, frozen=True):
    """Where it looks."""

    folder: str


@node(
    "GateNode",
    summary="Gives a number once it is let through.",
    inputs={"input": "number"},
    outputs={"output": "number"},
    params=GateParams,
)
class GateNode(NodeExecutor[GateParams]):
    """Works at one input for as long as there is no file of its turn's number in a folder."""

    turn = 0

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        file = Path(self.params.folder, str(self.turn))
        self.turn += 1
        while not file.exists():
            await asyncio.sleep(0.001)
        return NodeOutputs({"output": inputs.data["input"]})
