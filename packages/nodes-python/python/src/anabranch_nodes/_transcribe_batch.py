"""Several stretches of speech in one call of Whisper, which costs as much for one second as for thirty."""

from typing import Any, Final, NamedTuple

import numpy as np

from ._speech_audio import RATE, Samples, SpeechAudio, Stretch, ms_of
from ._whisper import Word

WINDOW: Final = 28 * RATE
"""What one call takes: Whisper's 30 s, less what its alignment needs at the end."""
PAUSE: Final = RATE // 2
"""Of a longer pause between two stretches so much goes along."""


class Piece(NamedTuple):
    """A stretch, and where it lies in the audio of the call."""

    stretch: Stretch
    at: int


class Batch(NamedTuple):
    """The audio of one call."""

    samples: Samples
    pieces: list[Piece]


def batch_of(audio: SpeechAudio, stretches: list[Stretch], most: int, enough: int) -> Batch:
    """Stretches from the first on, until there are `enough` samples, or no more fit into `most`; at least one.

    They are taken off the list.
    """
    parts: list[Samples] = []
    pieces: list[Piece] = []
    length = 0
    while stretches:
        stretch = stretches[0]
        pause = 0 if not pieces else min(PAUSE, max(0, stretch.start - pieces[-1].stretch.end))
        if pieces and (length >= enough or length + pause + stretch.length > most):
            break
        if pause:
            parts.append(audio.read(Stretch(stretch.start - pause, stretch.start)))
            length += len(parts[-1])
        pieces.append(Piece(stretch, length))
        parts.append(audio.read(stretch))
        length += len(parts[-1])
        stretches.pop(0)
    return Batch(np.concatenate(parts), pieces)


def captions_of(batch: Batch, words: list[Word], language: str) -> list[dict[str, Any]]:
    """The words by the stretch they were spoken in, with media times in ms."""
    found: list[dict[str, Any]] = []
    spoken: dict[int, list[Word]] = {}
    for word in words:
        middle = (word.start + word.end) / 2
        index = max((at for at, piece in enumerate(batch.pieces) if piece.at <= middle), default=0)
        spoken.setdefault(index, []).append(word)
    for index, mine in sorted(spoken.items()):
        stretch, at = batch.pieces[index]
        timed = [
            {
                "text": word.text,
                "start_ms": ms_of(_within(stretch, stretch.start + word.start - at)),
                "end_ms": ms_of(_within(stretch, stretch.start + word.end - at)),
                "confidence": round(word.confidence, 3),
            }
            for word in mine
        ]
        found.append(
            {
                "text": " ".join(word.text for word in mine),
                "start_ms": timed[0]["start_ms"],
                "end_ms": timed[-1]["end_ms"],
                "confidence": round(sum(word.confidence for word in mine) / len(mine), 3),
                "language": language,
                "words": timed,
            }
        )
    return found


def _within(stretch: Stretch, sample: float) -> float:
    return min(max(sample, stretch.start), stretch.end)
