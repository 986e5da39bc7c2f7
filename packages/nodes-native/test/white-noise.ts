/**
 * The noise of fixtures/vad, bit for bit: xorshift32, twelve numbers a sample, added as fractions of 1, less 6.
 * Variance 1; the formula and how it is scaled are in fixtures/vad/README.md.
 */
export function whiteNoise(frames: number, seed = 0x9e3779b9): Float64Array {
  const noise = new Float64Array(frames)
  let x = seed | 0
  for (let n = 0; n < frames; n++) {
    let sum = 0
    for (let i = 0; i < 12; i++) {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      sum += x >>> 0
    }
    noise[n] = sum / 2 ** 32 - 6
  }
  return noise
}
