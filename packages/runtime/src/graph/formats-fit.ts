import type { Format } from '@anabranch/plugin-sdk'

interface Ended {
  readonly kind: string
  readonly format?: Format
}

/** Why an output cannot feed an input: what each says, and the way out. `null` where it can, or where it is not known before a run. */
export function formatsFit(given: Ended, taken: Ended): { given: string; taken: string; fix: string } | null {
  if (given.kind === 'anything' || taken.kind === 'anything') return null
  // Audio is pcm of one type and layout.
  if (given.kind !== taken.kind && !(given.kind === 'audio' && taken.kind === 'pcm'))
    return {
      given: given.kind,
      taken: taken.kind,
      fix: `connect an output of kind ${taken.kind}, or put a node between that makes it`,
    }
  for (const name of ['sampleRate', 'channels', 'dtype'] as const) {
    const has = given.format?.[name]
    const wants = taken.format?.[name]
    if (has === undefined || wants === undefined || list(has).some((one) => list(wants).includes(one))) continue
    return {
      given: `${given.kind} with ${name} ${list(has).join(' or ')}`,
      taken: `${name} ${list(wants).join(' or ')}`,
      fix: name === 'sampleRate' ? 'put a resampler between' : `put a converter of ${name} between`,
    }
  }
  return null
}

function list<T>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? one : [one as T]
}
