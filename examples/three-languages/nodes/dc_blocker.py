from typing import Annotated

import numpy as np
from msgspec import Meta

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node


class DcBlockerParams(Params, frozen=True):
    pole: Annotated[float, Meta(ge=0, lt=1, description="How slowly it forgets.")] = 0.995


@node(
    "DcBlockerNode",
    summary="Takes out what does not swing: y[n] = x[n] - x[n-1] + pole · y[n-1], for each channel.",
    params=DcBlockerParams,
    inputs={"input": "audio"},
    outputs={"output": "audio"},
)
class DcBlockerNode(NodeExecutor[DcBlockerParams]):
    async def prepare(self) -> None:
        await self.reset()

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        buffer = inputs.get_audio_buffer("input")
        if len(self._last) != buffer.channels:
            self._last = [(0.0, 0.0)] * buffer.channels
        output = np.empty_like(buffer.samples)
        for channel in range(buffer.channels):
            output[channel :: buffer.channels] = self._block(
                channel, buffer.samples[channel :: buffer.channels].tolist()
            )
        return NodeOutputs.from_audio_buffer("output", buffer.with_samples(output))

    async def reset(self) -> None:
        self._last: list[tuple[float, float]] = []
        """The last input and output of each channel."""

    def _block(self, channel: int, samples: list[float]) -> list[float]:
        last, y = self._last[channel]
        blocked: list[float] = []
        for x in samples:
            y = x - last + self.params.pole * y
            last = x
            blocked.append(y)
        self._last[channel] = (last, y)
        return blocked
