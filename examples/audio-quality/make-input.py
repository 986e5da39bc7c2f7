"""Makes data/faults.wav of a recording: a second of it, a second of nothing, a second far too loud, half a second of it."""

import struct
import sys
import wave

RATE = 16_000

with wave.open(sys.argv[1]) as file:
    assert file.getframerate() == RATE and file.getnchannels() == 1 and file.getsampwidth() == 2
    frames = file.readframes(file.getnframes())
speech = struct.unpack(f"<{len(frames) // 2}h", frames)
loud = [max(-32_768, min(32_767, 20 * sample)) for sample in speech[2 * RATE : 3 * RATE]]
samples = [*speech[RATE : 2 * RATE], *([0] * RATE), *loud, *speech[3 * RATE : 3 * RATE + RATE // 2]]
with wave.open("data/faults.wav", "wb") as file:
    file.setparams((1, 2, RATE, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
