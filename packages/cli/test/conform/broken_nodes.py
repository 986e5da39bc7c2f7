"""One good node, and five that break one rule each, as somebody would by mistake."""

import asyncio

import numpy as np

from anabranch import AudioBuffer, InvalidInputsError, NodeExecutor, NodeInputs, NodeOutputs, node

SOUND = {"inputs": {"input": "audio"}, "outputs": {"output": "audio"}}
WORDS = {"inputs": {"input": "text"}, "outputs": {"output": "text"}}


class Blocks(NodeExecutor):
    """Samples in blocks of 160."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rest = np.zeros(0, "f4")
        self.rate = 0

    def take(self, count: int) -> NodeOutputs | None:
        if count == 0:
            return None
        block, self.rest = self.rest[:count], self.rest[count:]
        return NodeOutputs.from_audio_buffer("output", AudioBuffer(block, self.rate))

    async def execute(self, inputs: NodeInputs) -> NodeOutputs | None:
        buffer = inputs.get_audio_buffer("input")
        if len(buffer.samples) == 0 or buffer.channels != 1 or self.rate not in (0, buffer.sample_rate):
            raise InvalidInputsError("it takes one channel, of one rate", key="input")
        self.rate = buffer.sample_rate
        self.rest = np.concatenate([self.rest, buffer.samples])
        return self.take(len(self.rest) - len(self.rest) % 160)

    async def reset(self) -> None:
        self.rest = np.zeros(0, "f4")
        self.rate = 0


@node("PyGoodNode", summary="Passes samples on, in blocks.", time="samples", **SOUND)
class PyGoodNode(Blocks):
    async def flush(self) -> NodeOutputs | None:
        return self.take(len(self.rest))


@node("PyLosesTailNode", summary="Has no flush.", time="samples", **SOUND)
class PyLosesTailNode(Blocks):
    pass


@node("PyByChunkNode", summary="Normalises each frame by itself.", purity="pure", **SOUND)
class PyByChunkNode(NodeExecutor):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        buffer = inputs.get_audio_buffer("input")
        peak = float(np.max(np.abs(buffer.samples), initial=1e-9))
        return NodeOutputs.from_audio_buffer("output", buffer.with_samples(buffer.samples / np.float32(peak)))


@node("PySwallowsNode", summary="Hides what goes wrong.", purity="pure", **SOUND)
class PySwallowsNode(NodeExecutor):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs | None:
        try:
            buffer = inputs.get_audio_buffer("input")
            if len(buffer.samples) == 0:
                raise ValueError("nothing to work on")
            return NodeOutputs.from_audio_buffer("output", buffer)
        except ValueError:
            return None


@node("PyWrongKeyNode", summary="Gives a key that it does not declare.", **WORDS)
class PyWrongKeyNode(NodeExecutor):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"outptu": inputs.data["input"]})


@node("PyDeafNode", summary="Does not listen.", **WORDS)
class PyDeafNode(NodeExecutor):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        done = asyncio.get_running_loop().time() + 0.15
        while (left := done - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                pass
        return NodeOutputs({"output": inputs.data["input"]})
