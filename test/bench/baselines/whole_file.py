"""A recording to text, by the same model as the demo, in one call for the whole file.

    python whole_file.py SOUND MODEL_PACKAGE

It prints each segment on a line as soon as the model gives it. It reads the file as faster-whisper does, and has its
words timed as the node does. Beside them it has the times of segments, by which the model goes on from window to window;
the node, which cuts at pauses, does without. The demo's calls are filled up to 20 s, those of faster-whisper to 30 s; its
worker keeps freed memory and lets threads without work sleep sooner, which a script like this does not.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from faster_whisper import WhisperModel

sound, package = sys.argv[1:]
[folder] = find_spec(package).submodule_search_locations
model = WhisperModel(str(next(Path(folder).glob("**/model.bin")).parent), device="cpu", compute_type="int8")
segments, _ = model.transcribe(
    sound, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False, word_timestamps=True
)
for segment in segments:
    print(segment.text, flush=True)
