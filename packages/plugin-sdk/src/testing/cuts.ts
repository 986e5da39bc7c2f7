import { AudioBuffer } from '../audio-buffer.ts'
import type { Values } from '../values.ts'

/** Audio is cut like this: into one frame, into fifty, and into odd pieces. */
export const CUTS: readonly (readonly [name: string, sizes: (length: number) => readonly number[]])[] = [
  ['one frame', (length) => [length]],
  ['50 frames', (length) => [Math.ceil(length / 50)]],
  ['odd pieces', () => [37, 1, 480, 1001, 113]],
]

/** Input sets with pieces of `whole` under `key`, of these sizes in turn; the first one has `others` too. */
export function cutAudio(whole: AudioBuffer, sizes: readonly number[], key: string, others: Values = {}): Values[] {
  const sets: Values[] = []
  for (let at = 0, n = 0; at < whole.length; n++) {
    const end = Math.min(whole.length, at + (sizes[n % sizes.length] ?? 1))
    sets.push({ ...(n === 0 && others), [key]: whole.slice(at, end) })
    at = end
  }
  return sets
}

/** All samples of each audio output, one after another. */
export function joinedAudio(outputs: readonly Values[]): Map<string, Float32Array> {
  const parts = new Map<string, number[]>()
  for (const record of outputs)
    for (const [key, value] of Object.entries(record)) {
      if (!(value instanceof AudioBuffer)) continue
      const all = parts.get(key) ?? []
      for (const sample of value.samples) all.push(sample)
      parts.set(key, all)
    }
  return new Map([...parts].map(([key, all]) => [key, Float32Array.from(all)]))
}
