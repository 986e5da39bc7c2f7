import type { Values } from '@anabranch/plugin-sdk'
import { sameOutputs } from '@anabranch/plugin-sdk/testing'
import type { TrialResult } from '../trial.ts'

/** The outputs of each key, in order: the order between keys says nothing. */
export function byKey({ outputs }: TrialResult): ReadonlyMap<string, readonly Values[]> {
  const found = new Map<string, Values[]>()
  for (const { key, value } of outputs) found.set(key, [...(found.get(key) ?? []), value])
  return found
}

/** In words, how two runs differ; undefined where they do not. */
export function difference(one: TrialResult, other: TrialResult): string | undefined {
  const [a, b] = [byKey(one), byKey(other)]
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [first, second] = [a.get(key) ?? [], b.get(key) ?? []]
    const at = first.findIndex((outputs, n) => !sameOutputs(second[n] ?? {}, outputs))
    if (at >= 0 || first.length !== second.length)
      return `"${key}" differs${at >= 0 ? ` from output ${at} on` : ''} (${second.length} outputs, ${first.length} before)`
  }
  return undefined
}
