import { anything, audio, defineNode, number, text } from '@anabranch/plugin-sdk'
import { createExecutor, type ExecutorOptions, type Manifest, Registry } from '@anabranch/runtime'
import { z } from 'zod'

const execute = () => ({ execute: () => undefined }) as never
export const registry = new Registry()
for (const node of [
  defineNode({
    type: 'Mic',
    summary: 'A source.',
    outputs: { output: audio.with({ sampleRate: 48_000, channels: 2 }) },
    create: () => ({ *source() {} }),
  }),
  defineNode({
    type: 'Wide',
    summary: 'Any rate.',
    inputs: { input: audio },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({
    type: 'Narrow',
    summary: '16 kHz.',
    inputs: { input: audio.with({ sampleRate: [8_000, 16_000] }) },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({ type: 'Text', summary: 'Text.', inputs: { input: text }, outputs: { output: text }, create: execute }),
  defineNode({
    type: 'Pair',
    summary: 'Two.',
    inputs: { left: anything, right: anything },
    outputs: { output: anything },
    create: execute,
  }),
  defineNode({
    type: 'Loose',
    summary: 'Optional.',
    inputs: { left: anything.optional(), right: anything.optional() },
    outputs: { output: anything },
    create: execute,
  }),
  defineNode({
    type: 'Knob',
    summary: 'Controlled.',
    inputs: { input: audio, gain: number.control(1) },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({
    type: 'Pure',
    summary: 'Pure.',
    purity: 'pure',
    inputs: { input: audio },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({
    type: 'Rx',
    summary: 'An operator.',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ operator: () => (inputs) => inputs as never }),
  }),
  defineNode({
    type: 'Explicit',
    summary: 'Lends frames.',
    holds: 'explicit',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ operator: () => (inputs) => inputs as never }),
  }),
  defineNode({
    type: 'Params',
    summary: 'With params.',
    params: z.object({ samples: z.int().positive(), mode: z.enum(['a', 'b']).default('a') }),
    inputs: { input: audio },
    outputs: { output: audio },
    create: execute,
  }),
])
  registry.register(node.spec.type, node as never)

/** What a pipeline is refused with; the last part of a path may be left to the check. */
export async function refusal(manifest: unknown, options: ExecutorOptions = { registry }): Promise<Refused> {
  try {
    const executor = await createExecutor(manifest as Manifest, options)
    await executor.close()
  } catch (error) {
    return error as Refused
  }
  throw new Error(`not refused: ${JSON.stringify(manifest)}`)
}

export interface Refused extends Error {
  readonly code: string
  readonly fix?: string
  readonly nodeId?: string
  readonly nodes?: readonly string[]
  readonly issues: readonly { path: string; message: string; code: string; fix?: string; suggestion?: string }[]
}

/** A pipeline with a microphone of kind audio. */
export const withMic = (nodes: object, head: object = {}) => ({
  version: 'v1',
  inputs: { mic: { kind: 'audio' } },
  ...head,
  nodes,
})
