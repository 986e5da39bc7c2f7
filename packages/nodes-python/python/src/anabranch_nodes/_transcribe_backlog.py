"""What TranscribeNode was given, and when the model is called for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import numpy as np

from anabranch import AudioFormatError, InvalidInputsError, NodeInputs

from ._speech_audio import RATE, SpeechAudio, Stretch, cut_at_pause, sample_at
from ._transcribe_batch import WINDOW, Batch, batch_of
from ._transcribe_params import TranscribeParams

SILENCE = 1e-6
"""Mean square below which a window holds nothing that could be speech: -60 dBFS."""
FIRST = WINDOW // 8
"""Where audio comes faster than it sounds the first call takes about so much speech, so that there is a text soon."""
HURRY = 1.5
"""How much faster than it sounds, since the first of it and within a look."""
LOOK_S = 0.25
"""How long a look at what comes takes."""


class Backlog:
    """What was heard and told, until the model has time for it."""

    def __init__(self, params: TranscribeParams) -> None:
        self._params = params
        self._audio = SpeechAudio()
        self._told: list[Stretch] = []
        """Told, but their audio has not all come."""
        self._ready: list[Stretch] = []
        self._over = False
        self._changed = asyncio.Event()
        self._worth = FIRST
        """Speech that the next call waits for, as long as audio hurries."""
        self._first_sample = 0
        """Where the audio began, and when it came."""
        self._first_s = 0.0
        self._heard_to = 0
        """Without segments: up to here all is ready."""

    async def read(self, inputs: AsyncIterator[NodeInputs]) -> None:
        """Takes inputs, but not more than the model can use at once."""
        try:
            async for each in inputs:
                self._take(each)
                while self._speech >= WINDOW:
                    self._changed.clear()
                    await self._changed.wait()
        finally:
            self._over = True
            self._settle()
            self._changed.set()

    async def batch(self) -> Batch | None:
        """The next call, as soon as there is something for it; None at the end."""
        while not self._ready:
            if self._over:
                return None
            self._changed.clear()
            await self._changed.wait()
        most = min(self._params.batch_ms * RATE // 1000, WINDOW)
        enough = min(self._worth, most)
        while self._speech < enough and await self._hurries(enough):
            pass
        self._worth = WINDOW
        batch = batch_of(self._audio, self._ready, most, enough)
        self._changed.set()
        return batch

    async def _hurries(self, enough: int) -> bool:
        """Whether audio comes faster than it sounds. Waits a little while for more of it, or for enough speech."""
        loop = asyncio.get_running_loop()
        start, before = loop.time(), self._audio.end
        if self._audio.end - self._first_sample < HURRY * (start - self._first_s) * RATE:
            return False
        while not self._over and self._speech < enough and (left := start + LOOK_S - loop.time()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
        return not self._over and self._audio.end - before > HURRY * (loop.time() - start) * RATE

    @property
    def _speech(self) -> int:
        return sum(stretch.length for stretch in self._ready)

    def _take(self, inputs: NodeInputs) -> None:
        if "input" in inputs:
            buffer = inputs.get_audio_buffer("input")
            if buffer.sample_rate != RATE or buffer.channels != 1:
                found = f"{buffer.channels} channels of {buffer.sample_rate} Hz"
                fix = f"put an AudioResampleNode with output_rate {RATE} and a ChannelMixNode before it"
                raise AudioFormatError(f"TranscribeNode takes mono audio of {RATE} Hz, not {found}", fix=fix)
            if self._audio.end == 0:
                self._heard_to = self._first_sample = sample_at(inputs.pts)
                self._first_s = asyncio.get_running_loop().time()
            self._audio.add(buffer, inputs.pts)
        if "segment" in inputs:
            self._tell(inputs.get_record("segment"))
        self._settle()

    def _tell(self, segment: dict[str, Any]) -> None:
        if not self._params.segments:
            raise InvalidInputsError("a segment, but segments: false", key="segment", fix="leave one of them out")
        start, end = segment.get("start_ms"), segment.get("end_ms")
        if not isinstance(start, int | float) or not isinstance(end, int | float) or not start < end:
            text = f"a segment from {start} to {end}; it needs start_ms before end_ms"
            raise InvalidInputsError(text, key="segment")
        self._told.append(Stretch(sample_at(start * 1000), sample_at(end * 1000)))

    def _settle(self) -> None:
        if self._params.segments:
            while self._told and (self._over or self._told[0].end <= self._audio.end):
                self._cut(self._told.pop(0), last=True)
        else:
            self._cut(Stretch(self._heard_to, self._audio.end), last=self._over)
        kept = [*self._ready, *self._told]
        if not self._params.segments:
            self._audio.forget(min([self._heard_to, *(stretch.start for stretch in kept)]))
        if self._ready:
            self._changed.set()

    def _cut(self, stretch: Stretch, *, last: bool) -> None:
        """Makes a stretch ready, in pieces where it is longer than a call takes; the last piece if it is complete."""
        while stretch.length > WINDOW:
            at = stretch.start + cut_at_pause(self._audio.read(stretch), WINDOW * 2 // 3, WINDOW)
            self._add(Stretch(stretch.start, at))
            stretch = Stretch(at, stretch.end)
        if last and stretch.length > 0:
            self._add(stretch)
            stretch = Stretch(stretch.end, stretch.end)
        self._heard_to = stretch.start

    def _add(self, stretch: Stretch) -> None:
        samples = self._audio.read(stretch)
        if len(samples) > 0 and (self._params.segments or float(np.mean(np.square(samples))) >= SILENCE):
            self._ready.append(stretch)
