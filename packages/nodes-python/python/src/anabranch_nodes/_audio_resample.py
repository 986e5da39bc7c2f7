from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
from msgspec import Meta

from anabranch import AudioBuffer, InvalidInputsError, NodeExecutor, NodeInputs, NodeOutputs, Params, node

Rate = Annotated[int, Meta(ge=1000, le=768_000)]
QUALITY: Final = {"low": "MQ", "medium": "HQ", "high": "VHQ"}


class AudioResampleParams(Params, frozen=True):
    output_rate: Annotated[int, Meta(ge=1000, le=768_000, description="The sample rate that goes out, in Hz.")]
    input_rate: Annotated[
        Rate | None,
        Meta(description="The sample rate that must come in, in Hz. Without it, any rate may, and may change."),
    ] = None
    quality: Annotated[
        Literal["low", "medium", "high"],
        Meta(description="How steep the filter is: the steeper, the later its output."),
    ] = "medium"


@node(
    "AudioResampleNode",
    summary="Changes the sample rate of audio.",
    params=AudioResampleParams,
    inputs={"input": "audio"},
    outputs={"output": "audio"},
    time="samples",
    requires=("soxr",),
    extra="resample",
)
class AudioResampleNode(NodeExecutor[AudioResampleParams]):
    """The twin of the native node, by soxr.

    Gives `round(n · output_rate / input_rate)` samples for n, the first of both at the same time. The tail goes out at
    the end, and before the first frame of another format or after a gap.
    """

    def __init__(self, params: AudioResampleParams) -> None:
        super().__init__(params)
        self._run: _Run | None = None

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        buffer = inputs.get_audio_buffer("input")
        self._check(buffer)
        if self._run is not None and (inputs.discont or not self._run.takes(buffer)):
            for tail in self._ended():
                yield tail
        if self._run is None:
            self._run = _Run(buffer, inputs.pts, self.params.output_rate, QUALITY[self.params.quality])
        if (outputs := self._run.push(buffer)) is not None:
            yield outputs

    async def flush(self) -> AsyncIterator[NodeOutputs]:
        for tail in self._ended():
            yield tail

    async def reset(self) -> None:
        self._run = None

    def _check(self, buffer: AudioBuffer) -> None:
        expected = self.params.input_rate
        if expected is not None and expected != buffer.sample_rate:
            fix = f"set `input_rate` to {buffer.sample_rate}, or leave it out to take any rate"
            text = f"input 'input' has {buffer.sample_rate} Hz; `input_rate` says {expected} Hz"
            raise InvalidInputsError(text, key="input", fix=fix)
        if len(buffer) == 0:
            fix = "send nothing instead of an empty frame"
            raise InvalidInputsError("input 'input' is a frame without samples", key="input", fix=fix)
        if not np.isfinite(buffer.samples).all():
            at = int(np.flatnonzero(~np.isfinite(buffer.samples))[0])
            fix = "replace it before, or find out where it comes from"
            raise InvalidInputsError(f"input 'input': the sample at {at} is {buffer.samples[at]}", key="input", fix=fix)

    def _ended(self) -> list[NodeOutputs]:
        run, self._run = self._run, None
        outputs = None if run is None else run.end()
        return [] if outputs is None else [outputs]


class _Run:
    """Frames of one format. Counts, so that as many samples leave as the rates say, each at its time."""

    def __init__(self, first: AudioBuffer, pts: float, output_rate: int, quality: str) -> None:
        self._channels = first.channels
        self._pts = pts
        self._rate = first.sample_rate
        self._output_rate = output_rate
        self._taken = self._given = 0
        self._stream: Any = None
        if self._rate != output_rate:
            from soxr import ResampleStream  # pyright: ignore[reportMissingTypeStubs]

            self._stream = ResampleStream(self._rate, output_rate, self._channels, dtype="float32", quality=quality)

    def takes(self, buffer: AudioBuffer) -> bool:
        return buffer.sample_rate == self._rate and buffer.channels == self._channels

    def push(self, buffer: AudioBuffer) -> NodeOutputs | None:
        self._taken += len(buffer)
        return self._outputs(buffer.frames if self._stream is None else self._stream.resample_chunk(buffer.frames))

    def end(self) -> NodeOutputs | None:
        if self._stream is None:
            return None
        frames = self._stream.resample_chunk(np.zeros((0, self._channels), np.float32), last=True)
        wanted = round(self._taken * self._output_rate / self._rate) - self._given
        missing = max(0, wanted - len(frames))
        return self._outputs(np.pad(frames, ((0, missing), (0, 0)))[:wanted])

    def _outputs(self, frames: npt.NDArray[np.float32]) -> NodeOutputs | None:
        if len(frames) == 0:
            return None
        pts = self._pts + round(self._given * 1e6 / self._output_rate)
        self._given += len(frames)
        samples = np.ascontiguousarray(frames, np.float32).reshape(-1)
        return NodeOutputs({"output": AudioBuffer(samples, self._output_rate, self._channels)}, pts=pts)
