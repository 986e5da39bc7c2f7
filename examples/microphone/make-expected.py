"""Writes what the pipeline must say of a recording, from its samples alone.

`meter`: the line of each half second. `speech_ms`: from the first to the last window of 10 ms that is louder than
-40 dBFS; a detector of speech may begin and end it a little earlier or later.
"""

import json
import math
import struct
import sys
import wave

with wave.open(sys.argv[1]) as file:
    rate, frames = file.getframerate(), file.readframes(file.getnframes())
samples = [n / 32_768 for n in struct.unpack(f"<{len(frames) // 2}h", frames)]


def db(part: list[float]) -> float:
    return round(10 * math.log10(sum(s * s for s in part) / len(part) or 1e-12), 2)


def windows(length: int) -> list[tuple[int, float]]:
    return [(at, db(samples[at : at + length])) for at in range(0, len(samples), length)]


meter = [f"{at / rate:.1f} s  {level:.1f} dB  {'▮' * max(0, round((level + 60) / 2))}" for at, level in windows(rate // 2)]
loud = [at for at, level in windows(rate // 100) if level > -40]
speech = [1000 * loud[0] // rate, 1000 * loud[-1] // rate + 10]
print(json.dumps({"meter": meter, "speech_ms": speech}, ensure_ascii=False, indent=1))
