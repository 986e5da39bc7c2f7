"""One node for each form that a Python node may have."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, Params, node

__all__ = ["CountSource", "MeanNode", "SumNode", "WaitNode"]


class CountParams(Params, frozen=True):
    to: int


@node("CountSource", summary="Counts.", outputs={"output": "number"}, params=CountParams)
class CountSource(NodeExecutor[CountParams]):
    """A source."""

    async def source(self) -> AsyncIterator[NodeOutputs]:
        for number in range(self.params.to):
            yield NodeOutputs({"output": number})


@node("MeanNode", summary="Means of three.", inputs={"input": "number"}, outputs={"output": "number"}, time="own")
class MeanNode(NodeExecutor[NoParams]):
    """A stream: the mean of each three numbers, at the time of the third, and of what is left."""

    async def stream(self, inputs: AsyncIterator[NodeInputs]) -> AsyncIterator[NodeOutputs]:
        numbers: list[float] = []
        async for each in inputs:
            numbers.append(each.get_number("input"))
            if len(numbers) == 3:
                yield NodeOutputs({"output": sum(numbers) / 3}, pts=each.pts)
                numbers.clear()
        if numbers:
            yield NodeOutputs({"output": sum(numbers) / len(numbers)})


@node("SumNode", summary="Adds up.", inputs={"input": "number"}, outputs={"output": "number"}, time="span")
class SumNode(NodeExecutor[NoParams]):
    """Gives its sum at the end, times what it was told."""

    def __init__(self, params: NoParams) -> None:
        super().__init__(params)
        self.sum, self.factor = 0.0, 1.0

    async def execute(self, inputs: NodeInputs) -> None:
        self.sum += inputs.get_number("input")

    async def flush(self) -> NodeOutputs:
        return NodeOutputs({"output": self.sum * self.factor})

    async def on_control(self, message: Any) -> None:
        self.factor = message["factor"]

    async def reset(self) -> None:
        self.sum, self.factor = 0.0, 1.0


@node("WaitNode", summary="Waits.", inputs={"input": "text"}, outputs={"output": "text"})
class WaitNode(NodeExecutor[NoParams]):
    """Tells how its waiting ended."""

    def __init__(self, params: NoParams) -> None:
        super().__init__(params)
        self.ended = "never"

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        if inputs.get_text("input") == "wait":
            self.context.log.info("waiting")
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.ended = "cancelled"
                raise
        return NodeOutputs({"output": self.ended})
