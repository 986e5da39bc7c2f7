"""Writes what the pipeline must give for data/faults.wav as JSON lines, by what the nodes promise, without them."""

import json
import math
import struct
import wave

with wave.open("data/faults.wav") as file:
    rate, frames = file.getframerate(), file.readframes(file.getnframes())
samples = [n / 32_768 for n in struct.unpack(f"<{len(frames) // 2}h", frames)]


def plain(number: float) -> float:
    """As JSON has it in JavaScript: a whole number where it is one."""
    return int(number) if number == int(number) else number


def ms(sample: int) -> float:
    """To a thousandth, half-way cases up."""
    return plain(math.floor(1_000_000 * sample / rate + 0.5) / 1000)


def db(value: float) -> float:
    return plain(round(10 * math.log10(value), 2))


events = []

# Silence: windows of 10 ms whose RMS is below -50 dBFS, for at least 500 ms.
window = rate // 100
silent_from = None
for start in range(0, len(samples) + 1, window):
    part = samples[start : start + window]
    silent = bool(part) and sum(s * s for s in part) / len(part) < 10 ** (-50 / 10)
    if silent and silent_from is None:
        silent_from = start
    if not silent and silent_from is not None:
        if start - silent_from >= rate // 2:
            events.append({"kind": "silence", "start_ms": ms(silent_from), "end_ms": ms(start)})
        silent_from = None

# Clipping: 3 samples in a row at 0.999 or more; what is at most 10 ms apart is one event.
runs = []
run_from = None
for at, sample in enumerate([*samples, 0.0]):
    if abs(sample) >= 0.999:
        run_from = at if run_from is None else run_from
    elif run_from is not None:
        if at - run_from >= 3:
            if runs and run_from - runs[-1][1] <= rate // 100:
                runs[-1][1] = at
            else:
                runs.append([run_from, at])
        run_from = None
events += [{"kind": "clipping", "start_ms": ms(a), "end_ms": ms(b)} for a, b in runs]

peak = max(abs(s) for s in samples)
mean = sum(s * s for s in samples) / len(samples)
events.append({"kind": "level", "peak_db": db(peak * peak), "rms_db": db(mean)})

for event in sorted(events, key=lambda event: (event.get("start_ms", math.inf), event["kind"])):
    print(json.dumps(event, separators=(",", ":")))
