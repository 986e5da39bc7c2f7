import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { anything, defineNode, type NodeContext } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { destroyed } from '../destroyed.ts'
import { Writer } from '../sinks/writer.ts'
import { fileError } from './file-error.ts'
import { jsonLine } from './json-line.ts'

const CONCURRENCY = 16

/**
 * Writes every value as one line of JSON. A value is delivered when the file has taken its line; a slow disk slows the
 * graph. The file is there, and closed, when the session has ended.
 *
 * Errors: ANB_MARSHALING for a value that JSON cannot carry (a function, a cycle, bytes, audio); ANB_INPUTS for a file
 * that cannot be written.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { out: { type: jsonLinesSink, params: { path: 'out.jsonl', append: true }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const jsonLinesSink = defineNode({
  type: 'JsonLinesSink',
  summary: 'Writes JSON lines to a file.',
  params: z.object({
    path: z.string().min(1).describe('The file, from the working directory; its folder must be there.'),
    append: z.boolean().default(false).describe('Whether what is in the file stays.'),
  }),
  purity: 'effectful',
  concurrency: CONCURRENCY,
  inputs: { input: anything },
  create: ({ path, append }) => jsonLines(() => createWriteStream(path, { flags: append ? 'a' : 'w' }), path),
})

/**
 * The same over a stream, for pipelines in code. The stream is ended with the session.
 *
 * @param type the node's type; each node of a pipeline has its own
 * @param to opens the stream, once for each session
 */
export function jsonLinesTo<const T extends string>(type: T, to: () => Writable) {
  return defineNode({
    type,
    summary: 'Writes JSON lines to a stream.',
    purity: 'effectful',
    concurrency: CONCURRENCY,
    inputs: { input: anything },
    create: () => jsonLines(to, type),
  })
}

function jsonLines(open: () => Writable, name: string) {
  let writer: Writer | null = null
  const out = () => {
    writer ??= new Writer(open())
    return writer
  }
  const coded = (error: unknown) => {
    throw fileError(error, name)
  }
  const letGo = async () => {
    const left = writer
    writer = null
    if (left === null) return
    left.stream.on('error', () => undefined) // A late one, of a stream that is done with.
    if (!left.stream.writableFinished) await destroyed(left.stream)
    left.release()
  }
  return {
    execute({ input }: { readonly input: unknown }, context: NodeContext) {
      const line = jsonLine(input)
      return out()
        .write(line, () => context.signal)
        .catch(coded)
    },
    flush: () => out().end().catch(coded),
    reset: letGo,
    cleanup: letGo,
  }
}
