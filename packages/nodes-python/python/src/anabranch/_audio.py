"""Audio as a node sees it: a numpy view with its rate and channel count."""

import numpy as np
import numpy.typing as npt

from ._errors import AudioFormatError
from ._limits import CHANNELS_MAX, SAMPLE_RATE_MAX, SAMPLE_RATE_MIN

type_of_samples = np.dtype("<f4")


class AudioBuffer:
    """Interleaved float32 samples, their rate in Hz and channel count. A view, never a copy.

    What a node gets as input is read-only, and valid only while it works on it: keep `copy()`, not the buffer.
    """

    __slots__ = ("channels", "sample_rate", "samples")

    samples: npt.NDArray[np.float32]
    sample_rate: int
    channels: int

    def __init__(self, samples: npt.NDArray[np.float32], sample_rate: int, channels: int = 1) -> None:
        if samples.dtype != type_of_samples or samples.ndim != 1:
            found = f"{samples.dtype} with {samples.ndim} dimensions"
            fix = "interleave the channels into one dimension: samples.astype(np.float32).reshape(-1)"
            raise AudioFormatError(f"samples are {found}, not float32 with one", fix=fix)
        if not SAMPLE_RATE_MIN <= sample_rate <= SAMPLE_RATE_MAX:
            raise AudioFormatError(f"sample rate {sample_rate} is not in {SAMPLE_RATE_MIN}-{SAMPLE_RATE_MAX} Hz")
        if not 1 <= channels <= CHANNELS_MAX:
            raise AudioFormatError(f"{channels} channels is not in 1-{CHANNELS_MAX}")
        if len(samples) % channels:
            raise AudioFormatError(f"{len(samples)} samples do not divide into {channels} channels")
        self.samples = samples
        self.sample_rate = sample_rate
        self.channels = channels

    def __len__(self) -> int:
        """Samples of one channel."""
        return len(self.samples) // self.channels

    def __repr__(self) -> str:
        return f"AudioBuffer({len(self)} samples, {self.sample_rate} Hz, {self.channels} channels)"

    @property
    def duration_us(self) -> int:
        """Duration in µs: samples of one channel · 10⁶ / rate, rounded."""
        return round(len(self) * 1_000_000 / self.sample_rate)

    @property
    def frames(self) -> npt.NDArray[np.float32]:
        """The same memory with one row for each sampling instant and one column for each channel."""
        return self.samples.reshape(-1, self.channels)

    def with_samples(self, samples: npt.NDArray[np.float32]) -> "AudioBuffer":
        """Other samples at the same rate and channel count."""
        return AudioBuffer(samples, self.sample_rate, self.channels)

    def copy(self) -> "AudioBuffer":
        """The same samples in memory of their own: for what a node keeps from one call to the next."""
        return self.with_samples(self.samples.copy())


def checked_audio(samples: npt.NDArray[np.float32], sample_rate: int, channels: int) -> AudioBuffer:
    """An AudioBuffer of what is known to be one: for a stream, whose frames are looked over by their first."""
    audio = AudioBuffer.__new__(AudioBuffer)
    audio.samples = samples
    audio.sample_rate = sample_rate
    audio.channels = channels
    return audio
