"""The last minutes of an audio stream, by media time, and the stretches of it that are to be transcribed."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from anabranch import AudioBuffer

RATE: Final = 16_000
KEEP_S: Final = 120
"""How much audio is kept for a segment that is told late."""

Samples = npt.NDArray[np.float32]


class Stretch(NamedTuple):
    """From one sample to another, counted from media time 0."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """In samples."""
        return self.end - self.start


def sample_at(us: float) -> int:
    """The sample at a media time in µs."""
    return round(us * RATE / 1e6)


def ms_of(sample: float) -> float:
    """The media time of a sample in ms, to 0.1 ms."""
    return round(sample * 1000 / RATE, 1)


class SpeechAudio:
    """Keeps what was heard. A gap in media time is silence."""

    def __init__(self) -> None:
        self._parts: list[Samples] = []
        self.start = 0
        """The first sample that is kept, and the first that is still to come."""
        self.end = 0

    def add(self, buffer: AudioBuffer, pts: float) -> None:
        """Takes a frame that begins at a media time in µs."""
        at = sample_at(pts)
        if not self._parts or abs(at - self.end) > KEEP_S * RATE:
            self._parts, self.start, self.end = [], at, at
        elif at - self.end > RATE // 1000:
            self._append(np.zeros(at - self.end, np.float32))
        self._append(buffer.samples.copy())
        self.forget(self.end - KEEP_S * RATE)

    def forget(self, before: int) -> None:
        """Drops whole frames that end before a sample."""
        drop = 0
        while drop < len(self._parts) and self.start + len(self._parts[drop]) <= before:
            self.start += len(self._parts[drop])
            drop += 1
        del self._parts[:drop]

    def read(self, stretch: Stretch) -> Samples:
        """The samples of a stretch that are kept."""
        start, end = max(stretch.start, self.start), min(stretch.end, self.end)
        found: list[Samples] = []
        at = self.start
        for part in self._parts:
            if at < end and at + len(part) > start:
                found.append(part[max(0, start - at) : end - at])
            at += len(part)
        return np.concatenate(found) if found else np.zeros(0, np.float32)

    def _append(self, samples: Samples) -> None:
        self._parts.append(samples)
        self.end += len(samples)


def cut_at_pause(samples: Samples, least: int, most: int) -> int:
    """Where to cut audio that is too long: in the quietest 20 ms between two lengths in samples."""
    frame = RATE // 50
    part = samples[least : least + (most - least) // frame * frame].reshape(-1, frame)
    return least + int(np.argmin(np.square(part).sum(axis=1))) * frame + frame // 2
