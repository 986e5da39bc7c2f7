"""faster-whisper, with as much silence behind short speech as is asked for; loaded with the first model."""

import logging
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ._put_off import put_off

put_off("av")  # It reads sound files, which a node is never given.
from faster_whisper import WhisperModel  # noqa: E402  # pyright: ignore[reportMissingTypeStubs]

FRAMES_S: Final = 100
"""Of the spectrum that Whisper hears, in a second."""
BEHIND: Final = 2 * FRAMES_S
"""At least so much silence follows: text behind an end that comes at once is made up."""

logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # It tells of every call.


class FilledWhisper(WhisperModel):
    """A model that hears `fill_ms` at least, where faster-whisper fills every call up to 30 s.

    The encoder is most of what a short call costs, and its time grows faster than what it hears.
    """

    def __init__(self, folder: str, fill_ms: int, **options: Any) -> None:
        super().__init__(folder, **options)  # pyright: ignore[reportUnknownMemberType]
        self._fill: Final = fill_ms * FRAMES_S // 1000

    def encode(self, features: npt.NDArray[np.float32]) -> Any:
        """What the decoder works on. `features` is [bands, frames], and zero behind the speech."""
        heard = int(np.flatnonzero(features.any(axis=0))[-1]) + 1 if features.any() else 0
        filled: Any = features[:, : max(heard + BEHIND, self._fill)]
        return super().encode(filled)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
