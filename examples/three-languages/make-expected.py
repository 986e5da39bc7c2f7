"""Writes what the comparison must say, from the samples of the recording in exact decimal numbers of 60 digits.

python3 make-expected.py ../three-runtimes/data/austen-16k.wav > expected.json
"""

import hashlib
import json
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
FRAME = 320  # 20 ms at 16 kHz

with open(sys.argv[1], "rb") as file:
    raw = file.read()[44:]  # a wav file of 16 bits, mono, with the shortest header
samples = [Decimal(sample) / 32768 for (sample,) in struct.iter_unpack("<h", raw)]

pole = Decimal(0.995)  # the double that the params hold, exactly
x, y = Decimal(0), Decimal(0)
blocked: list[float] = []
for sample in samples:
    y = sample - x + pole * y
    x = sample
    blocked.append(float(y))
as_f32 = struct.pack(f"<{len(blocked)}f", *blocked)

expected = {
    "frames": -(-len(samples) // FRAME),
    "samples": len(samples),
    "different": 0,
    "peak": max(abs(sample) for (sample,) in struct.iter_unpack("<f", as_f32)),
    "sha256": hashlib.sha256(as_f32).hexdigest(),
}
print(json.dumps(expected, indent=2))
