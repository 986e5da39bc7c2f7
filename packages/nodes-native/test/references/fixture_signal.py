"""The samples in the audio fixtures, by formula; fixtures/audio/README.md says the same in words."""

import numpy as np

RATE = 44100


def tone(frames: int, frequency: float, amplitude: float) -> np.ndarray:
    """amplitude · sin(2π · frequency · n / 44100), as float64."""
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(frames) / RATE)


def whole_ramp(frames: int, bits: int) -> np.ndarray:
    """From the least to the greatest value of `bits` bits: -2^(bits-1) + floor(n (2^bits - 1) / (frames - 1))."""
    return -(2 ** (bits - 1)) + np.arange(frames, dtype=np.int64) * (2**bits - 1) // (frames - 1)


def exact(frames: int, bits: int) -> np.ndarray:
    """Left the ramp, right a tone of 441 Hz at half scale, rounded to whole numbers; int64, frames x 2."""
    right = tone(frames, 441, 2.0 ** (bits - 2))
    distance_from_tie = np.abs(np.abs(right - np.floor(right)) - 0.5).min()
    assert distance_from_tie > 1e-6, "another sine function could round a sample the other way"
    return np.stack([whole_ramp(frames, bits), np.rint(right).astype(np.int64)], axis=1)


def exact_float(frames: int) -> np.ndarray:
    """Left the ramp 2 n / (frames - 1) - 1, right the tone at 0.5, as float64, frames x 2."""
    return np.stack([2 * np.arange(frames) / (frames - 1) - 1, tone(frames, 441, 0.5)], axis=1)


def tones(frames: int) -> np.ndarray:
    """What is encoded with loss: left 441 Hz at 0.5, right 1000 Hz at 0.25, as float64, frames x 2."""
    return np.stack([tone(frames, 441, 0.5), tone(frames, 1000, 0.25)], axis=1)


def as_bytes(samples: np.ndarray, kind: str) -> bytes:
    """Interleaved little-endian: u8, s16, s24, s32, f32 or f64."""
    if kind == "u8":
        return (samples + 128).astype(np.uint8).tobytes()
    if kind == "s24":
        return samples.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
    return samples.astype({"s16": "<i2", "s32": "<i4", "f32": "<f4", "f64": "<f8"}[kind]).tobytes()


def as_f32(samples: np.ndarray, kind: str) -> bytes:
    """The same as a reader of floats gives it: whole numbers over 2^(bits-1), rounded once to 32-bit floats."""
    scale = {"u8": 2**7, "s16": 2**15, "s24": 2**23, "s32": 2**31}.get(kind, 1)
    return (samples / scale).astype("<f4").tobytes()
