"""Times soxr HQ, one thread, on a stream of 48 kHz mono float32 to 16 kHz: what `resample_high` is compared with.

    python soxr_hq.py [--chunk FRAMES] [--seconds S] [--samples N] [--each-line]

Prints one line of JSON: {"name", "version", "unit": "ms per second of audio", "value" (the median), "samples", …}.
A call takes 1 s of audio, so that Python's own time for a call, 2 to 3 µs, is not held against soxr.
With --each-line it stays, and for every line on stdin makes one sample and prints such a line: for interleaved pairs.
Exit code 3 and a line on stderr where soxr or NumPy is not installed: there is no baseline then.
"""

import argparse
import json
import statistics
import sys
import time

try:
    import numpy as np
    import soxr
except ImportError as missing:
    sys.stderr.write(f"no baseline: {missing}; install it with: pip install soxr\n")
    sys.exit(3)

RATE_IN, RATE_OUT = 48000, 16000


def speech_like(frames: int) -> "np.ndarray":
    """Three tones below 7 kHz and a little noise, the same in every run."""
    t = np.arange(frames) / RATE_IN
    tones = (
        0.3 * np.sin(2 * np.pi * 440 * t)
        + 0.2 * np.sin(2 * np.pi * 2500 * t)
        + 0.1 * np.sin(2 * np.pi * 6800 * t)
    )
    return (tones + 0.01 * np.random.default_rng(1).standard_normal(frames)).astype(
        np.float32
    )


def sample(chunks: "list[np.ndarray]", seconds: float) -> float:
    """Milliseconds for each second of audio, the flush included; throws where the output is wrong."""
    stream = soxr.ResampleStream(RATE_IN, RATE_OUT, 1, dtype="float32", quality="HQ")
    last = len(chunks) - 1
    out = []
    start = time.perf_counter()
    for i, chunk in enumerate(chunks):
        out.append(stream.resample_chunk(chunk, last=i == last))
    spent = time.perf_counter() - start
    whole = np.concatenate(out)
    level = float(np.sqrt(np.mean(whole.astype(np.float64) ** 2)))
    if len(whole) != round(seconds * RATE_OUT) or not 0.26 < level < 0.27:
        raise RuntimeError(f"soxr gave {len(whole)} frames at a level of {level}")
    return spent * 1000 / seconds


def main() -> None:
    """Reads the options, measures, prints."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument(
        "--chunk",
        type=int,
        default=48000,
        help="frames in each call; the default is 1 s",
    )
    options.add_argument(
        "--seconds", type=float, default=10.0, help="of audio in each sample"
    )
    options.add_argument("--samples", type=int, default=9)
    options.add_argument(
        "--each-line", action="store_true", help="one sample for each line on stdin"
    )
    given = options.parse_args()

    audio = speech_like(round(given.seconds * RATE_IN))
    chunks = [audio[i : i + given.chunk] for i in range(0, len(audio), given.chunk)]

    def tell(samples: list[float]) -> None:
        value = statistics.median(samples)
        head = {
            "name": "soxr HQ",
            "version": soxr.__version__,
            "unit": "ms per second of audio",
            "value": value,
        }
        sys.stdout.write(
            json.dumps({**head, "chunk": given.chunk, "samples": samples}) + "\n"
        )
        sys.stdout.flush()

    sample(chunks, given.seconds)
    if given.each_line:
        for _ in sys.stdin:
            tell([sample(chunks, given.seconds)])
    else:
        tell([sample(chunks, given.seconds) for _ in range(given.samples)])


if __name__ == "__main__":
    main()
