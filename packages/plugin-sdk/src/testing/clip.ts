import { AudioBuffer } from '../audio-buffer.ts'

const RATE = 16_000
/** One syllable and the gap after it, in s: about four in a second, as in speech. */
const SYLLABLE = 0.16
const GAP = 0.09

/**
 * Audio for tests, the same at every call: mono, 16 kHz.
 *
 * `sine` is 440 Hz at half of full scale. `speech` is synthetic and says nothing: four voiced bursts a second of a 120 Hz
 * tone with two formant-like peaks, each rising and falling like a syllable, over a faint noise. It has the rhythm and
 * the levels of speech, for detectors and gates; a recogniser finds no words in it.
 */
export const clip: Readonly<Record<'sine' | 'silence' | 'speech', (ms: number) => AudioBuffer>> = {
  sine: (ms) => fill(ms, RATE, 1, (t) => 0.5 * Math.sin(2 * Math.PI * 440 * t)),
  silence: (ms) => fill(ms, RATE, 1, () => 0),
  speech: (ms) => speechAt(ms, RATE, 1),
}

/** The speech clip at another rate, on all channels alike. */
export function speechAt(ms: number, rate: number, channels: number): AudioBuffer {
  const noise = noiseOf(1)
  return fill(ms, rate, channels, (t) => {
    const into = t % (SYLLABLE + GAP)
    const level = into < SYLLABLE ? Math.sin((Math.PI * into) / SYLLABLE) ** 2 : 0
    return level * voice(t) + 0.001 * noise()
  })
}

/** Harmonics of 120 Hz, strongest near 600 and 1,400 Hz. */
function voice(t: number): number {
  let sum = 0
  for (let n = 1; n <= 16; n++) {
    const hz = 120 * n
    const strength = Math.exp(-(((hz - 600) / 250) ** 2)) + 0.5 * Math.exp(-(((hz - 1400) / 300) ** 2)) + 0.1 / n
    sum += strength * Math.sin(2 * Math.PI * hz * t)
  }
  return 0.15 * sum
}

/** −1 … 1, by a linear congruential generator (constants of Numerical Recipes). */
function noiseOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}

function fill(ms: number, rate: number, channels: number, at: (seconds: number) => number): AudioBuffer {
  const samples = new Float32Array(Math.round((ms * rate) / 1000) * channels)
  for (let n = 0; n < samples.length; n += channels) samples.fill(at(n / channels / rate), n, n + channels)
  return new AudioBuffer(samples, rate, channels)
}
