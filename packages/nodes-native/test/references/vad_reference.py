"""Writes ../fixtures/vad/*.json: what Silero VAD says of the project's recordings, clean and in noise at 10 dB.

Run: python vad_reference.py   (requirements.txt beside it; silero-vad with --no-deps). The weights are those in the
wheel of silero-vad, run by onnxruntime as its own wrapper runs them: windows of 512 samples at 16 kHz, before each the
last 64 samples of the one before, the state carried on, the last window filled up with zeros.
"""

import hashlib
import json
import sys
import types
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
import soxr

from noise import add_at_10_db, root_mean_square

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[3] / "examples"
OUT = HERE.parent / "fixtures" / "vad"
RECORDINGS = {
    "two-cities": EXAMPLES / "captions" / "data" / "two-cities-48k.wav",
    "austen": EXAMPLES / "three-runtimes" / "data" / "austen-16k.wav",
}
RATE, WINDOW, CONTEXT, THRESHOLD = 16000, 512, 64, 0.5


def silero_folder() -> Path:
    """Where the wheel put its files; found without importing it, as that would want torch."""
    spec = find_spec("silero_vad")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


WEIGHTS = silero_folder() / "data" / "silero_vad.onnx"


def probabilities(samples: np.ndarray) -> list[float]:
    """Silero's probability of speech for each window."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(WEIGHTS), options, providers=["CPUExecutionProvider"])
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros(CONTEXT, np.float32)
    found = []
    for start in range(0, len(samples), WINDOW):
        window = np.zeros(WINDOW, np.float32)
        part = samples[start : start + WINDOW]
        window[: len(part)] = part
        feeds = {"input": np.concatenate([context, window])[None], "state": state, "sr": np.array(RATE, np.int64)}
        probability, state = session.run(None, feeds)
        context = window[-CONTEXT:]
        found.append(float(probability[0, 0]))
    return found


def frame_segments(found: list[float], frames: int) -> list[list[int]]:
    """Runs of windows at or above the threshold, in milliseconds, the last one not beyond the end of the audio."""
    edges = np.diff([0, *(p >= THRESHOLD for p in found), 0])
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    end = frames * 1000 // RATE
    return [[int(s) * 32, min(int(e) * 32, end)] for s, e in zip(starts, ends, strict=True)]


def silero_segments(found: list[float], frames: int) -> list[list[int]]:
    """Silero's own rules for segments at their defaults, by its own function; it needs no more of torch."""
    torch = types.ModuleType("torch")
    torch.__dict__.update(Tensor=object, no_grad=lambda: lambda f: f, set_num_threads=lambda _: None)
    torch.__dict__.update(device=str, jit=types.SimpleNamespace(ScriptModule=object))
    sys.modules.setdefault("torch", torch)
    from silero_vad.utils_vad import get_speech_timestamps_from_probs

    segments = get_speech_timestamps_from_probs(
        found, sampling_rate=RATE, threshold=THRESHOLD, audio_length_samples=frames
    )
    return [[round(s["start"] / 16), round(s["end"] / 16)] for s in segments]


def write(name: str, samples: np.ndarray, about: dict[str, object]) -> list[float]:
    """One file; the probabilities in rows of 25 windows (0.8 s)."""
    found = probabilities(samples)
    head = {
        "made_by": f"silero-vad {version('silero-vad')}, silero_vad.onnx, onnxruntime {onnxruntime.__version__}",
        **about,
        "rate": RATE,
        "frames": len(samples),
        "window": WINDOW,
        "threshold": THRESHOLD,
        "segments_ms": frame_segments(found, len(samples)),
        "silero_segments_ms": silero_segments(found, len(samples)),
    }
    lines = [f'  "{key}": {json.dumps(value)}' for key, value in head.items()]
    rows = [", ".join(f"{p:.3f}" for p in found[i : i + 25]) for i in range(0, len(found), 25)]
    lines.append('  "probabilities": [\n    ' + ",\n    ".join(rows) + "\n  ]")
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return found


def compare(name: str, truth: list[float], found: list[float]) -> None:
    """Prints how well Silero in noise finds what Silero found without it."""
    a, b = np.array(truth) >= THRESHOLD, np.array(found) >= THRESHOLD
    edges = np.flatnonzero(np.diff(a.astype(int))) + 1
    far = np.ones(len(a), bool)
    for edge in edges:  # windows that reach into the 100 ms before or after a border
        far[max(0, edge - 4) : edge + 4] = False
    for where, keep in (("all windows", np.ones(len(a), bool)), ("away from borders", far)):
        hits, false, missed = (a & b & keep).sum(), (~a & b & keep).sum(), (a & ~b & keep).sum()
        score = 2 * hits / (2 * hits + false + missed)
        print(f"{name}, {where}: n {keep.sum()}, speech {(a & keep).sum()}, F1 {score:.4f}")


def at_16k(samples: np.ndarray, rate: int) -> np.ndarray:
    """By soxr VHQ, or as it is."""
    return samples if rate == RATE else soxr.resample(samples, rate, RATE, quality="VHQ")


def main() -> None:
    """Clean, noise added at 16 kHz, noise added at the recording's own rate."""
    OUT.mkdir(parents=True, exist_ok=True)
    print("weights sha256", hashlib.sha256(WEIGHTS.read_bytes()).hexdigest())
    for name, path in RECORDINGS.items():
        pcm, rate = soundfile.read(path, dtype="int16")
        rms = root_mean_square(pcm)
        clean = (pcm / 32768.0).astype(np.float32)
        heard = at_16k(clean, rate)
        about = {"recording": path.name, "input_rate": rate, "rms": rms}
        print(name, "rms", rms, "at 16 kHz", float(np.sqrt(np.mean(heard.astype(np.float64) ** 2))))
        truth = write(f"{name}-clean", heard, {**about, "noise": None})
        noisy = {f"{name}-noise-16k": (add_at_10_db(heard, rms), RATE)}
        if rate != RATE:
            noisy[f"{name}-noise-48k"] = (at_16k(add_at_10_db(clean, rms), rate), rate)
        for file, (samples, added_at) in noisy.items():
            compare(file, truth, write(file, samples, {**about, "noise": f"10 dB, added at {added_at} Hz"}))


if __name__ == "__main__":
    main()
