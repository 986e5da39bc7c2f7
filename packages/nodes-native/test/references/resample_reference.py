"""Writes ../fixtures/resample/resample.json: what libsoxr VHQ and SciPy make of two signals that a formula gives.

Run: python resample_reference.py   (requirements.txt beside it). It also prints, for each pair of rates, how far soxr
VHQ, soxr HQ, a SciPy polyphase filter and the formula itself are from each other: the figures of the fixture's README.
"""

import json
from math import gcd, pi
from pathlib import Path

import numpy as np
import scipy
import scipy.signal
import soxr

PAIRS = [(48000, 16000), (44100, 16000), (16000, 48000), (8000, 11025), (96000, 44100)]
SECONDS = 0.25
WINDOW = 128
OUT = Path(__file__).parent.parent / "fixtures" / "resample" / "resample.json"


def abrupt(t: np.ndarray, low: float, length: float) -> np.ndarray:
    """Four tones and a chirp, all below 0.85 of `low`, the lower Nyquist frequency in Hz; times in seconds."""
    tones = ((0.25, 0.037, 0.0), (0.20, 0.31, 1.0), (0.15, 0.62, 2.0), (0.10, 0.83, 3.0))
    x = sum(a * np.sin(2 * pi * part * low * t + phase) for a, part, phase in tones)
    return x + 0.20 * np.sin(2 * pi * (0.1 * low * t + 0.3 * low / length * t * t))


def smooth(t: np.ndarray, low: float, length: float) -> np.ndarray:
    """The same, faded in and out by sin^4, so that it has (almost) nothing outside the pass band."""
    return abrupt(t, low, length) * np.sin(pi * t / length) ** 4


def polyphase(x: np.ndarray, rate_in: int, rate_out: int) -> np.ndarray:
    """SciPy's polyphase resampler with a Kaiser window of our choice: flat to 0.90, down 150 dB from 1.02."""
    divisor = gcd(rate_in, rate_out)
    up, down = rate_out // divisor, rate_in // divisor
    longer = max(up, down)
    taps, beta = scipy.signal.kaiserord(150.0, 0.12 / longer)
    low_pass = scipy.signal.firwin(taps | 1, 0.96 / longer, window=("kaiser", beta))
    return scipy.signal.resample_poly(x, up, down, window=low_pass)


def rounded(samples: np.ndarray) -> list[float]:
    """Twelve decimals: a thousandth of the finest tolerance that a test may ask for."""
    return [round(float(v), 12) for v in samples]


def case(signal, rate_in: int, rate_out: int) -> dict[str, object]:
    """One signal through one pair of rates."""
    frames_in = round(rate_in * SECONDS)
    frames_out = round(frames_in * rate_out / rate_in)
    low, length = min(rate_in, rate_out) / 2, frames_in / rate_in
    x = signal(np.arange(frames_in) / rate_in, low, length)
    exact = signal(np.arange(frames_out) / rate_out, low, length)
    results = {
        "soxr": soxr.resample(x, rate_in, rate_out, quality="VHQ")[:frames_out],
        "soxr HQ": soxr.resample(x, rate_in, rate_out, quality="HQ")[:frames_out],
        "scipy": polyphase(x, rate_in, rate_out)[:frames_out],
    }
    y = results["scipy"]
    assert len(y) == frames_out
    inner = slice(WINDOW, frames_out - WINDOW)
    for name, z in results.items():
        print(
            f"{rate_in}->{rate_out} {signal.__name__:6} {name:8} "
            f"from the formula {np.abs(z - exact).max():.1e}, inner {np.abs(z - exact)[inner].max():.1e}; "
            f"from scipy {np.abs(z - y).max():.1e}, "
            + ", ".join(f"[{k}..] {np.abs(z - y)[k:-k].max():.1e}" for k in (16, 32, 64, 128))
        )
    starts = [0, frames_out // 2 - WINDOW // 2, frames_out - WINDOW]
    return {
        "signal": signal.__name__,
        "input_rate": rate_in,
        "output_rate": rate_out,
        "frames_in": frames_in,
        "frames_out": frames_out,
        "windows": [
            {"start": s, **{name: rounded(results[name][s : s + WINDOW]) for name in ("scipy", "soxr")}} for s in starts
        ],
    }


def main() -> None:
    """Writes one line per case, so that a diff shows which one changed."""
    cases = [case(signal, *pair) for pair in PAIRS for signal in (smooth, abrupt)]
    lines = ",\n".join("  " + json.dumps(c, separators=(",", ":")) for c in cases)
    made_by = {
        "scipy": f"scipy {scipy.__version__}, resample_poly, Kaiser window, float64",
        "soxr": f"soxr {soxr.__version__} (libsoxr {soxr.__libsoxr_version__}), quality VHQ, float64",
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(f'{{"made_by": {json.dumps(made_by)}, "cases": [\n{lines}\n]}}\n')
    print(made_by, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
