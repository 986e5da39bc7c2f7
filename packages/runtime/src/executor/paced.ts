import { AudioBuffer, type Clock, type NodeContext, type Values } from '@anabranch/plugin-sdk'
import type { RecordBody } from '@anabranch/plugin-sdk/host'
import { sleep } from '../sleep.ts'

/**
 * A source that gives its audio as a microphone would: a frame is handed over when its last sample is due, counted from
 * the first pull. One that comes late by itself is not held back further, and what is no audio passes at once.
 */
export function paced(body: RecordBody, clock: Clock): RecordBody {
  const { source } = body
  if (source === undefined) return body
  return {
    ...body,
    source: (context: NodeContext) => inRealTime(source.call(body, context), clock, context.signal),
  }
}

/** The same records, each with audio when its last sample is due, counted from the first that is asked for. */
export async function* inRealTime(
  records: AsyncIterable<Values> | Iterable<Values>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Values> {
  const start = clock.now()
  let samples = 0
  for await (const record of records) {
    const audio = audioOf(record)
    if (audio !== undefined) {
      // From a sample counter, as media time is: a sum of durations would drift.
      samples += audio.length
      const ms = start + (samples * 1000) / audio.sampleRate - clock.now()
      if (ms > 0) await sleep(clock, ms, signal)
    }
    yield record
  }
}

function audioOf(record: Values | undefined): AudioBuffer | undefined {
  for (const value of Object.values(record ?? {})) if (value instanceof AudioBuffer) return value
  return undefined
}
