"""Writes ../fixtures/vad/noise.json: the first values of noise.py, so that another language can check its own."""

import hashlib
import json
from pathlib import Path

from noise import SEED, white

values = white(16000)
text = {
    "seed": SEED,
    "first": [float(v) for v in values[:8]],
    "sum_of_16000": float(values.sum()),
    "sha256_of_16000_f64_le": hashlib.sha256(values.astype("<f8").tobytes()).hexdigest(),
}
out = Path(__file__).parent.parent / "fixtures" / "vad" / "noise.json"
out.write_text(json.dumps(text, indent=2) + "\n")
print(out.read_text(), "rms", float((values**2).mean() ** 0.5))
