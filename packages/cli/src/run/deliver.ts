import { AudioBuffer } from '@anabranch/plugin-sdk'
import type { Output, Session } from '@anabranch/runtime'
import { jsonLine } from '@anabranch/runtime'
import { type Encoder, isLine } from './output-chunks.ts'
import type { Target } from './target.ts'

/** What came out of one output. */
export interface OutputCount {
  count: number
  /** Where it was written. */
  readonly to?: string
}

/** An output that is written somewhere. */
export interface Written {
  readonly encoder: Encoder
  readonly target: Target
  readonly path: string
}

export interface DeliverOptions {
  readonly written: ReadonlyMap<string, Written>
  /** Where the values of the others are printed; null where they are only counted. */
  readonly print: { readonly as: 'lines' | 'named lines' | 'json'; readonly target: Target } | null
}

/** Takes every output of a session, at the pace of whoever reads them. Resolves when there are no more. */
export async function deliver(
  session: Session,
  { written, print }: DeliverOptions,
): Promise<Record<string, OutputCount>> {
  const counts: Record<string, OutputCount> = {}
  for (const [key, { path }] of written) counts[key] = { count: 0, to: path }
  try {
    for await (const output of session.read() as AsyncIterable<Output<Record<string, never>>>) {
      const { from, value } = output as { from: string; value: unknown }
      counts[from] ??= { count: 0 }
      ;(counts[from] as OutputCount).count++
      const own = written.get(from)
      if (own !== undefined) {
        if (!(await own.target.write(own.encoder.chunk(value)))) break
        continue
      }
      const line = print === null ? null : lineOf(print.as, output as never)
      if (print !== null && line !== null && !(await print.target.write(line))) break
    }
  } finally {
    for (const { target } of written.values()) await target.end()
  }
  return counts
}

/** Null for what no line can show: audio, bytes. It is counted all the same. */
function lineOf(
  as: 'lines' | 'named lines' | 'json',
  { from, value, envelope }: { from: string; value: unknown; envelope: { pts: number } },
): string | null {
  if (as === 'json') return plainLine(value, () => ({ output: from, pts_ms: envelope.pts / 1000, value }))
  const text = isLine(value) ? `${value}\n` : plainLine(value)
  return as === 'lines' || text === null ? text : `${from}\t${text}`
}

function plainLine(value: unknown, line: () => unknown = () => value): string | null {
  // Refusing takes as long as a frame: what comes in every frame is known before.
  if (value instanceof AudioBuffer || ArrayBuffer.isView(value)) return null
  try {
    return jsonLine(line())
  } catch {
    return null
  }
}
