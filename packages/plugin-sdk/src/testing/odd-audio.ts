import { AudioBuffer } from '../audio-buffer.ts'
import type { Format } from '../format.ts'

const ANOTHER_RATE = 'another rate'
const OTHER_CHANNELS = 'another number of channels'

/** Each as a change of one good frame. */
const ODD: Readonly<Record<string, (good: AudioBuffer) => AudioBuffer>> = {
  'a frame without samples': ({ sampleRate, channels }) => new AudioBuffer(new Float32Array(0), sampleRate, channels),
  [ANOTHER_RATE]: ({ samples, sampleRate, channels }) =>
    new AudioBuffer(samples.slice(), sampleRate === 8000 ? 16_000 : 8000, channels),
  [OTHER_CHANNELS]: ({ samples, sampleRate, channels, length }) =>
    channels === 1
      ? new AudioBuffer(new Float32Array(2 * length), sampleRate, 2)
      : new AudioBuffer(samples.slice(0, length), sampleRate, 1),
  'samples that are no numbers': ({ samples, sampleRate, channels }) =>
    new AudioBuffer(new Float32Array(samples.length).fill(Number.NaN), sampleRate, channels),
}

/** Audio that a node may not be able to work with, made of one good frame. What the port's format rules out, hosts keep away. */
export function oddAudio(good: AudioBuffer, { sampleRate, channels }: Format = {}): (readonly [string, AudioBuffer])[] {
  return Object.entries(ODD)
    .filter(([what]) => what !== ANOTHER_RATE || sampleRate === undefined)
    .filter(([what]) => what !== OTHER_CHANNELS || channels === undefined)
    .map(([what, change]) => [what, change(good)] as const)
}
