"""The white noise of the VAD references, made so that any language makes the same bits.

xorshift32 (Marsaglia 2003, shifts 13, 17, 5) gives unsigned 32-bit numbers; twelve of them, each divided by 2^32, are
added and 6 is taken away: mean 0, variance 1 (to 1e-9), and every step is exact in a 64-bit float, in any order.
"""

import numpy as np

SEED = 0x9E3779B9
TEN_DB = 0.31622776601683794


def white(frames: int, seed: int = SEED) -> np.ndarray:
    """`frames` values of unit variance, as float64."""
    x = seed
    out = np.empty(frames)
    for i in range(frames):
        total = 0
        for _ in range(12):
            x ^= (x << 13) & 0xFFFFFFFF
            x ^= x >> 17
            x ^= (x << 5) & 0xFFFFFFFF
            total += x
        out[i] = total / 4294967296.0 - 6.0
    return out


def root_mean_square(samples: np.ndarray) -> float:
    """Of 16-bit samples, full scale 1: the sum of squares is an exact integer, so nothing depends on its order."""
    squares = int(np.square(samples.astype(np.int64)).sum())
    return float(np.sqrt(squares / len(samples)) / 32768.0)


def add_at_10_db(clean: np.ndarray, rms: float) -> np.ndarray:
    """float32 of clean + white noise, whose level is `rms` less 10 dB. Not clipped: floats may pass full scale."""
    return (clean.astype(np.float64) + white(len(clean)) * (rms * TEN_DB)).astype(np.float32)
