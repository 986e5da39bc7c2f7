/** A frame of 20 ms at 48 kHz. */
export const frameLength = 960
export const sampleRate = 48_000
/** Frames of one sample; even, so that the gains cancel out. */
export const frames = 40_000

/** Two gains that cancel out, so that frame after frame in place neither fades away nor overflows. */
export const gainsDb = [6, -6] as const
export const factorOf = (db: number) => 10 ** (db / 20)

const valueAt = (i: number) => Math.sin(i / 7) / 2

export function fill(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i += 1) samples[i] = valueAt(i)
}

export function gainInJavaScript(samples: Float32Array, factor: number): void {
  for (let i = 0; i < samples.length; i += 1) samples[i] = (samples[i] as number) * factor
}

/** One rounding to f32, and `frames` of them that all go the same way. */
const tolerance = { once: 1e-6, all: frames * 1e-7 }

/** Throws unless the samples are what was filled in, times the factor, to a relative tolerance. */
function checkSamples(samples: Float32Array, factor: number, relative: number): void {
  const wrong = samples.findIndex((found, i) => {
    const expected = valueAt(i) * factor
    return !(Math.abs(found - expected) <= relative * Math.max(Math.abs(expected), 1e-3))
  })
  if (wrong >= 0) throw new Error(`sample ${wrong} is ${samples[wrong]}, expected ${valueAt(wrong) * factor}`)
}

/** Nanoseconds a frame of `frames` calls; checks the first two gains and the last result, outside the timed part. */
export function timeGain(samples: Float32Array, louder: () => void, softer: () => void): number {
  fill(samples)
  louder()
  checkSamples(samples, factorOf(gainsDb[0]), tolerance.once)
  softer()
  checkSamples(samples, 1, tolerance.once)
  fill(samples)
  const start = performance.now()
  for (let i = 0; i < frames; i += 2) {
    louder()
    softer()
  }
  const elapsed = performance.now() - start
  checkSamples(samples, 1, tolerance.all)
  return (elapsed * 1e6) / frames
}
