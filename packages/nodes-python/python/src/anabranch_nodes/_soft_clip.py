from typing import Annotated

import numpy as np
from msgspec import Meta

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node


class SoftClipParams(Params, frozen=True):
    drive: Annotated[float, Meta(gt=0, le=100, description="Gain before the curve.")] = 1.0


@node(
    "SoftClipNode",
    summary="Bends loud samples with tanh(drive · x), so that none leaves -1…1.",
    params=SoftClipParams,
    inputs={"input": "audio"},
    outputs={"output": "audio"},
    purity="pure",
)
class SoftClipNode(NodeExecutor[SoftClipParams]):
    """y = tanh(drive · x), sample by sample."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        buffer = inputs.get_audio_buffer("input")
        samples = np.tanh(buffer.samples * np.float32(self.params.drive))
        return NodeOutputs.from_audio_buffer("output", buffer.with_samples(samples))
