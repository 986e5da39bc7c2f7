"""One call of Whisper, by faster-whisper."""

from typing import Any, Final, NamedTuple

from ._speech_audio import RATE, Samples

REST: Final = RATE // 2
"""What is left of a call behind its last word holds no other: stretches of speech end a little after it."""
CIRCLE: Final = 2.4
"""A text that can be compressed further than this repeats itself: the threshold of Whisper's own program."""


class Word(NamedTuple):
    """One word; times in samples from the start of the call."""

    text: str
    start: float
    end: float
    confidence: float


def transcribe(model: Any, samples: Samples, language: str | None, beam_size: int) -> tuple[list[Word], str]:
    """The words of at most 30 s of speech at 16 kHz, and the language.

    Times of words come from alignment. Nothing is drawn by chance, so equal audio gives equal text: where the model
    goes round in a circle, it is asked again with repetition made dearer, instead of at another temperature.
    """
    segments, found = _call(model, samples, language, beam_size)
    if any(segment.compression_ratio > CIRCLE for segment in segments):
        segments, found = _call(model, samples, language, beam_size, repetition_penalty=1.1)
    words = [
        Word(word.word.strip(), word.start * RATE, word.end * RATE, word.probability)
        for segment in segments
        for word in segment.words or ()
        if any(letter.isalnum() for letter in word.word)
    ]
    return words, found


def _call(model: Any, samples: Samples, language: str | None, beam_size: int, **more: float) -> tuple[list[Any], str]:
    """Segments with their words. Times come from alignment alone: those of segments would only end a window too soon,
    and each further window costs as much as a call. The model is asked for one as it is read."""
    segments, info = model.transcribe(
        samples,
        language=language,
        beam_size=beam_size,
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
        word_timestamps=True,
        **more,
    )
    read: list[Any] = []
    for segment in segments:
        read.append(segment)
        if len(samples) - segment.end * RATE < REST:
            break
    return read, info.language
