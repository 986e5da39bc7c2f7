import { AudioBuffer } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'

/** Why a value is not of a kind, or null. Kinds of third parties, json and anything take whatever is not `undefined`. */
export function kindProblem(kind: string, value: unknown): string | null {
  const wrong = (expected: string) => `is ${describe(value)}, not ${expected}`
  switch (kind) {
    case 'audio':
      return value instanceof AudioBuffer ? null : wrong('an AudioBuffer')
    case 'text':
      return typeof value === 'string' ? null : wrong('a string')
    case 'number':
      return typeof value === 'number' ? null : wrong('a number')
    case 'bytes':
      return value instanceof Uint8Array ? null : wrong('a Uint8Array')
    default:
      return value === undefined ? 'is undefined, which means absent; leave the key out' : null
  }
}
