import { addon } from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { AudioBuffer, isAnabranchError, type PcmBuffer, type Value, type Values } from '@anabranch/plugin-sdk'
import { emissionForm, recordBody, standaloneContext } from '@anabranch/plugin-sdk/host'
import type { Test } from 'tap'
import { TWINS } from '#src/javascript/twins.js'

/** One input, and whether something before it is missing. */
export interface Frame {
  readonly input: AudioBuffer | PcmBuffer
  readonly discont?: boolean
}

const FORMS = { native: (type: string) => nativeNode(addon, type), javascript: twinOf }
export type FormName = keyof typeof FORMS

function twinOf(type: string) {
  const found = TWINS.find(({ spec }) => spec.type === type)
  if (found === undefined) throw new Error(`${type} has no JavaScript form`)
  return found
}

/** What each call of a form gave, and at the end; a refusal as its code and key, or the paths of its issues. */
export function run(form: FormName, type: string, params: object, frames: readonly Frame[]): unknown[] {
  return told(() => {
    const node: { create(params: object): ReturnType<ReturnType<typeof twinOf>['create']> } = FORMS[form](type)
    const body = recordBody(node.create(params))
    const context = standaloneContext('test')
    const calls = frames.map(({ input, discont = false }) =>
      told(() => {
        context.envelope = { ...context.envelope, discont }
        return outputs(body.execute?.({ input: copyOf(input) as Value }, context))
      }),
    )
    calls.push(told(() => outputs(body.flush?.(context))))
    body.cleanup?.()
    return calls
  }) as unknown[]
}

/** Both forms give the same for these frames, bit for bit (one not-a-number is as good as another). */
export function same(t: Test, type: string, params: object, frames: readonly Frame[], what?: string): void {
  t.same(run('javascript', type, params, frames), run('native', type, params, frames), what ?? JSON.stringify(params))
}

function told(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    if (!isAnabranchError(error)) throw error
    const { code, key, issues, fix } = error as {
      code: string
      key?: string
      issues?: { path: string }[]
      fix?: string
    }
    return issues === undefined ? { code, key, fix } : { code, issues: issues.map(({ path }) => path) }
  }
}

function outputs(emission: unknown): unknown[] {
  if (emission === undefined) return []
  const several = emissionForm(emission as object) === 'iterable'
  const records = several ? [...(emission as Iterable<Values>)] : [emission as Values]
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, plain(value as PcmBuffer)])),
  )
}

/** Everything there is to know of a buffer, with its samples in a form that tells −0 from 0 and is the same for every NaN. */
function plain(buffer: PcmBuffer) {
  const { samples, sampleRate, channels } = buffer
  const values = Array.from(samples, (sample) => (Object.is(sample, -0) ? '-0' : String(sample))).join()
  const audio = buffer instanceof AudioBuffer
  return {
    audio,
    layout: audio ? undefined : buffer.layout,
    dtype: samples.constructor.name,
    sampleRate,
    channels,
    values,
  }
}

function copyOf(input: AudioBuffer | PcmBuffer): AudioBuffer | PcmBuffer {
  if (typeof input !== 'object') return input
  return input instanceof AudioBuffer ? input.copy() : { ...input, samples: input.samples.slice() }
}
