import { anything, defineNode, InvalidInputsError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { Writer } from '../sinks/writer.ts'
import { jsonLine } from './json-line.ts'

/** Writes that the stream has not answered yet. */
const CONCURRENCY = 16

/**
 * Writes to standard output: a line for every text, a line of JSON for every value, or bytes as they are. Standard
 * output stays open; a slow reader slows the graph.
 *
 * Errors: ANB_INPUTS for a value that is no text (or no bytes); ANB_MARSHALING for one that JSON cannot carry.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { print: { type: stdoutSink, params: { format: 'json' }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const stdoutSink = defineNode({
  type: 'StdoutSink',
  summary: 'Writes lines, JSON or bytes to standard output.',
  params: z.object({
    format: z
      .enum(['lines', 'json', 'bytes'])
      .default('lines')
      .describe('`lines` takes text, numbers and bools, `json` any plain data, `bytes` bytes.'),
  }),
  purity: 'effectful',
  concurrency: CONCURRENCY,
  inputs: { input: anything },
  create: ({ format }) => {
    let writer: Writer | null = null
    const release = () => {
      writer?.release()
      writer = null
    }
    return {
      execute({ input }, context) {
        const chunk = format === 'json' ? jsonLine(input) : format === 'lines' ? textLine(input) : onlyBytes(input)
        writer ??= new Writer(process.stdout)
        return writer.write(chunk, () => context.signal)
      },
      reset: release,
      cleanup: release,
    }
  },
})

function textLine(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}\n`
  throw new InvalidInputsError(`the value is ${describe(value)}, no text`, { key: 'input', fix: 'say format: json' })
}

function onlyBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new InvalidInputsError(`the value is ${describe(value)}, no bytes`, {
    key: 'input',
    fix: 'say format: lines or json',
  })
}
