import { anything, audio, type NodeSpec, number, type Plain, pcm, text } from '@anabranch/plugin-sdk'
import type { NativeDescription, NativePort } from './native-description.ts'
import { paramsSchema } from './params-schema.ts'

const PORTS = { audio, pcm, text, number, json: anything } as const

/** The spec of a node type that an addon describes. */
export function specOf(description: NativeDescription) {
  const { type, summary, params, version, inputs, outputs, time, purity, filters, model, heavy } = description
  return {
    type,
    summary,
    params: paramsSchema(params),
    ...(version !== undefined && { version }),
    inputs: portsOf(inputs),
    outputs: portsOf(outputs),
    time,
    purity,
    ...(filters && { filters: true }),
    ...(model && { model: true }),
    ...(heavy && { heavy: true }),
  } satisfies NodeSpec
}

function portsOf(described: readonly NativePort[]): Record<string, Plain> {
  return Object.fromEntries(
    described.map(({ key, kind, format }) => [key, format === undefined ? PORTS[kind] : PORTS[kind].with(format)]),
  )
}
