import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { anything, defineNode, type NodeContext, type Value } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { destroyed } from '../destroyed.ts'
import { fileError } from './file-error.ts'
import { LINE_CHARS, linesOf } from './lines.ts'
import { parsedLine } from './parsed-line.ts'

/** What a source of JSON lines may read from beside a file. */
export type LineStream = Readable | (() => Readable)

/**
 * Reads a file of JSON lines: one value a line, empty lines passed over.
 *
 * A bad line is ANB_INPUTS, naming file and line. Under `on_error: skip` or `dead-letter` it is one failed item and the
 * next line is read; else it ends the session. A file that cannot be read is ANB_INPUTS too.
 *
 * @example
 * ```ts
 * definePipeline({ nodes: { rows: { type: jsonLinesSource, params: { path: 'rows.jsonl' }, on_error: 'skip' } } })
 * ```
 */
export const jsonLinesSource = defineNode({
  type: 'JsonLinesSource',
  summary: 'Reads JSON lines from a file.',
  params: z.object({
    path: z.string().min(1).describe('The file, from the working directory.'),
    max_line_chars: z
      .number()
      .int()
      .min(1)
      .max(2 ** 28)
      .default(LINE_CHARS)
      .describe('The longest line, characters.'),
  }),
  outputs: { output: anything },
  create: ({ path, max_line_chars: most }) => jsonLines(() => createReadStream(path), path, most),
})

/**
 * The same over a stream, for pipelines in code.
 *
 * @param type the node's type; each node of a pipeline has its own
 * @param from what to read; a function opens one for each session
 * @param name what errors call it
 */
export function jsonLinesFrom<const T extends string>(type: T, from: LineStream, name: string = type) {
  return defineNode({
    type,
    summary: 'Reads JSON lines from a stream.',
    outputs: { output: anything },
    create: () => jsonLines(typeof from === 'function' ? from : () => from, name, LINE_CHARS),
  })
}

function jsonLines(open: () => Readable, name: string, most: number) {
  let stream: Readable | null = null
  return {
    source({ signal }: NodeContext): AsyncIterable<{ readonly output: Value }> {
      const own = open()
      stream = own
      own.on('error', () => undefined) // Told by whoever reads it.
      const stop = () => void own.destroy()
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      const lines = linesOf(own, name, most)
      const close = () => {
        signal.removeEventListener('abort', stop)
        stop()
      }
      let number = 0
      // No generator: that would have ended with the first bad line.
      const next = async (): Promise<IteratorResult<{ readonly output: Value }>> => {
        for (;;) {
          const { done, value: line } = await lines.next().catch((error: unknown) => {
            close()
            if (signal.aborted) return { done: true as const, value: undefined }
            throw fileError(error, name)
          })
          if (done) {
            close()
            return { done: true, value: undefined }
          }
          number++
          if (line.trim() !== '') return { done: false, value: { output: parsedLine(line, name, number) } }
        }
      }
      return {
        [Symbol.asyncIterator]: () => ({
          next,
          return: async () => {
            close()
            return { done: true, value: undefined }
          },
        }),
      }
    },
    async cleanup() {
      if (stream !== null) await destroyed(stream)
    },
  }
}
