/** The kinds of samples in which whole numbers are kept, with their bits. */
export const wholeBits = { u8: 8, s16: 16, s24: 24, s32: 32 } as const

/** Left: from the least to the greatest value of `bits` bits in `frames` steps. */
const ramp = (n: number, frames: number, bits: number) =>
  -(2 ** (bits - 1)) + Number((BigInt(n) * (2n ** BigInt(bits) - 1n)) / BigInt(frames - 1))

/** Right: 441 Hz at half scale. */
const tone = (n: number) => Math.sin((2 * Math.PI * 441 * n) / 44_100)

/** The samples of the signal `exact` in fixtures/audio, interleaved, as whole numbers around 0. */
export function exactSamples(frames: number, channels: number, bits: number): Float64Array {
  const samples = new Float64Array(frames * channels)
  for (let n = 0; n < frames; n++) {
    samples[n * channels] = ramp(n, frames, bits)
    if (channels === 2) samples[n * channels + 1] = Math.round(2 ** (bits - 2) * tone(n)) + 0
  }
  return samples
}

/** The same for files of floats, before they are rounded to the kind of the file. */
export function exactFloats(frames: number): Float64Array {
  const samples = new Float64Array(frames * 2)
  for (let n = 0; n < frames; n++) samples.set([(2 * n) / (frames - 1) - 1, 0.5 * tone(n)], 2 * n)
  return samples
}
