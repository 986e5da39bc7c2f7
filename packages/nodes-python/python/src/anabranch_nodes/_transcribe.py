import asyncio
from collections.abc import AsyncIterator

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Port, node

from ._speech_audio import RATE
from ._transcribe_backlog import Backlog
from ._transcribe_batch import captions_of
from ._transcribe_params import TranscribeParams
from ._whisper import transcribe
from ._whisper_model import WhisperModel, WhisperOptions, find_whisper, load_whisper


@node(
    "TranscribeNode",
    summary="Turns speech into text, with the times of its words.",
    params=TranscribeParams,
    inputs={
        "input": Port(kind="audio", sample_rate=RATE, channels=1, optional=True),
        "segment": Port(kind="json", optional=True),
    },
    outputs={"output": "json", "text": "text"},
    join="merge",
    time="own",
    model=True,
    heavy=True,
    filters=True,
    max_held=100_000,
    requires=("faster_whisper",),
    extra="transcribe",
)
class TranscribeNode(NodeExecutor[TranscribeParams]):
    """Whisper, by faster-whisper.

    Takes audio on `input` and, in any order, stretches of speech on `segment`: `{start_ms, end_ms}` as VADNode gives.
    Gives `{text, start_ms, end_ms, confidence, language, words}` for each stretch with words; each word has `text`,
    `start_ms`, `end_ms` and `confidence`, the probability of the model, 0 … 1. Times are media time.

    Whisper hears 30 s in every call, filled up with silence: it costs as much for one second. With `fill_ms: 20000` a
    call of a few seconds takes two thirds of the time; with less it begins to mishear. So stretches that had to
    wait while the model was at work share the next call, up to `batch_ms`; one that comes while it idles goes at once.
    Where audio comes faster than it sounds, as from a file, calls wait until they are full: the first for 3.5 s of
    speech, the others for as much as may share one. So the calls of a file do not depend on the machine.

    It is prepared as soon as the model is found, and takes the first audio while the model is loaded. One that is found
    but cannot be loaded fails the node then.
    """

    async def prepare(self) -> None:
        self._model = await asyncio.to_thread(self._load)

    def _load(self) -> WhisperModel:
        params = self.params
        folder = find_whisper(params.model)
        return load_whisper(WhisperOptions(folder, params.fill_ms, params.device, params.compute_type, params.threads))

    async def stream(self, inputs: AsyncIterator[NodeInputs]) -> AsyncIterator[NodeOutputs]:
        work = Backlog(self.params)
        reading = asyncio.create_task(work.read(inputs))
        try:
            model = await self._model.loaded()
            while (batch := await work.batch()) is not None:
                words, language = await asyncio.to_thread(
                    transcribe, model, batch.samples, self.params.language, self.params.beam_size
                )
                for caption in captions_of(batch, words, language):
                    outputs = {"output": caption, "text": caption["text"]}
                    yield NodeOutputs(outputs, pts=caption["start_ms"] * 1000)
            await reading
        finally:
            reading.cancel()

    async def cleanup(self) -> None:
        vars(self).pop("_model", None)  # also where it was not prepared
