"""Whisper by faster-whisper: the model, and one call of it."""

import logging
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from anabranch import InvalidParamsError, NotAvailableError

from ._speech_audio import RATE, Samples

_loaded: Final[WeakValueDictionary[tuple[str, ...], Any]] = WeakValueDictionary()
_loading: Final = threading.Lock()

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


def load_whisper(model: str, device: str, compute_type: str, threads: int) -> Any:
    """The model of a name, a folder, or `package:NAME`; loaded once in a process, as long as a node uses it."""
    from faster_whisper import WhisperModel  # pyright: ignore[reportMissingTypeStubs]

    logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # It tells of every call.

    place = _place(model)
    key = (place, device, compute_type, str(threads))
    with _loading:
        found = _loaded.get(key)
        if found is None:
            try:
                found = WhisperModel(
                    place, device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
                )
            except (ValueError, RuntimeError) as error:
                raise InvalidParamsError(f"model: {model} cannot be loaded: {error}", issues=[]) from error
            except Exception as error:  # of its hub client: the model is not on this machine
                fix = "give the folder of a converted model, or fetch it once: huggingface_hub.snapshot_download(…)"
                raise NotAvailableError(f"the model {model} is not on this machine: {error}", fix=fix) from error
            _loaded[key] = found
        return found


def _place(model: str) -> str:
    """A folder as it is, of a package the folder in it that holds a model; its code is not run. Else a name."""
    if not model.startswith("package:"):
        return model
    name = model.removeprefix("package:").replace("-", "_")
    found = find_spec(name) if name.isidentifier() else None
    for folder in (Path(each) for each in (found and found.submodule_search_locations) or ()):
        for file in sorted(folder.glob("**/model.bin")):
            return str(file.parent)
    raise NotAvailableError(f"there is no model in a package {name}", fix=f"install {name}, or give a folder")


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
