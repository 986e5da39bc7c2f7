"""Nodes that give back what they get, and say how they were called."""

import asyncio
import time
from collections.abc import AsyncIterator

from anabranch import AudioBuffer, NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["BusyNode", "EchoAudioNode", "EchoNode", "SlowCountNode", "StepNode"]


@node(
    "EchoNode",
    summary="Gives back what it gets.",
    inputs={"input": "anything"},
    outputs={"output": "anything"},
)
class EchoNode(NodeExecutor[NoParams]):
    """Any value there and back."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"output": inputs.data["input"]})


@node(
    "EchoAudioNode",
    summary="Gives back the audio.",
    inputs={"input": "audio"},
    outputs={"output": "audio"},
)
class EchoAudioNode(NodeExecutor[NoParams]):
    """Touches every sample: what it gives is an array of its own."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        audio = inputs.get_audio_buffer("input")
        return NodeOutputs(
            {
                "output": AudioBuffer(
                    audio.samples + 0, audio.sample_rate, audio.channels
                )
            }
        )


@node(
    "StepNode",
    summary="Says how many ran with it.",
    inputs={"input": "number"},
    outputs={"output": "json"},
)
class StepNode(NodeExecutor[NoParams]):
    """Counts the calls that are at work."""

    running = 0

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        self.running += 1
        await asyncio.sleep(0)
        given = {"n": inputs.data["input"], "running": self.running}
        self.running -= 1
        return NodeOutputs({"output": given})


@node(
    "SlowCountNode",
    summary="Counts without end.",
    inputs={"input": "number"},
    outputs={"output": "number"},
)
class SlowCountNode(NodeExecutor[NoParams]):
    """As many outputs as anybody reads."""

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        for number in range(inputs.data["input"]):
            yield NodeOutputs({"output": number})


@node(
    "BusyNode",
    summary="Keeps its processor busy for 100 ms.",
    inputs={"input": "number"},
    outputs={"output": "number"},
)
class BusyNode(NodeExecutor[NoParams]):
    """Counts until 100 ms of processor time are over, however many share the processor."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        return NodeOutputs({"output": inputs.get_number("input")})
