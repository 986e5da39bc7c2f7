"""A node that notes when its work is given up."""

import asyncio
import time
from collections.abc import AsyncIterator

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["PatientNode"]


@node("PatientNode", summary="Waits.", inputs={"input": "json"}, outputs={"output": "json"})
class PatientNode(NodeExecutor[NoParams]):
    """Input `wait`: until it is cancelled. `deaf`: it answers all the same. `when`: tells when that was, in ns."""

    cancelled: list[int]

    async def prepare(self) -> None:
        self.cancelled = []

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        what = inputs.data["input"]["do"]
        if what in ("wait", "deaf"):
            yield NodeOutputs({"output": "begun"})
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.append(time.monotonic_ns())
                if what == "wait":
                    raise
        yield NodeOutputs({"output": {"cancelled": self.cancelled, "cpu": time.process_time_ns()}})
