import { anything, defineNode, type NodeContext, type Value } from '@anabranch/plugin-sdk'
import { outputsOf } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { plainBytes } from '../default-chunks.ts'
import { LINE_CHARS, linesOf } from './lines.ts'
import { parsedLine } from './parsed-line.ts'

/**
 * Reads standard input: lines of text, lines of JSON, or bytes as they come. It belongs to one session of the process at
 * a time; when the session stops, reading pauses and the process may end.
 *
 * Errors: ANB_INPUTS for a line that is no JSON, naming the line; under `on_error: skip` or `dead-letter` it is one
 * failed item. ANB_LIMIT for a line longer than `max_line_chars`.
 *
 * @example
 * ```ts
 * definePipeline({ nodes: { lines: { type: stdinSource, params: { format: 'json' } } } })
 * ```
 */
export const stdinSource = defineNode({
  type: 'StdinSource',
  summary: 'Reads standard input as lines, JSON or bytes.',
  params: z.object({
    format: z
      .enum(['lines', 'json', 'bytes'])
      .default('lines')
      .describe('`lines` gives text, `json` a value a line, `bytes` chunks as they come.'),
    max_line_chars: z
      .number()
      .int()
      .min(1)
      .max(2 ** 28)
      .default(LINE_CHARS)
      .describe('The longest line, characters.'),
  }),
  outputs: { output: anything },
  create: ({ format, max_line_chars: most }) => ({
    source({ signal }: NodeContext): AsyncIterable<{ readonly output: Value }> {
      const chunks = stdinChunks(signal)
      const items: AsyncGenerator<Uint8Array | string> = format === 'bytes' ? chunks : linesOf(chunks, 'stdin', most)
      let number = 0
      return outputsOf(items, (item) => {
        if (typeof item !== 'string') return plainBytes(item)
        number++
        if (format !== 'json') return item
        return item.trim() === '' ? undefined : parsedLine(item, 'stdin', number)
      })
    },
  }),
})

/** What standard input gives until the signal aborts. It is never destroyed: it belongs to the process. */
async function* stdinChunks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process
  let wake = () => {}
  const stirred = () => wake()
  stdin.on('readable', stirred)
  stdin.on('end', stirred)
  stdin.on('error', stirred)
  stdin.on('close', stirred)
  signal.addEventListener('abort', stirred)
  try {
    while (!signal.aborted) {
      const chunk: Buffer | string | null = stdin.read()
      if (chunk !== null) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      else if (stdin.errored) throw stdin.errored
      else if (stdin.readableEnded || stdin.destroyed) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    stdin.off('readable', stirred)
    stdin.off('end', stirred)
    stdin.off('error', stirred)
    stdin.off('close', stirred)
    signal.removeEventListener('abort', stirred)
    stdin.pause()
    ;(stdin as { unref?(): void }).unref?.()
  }
}
