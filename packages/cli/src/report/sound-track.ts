import type { AudioBuffer } from '@anabranch/plugin-sdk'
import FFT from 'fft.js'
import { encodeSamples, S16 } from '../audio/sample-format.ts'
import { makeWavHeader } from '../audio/wav-header.ts'
import { Halving } from './halving.ts'

const COLUMNS = 1600
const PEAKS_MS = 5
const BANDS = 96
/** More than this is drawn, and not played: the page would be too large for a browser. */
const PLAYED_BYTES = 8 * 1024 * 1024
const FLOOR_DB = -100

/** What a page shows of a sound: everything in base64. */
export interface DrawnSound {
  readonly ms: number
  readonly sampleRate: number
  /** Pairs of the smallest and the largest sample of each column, −127 … 127. */
  readonly peaks: string
  /** Columns of bands from low to high, 0 (−100 dB) … 255 (0 dB of a sine at full scale). */
  readonly spectrum: {
    readonly bands: number
    readonly columns: number
    readonly top_hz: number
    readonly data: string
  }
  /** A wav file, mono; null where it is too long to be in a page. */
  readonly wav: string | null
}

/** Follows a sound as it passes, in bounded memory. */
export class SoundTrack {
  readonly #peaks = new Halving<readonly [number, number]>(COLUMNS, ([a, b], [c, d]) => [
    Math.min(a, c),
    Math.max(b, d),
  ])
  readonly #columns = new Halving<Uint8Array>(COLUMNS, (a, b) => a.map((band, at) => Math.max(band, b[at] as number)))
  #rate = 0
  #samples = 0
  #played: Buffer[] | null = []
  #playedBytes = 0
  #waiting: number[] = []
  #spectrum: Spectrum | null = null

  add(buffer: AudioBuffer): void {
    // A change of the rate would need another axis: what follows is left out.
    if (this.#rate === 0) this.#begin(buffer.sampleRate)
    if (buffer.sampleRate !== this.#rate) return
    const mono = monoOf(buffer)
    this.#samples += mono.length
    this.#keep(mono)
    const step = Math.max(1, Math.round((this.#rate * PEAKS_MS) / 1000))
    for (let at = 0; at < mono.length; at += step) this.#peaks.add(extremes(mono.subarray(at, at + step)))
    for (const sample of mono) this.#waiting.push(sample)
    const { size, hop } = this.#spectrum as Spectrum
    while (this.#waiting.length >= size) {
      this.#columns.add((this.#spectrum as Spectrum).column(this.#waiting.slice(0, size)))
      this.#waiting.splice(0, hop)
    }
  }

  /** Null where nothing was heard. */
  drawn(): DrawnSound | null {
    if (this.#samples === 0) return null
    const columns = this.#columns.columns
    const peaks = Int8Array.from(this.#peaks.columns.flatMap((pair) => pair.map((peak) => Math.round(peak * 127))))
    const form = { sampleRate: this.#rate, channels: 1 }
    return {
      ms: (1000 * this.#samples) / this.#rate,
      sampleRate: this.#rate,
      peaks: Buffer.from(peaks.buffer).toString('base64'),
      spectrum: {
        bands: BANDS,
        columns: columns.length,
        top_hz: topOf(this.#rate),
        data: Buffer.concat(columns).toString('base64'),
      },
      wav:
        this.#played === null
          ? null
          : Buffer.concat([makeWavHeader(form, S16, this.#playedBytes), ...this.#played]).toString('base64'),
    }
  }

  #begin(rate: number): void {
    this.#rate = rate
    this.#spectrum = new Spectrum(rate)
  }

  #keep(mono: Float32Array): void {
    if (this.#played === null) return
    this.#playedBytes += 2 * mono.length
    if (this.#playedBytes > PLAYED_BYTES) this.#played = null
    else this.#played.push(encodeSamples(mono, S16))
  }
}

const topOf = (rate: number) => Math.min(8000, rate / 2)

function monoOf({ samples, channels, length }: AudioBuffer): Float32Array {
  // A tap gives a copy; one channel is used as it is.
  if (channels === 1) return samples
  return Float32Array.from({ length }, (_, at) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += samples[at * channels + channel] as number
    return sum / channels
  })
}

function extremes(part: Float32Array): readonly [number, number] {
  let [low, high] = [0, 0]
  for (const sample of part) {
    if (sample < low) low = sample
    if (sample > high) high = sample
  }
  return [Math.max(-1, low), Math.min(1, high)]
}

/** Power in bands of equal width up to 8 kHz, of windows of some 30 ms (Hann), each half a window after the one before. */
class Spectrum {
  readonly size: number
  readonly hop: number
  readonly #fft: FFT
  readonly #window: Float64Array
  readonly #out: number[]
  readonly #top: number

  constructor(rate: number) {
    this.size = 2 ** Math.round(Math.log2(rate * 0.03))
    this.hop = this.size / 2
    this.#fft = new FFT(this.size)
    this.#out = this.#fft.createComplexArray()
    this.#window = Float64Array.from(
      { length: this.size },
      (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / this.size),
    )
    this.#top = Math.floor((topOf(rate) / rate) * this.size)
  }

  column(samples: readonly number[]): Uint8Array {
    this.#fft.realTransform(
      this.#out,
      samples.map((sample, at) => sample * (this.#window[at] as number)),
    )
    const bands = new Uint8Array(BANDS)
    for (let band = 0; band < BANDS; band++) {
      const from = Math.floor((band * this.#top) / BANDS)
      const to = Math.max(from + 1, Math.floor(((band + 1) * this.#top) / BANDS))
      let most = 0
      for (let bin = from; bin < to; bin++) {
        const [re, im] = [this.#out[2 * bin] as number, this.#out[2 * bin + 1] as number]
        most = Math.max(most, re * re + im * im)
      }
      // A sine of amplitude 1 has size / 4 under this window.
      const db = 10 * Math.log10(most / (this.size / 4) ** 2 + 1e-12)
      bands[band] = Math.round(255 * Math.max(0, Math.min(1, (db - FLOOR_DB) / -FLOOR_DB)))
    }
    return bands
  }
}
