"""Writes what level and spectrum must say of the recording, from its samples alone, by NumPy.

For every 100 ms: the level of the samples below 8 kHz (0 dB: a square wave at full scale); then, of its first 64 ms under a
Hann window, the level from 40 Hz to 8 kHz, and the centre of that power along frequency. The pipeline measures after its
resampler, which takes away what is above 8 kHz, so the same is left out here.

    python make-expected.py data/two-cities-48k.wav > expected.json
"""

import json
import sys
import wave

import numpy as np

with wave.open(sys.argv[1]) as file:
    rate = file.getframerate()
    samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32_768


def below(part: np.ndarray, least: float, window: np.ndarray) -> tuple[float, float]:
    power = np.abs(np.fft.rfft(part * window)) ** 2 * 2 / len(part) ** 2
    hz = np.fft.rfftfreq(len(part), 1 / rate)
    inside = (hz >= least) & (hz < 8000)
    total = float(power[inside].sum())
    return total, float((hz * power)[inside].sum()) / total


size = rate // 10
windows = []
for at in range(0, len(samples), size):
    part = samples[at : at + size]
    short = samples[at : at + rate * 64 // 1000]
    power, _ = below(part, 0, np.ones(len(part)))
    heard, centre = below(short, 40, np.hanning(len(short)))
    windows.append([round(10 * np.log10(power), 2), round(10 * np.log10(heard), 2), round(centre, 1)])
print(json.dumps({"window_ms": 100, "rms_db_and_spectrum_db_and_centre_hz": windows}).replace("], [", "],\n["))
