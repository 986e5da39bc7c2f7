import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { InvalidInputsError, isAnabranchError, type Values } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { inRealTime, type Session } from '@anabranch/runtime'
import type { SampleFormat } from '../audio/sample-format.ts'
import type { Io } from '../io.ts'
import type { End } from './end-named.ts'
import type { InputForm } from './input-values.ts'
import type { Progress } from './progress.ts'

/** One input of the pipeline that is fed from a file or from stdin. */
export interface Feed {
  /** Resolves when everything is sent, or nobody takes any more. */
  run(session: Session): Promise<void>
  /** Stops reading where it is. */
  stop(): void
}

export interface FeedOptions {
  readonly pace: 'realtime' | undefined
  readonly progress: Progress
  /** Told how sound lies in the bytes that are read. */
  readonly heard: (samples: SampleFormat, wav: boolean) => void
  readonly io: Io
}

export function makeFeed(end: End, form: InputForm, { pace, progress, heard, io }: FeedOptions): Feed {
  const stopped = new AbortController()
  let stream: Readable | null = null
  const stop = () => {
    stopped.abort()
    stream?.destroy()
  }
  return {
    stop,
    async run(session) {
      stream = end.path === '-' ? io.stdin : createReadStream(end.path)
      const bytes = end.path === '-' ? null : sizeOf(end.path)
      try {
        const values = form.values(stream, (format, size, wav) => {
          const { sampleRate, channels, bytes: each } = format
          heard(format, wav)
          const whole = size ?? bytes
          if (whole !== null) progress.length(end.key, (1000 * whole) / (each * channels * sampleRate))
        })
        const records = keyed(values, end.key)
        for await (const record of pace === undefined ? records : inRealTime(records, systemClock, stopped.signal)) {
          await session.send(record as never)
          progress.sent(end.key, record[end.key])
        }
      } catch (error) {
        if (stopped.signal.aborted || tookItsLast(error, session)) return
        throw readError(error, end)
      } finally {
        stop()
      }
    },
  }
}

async function* keyed(values: AsyncIterable<Values[string]>, key: string): AsyncGenerator<Values> {
  for await (const value of values) yield { [key]: value }
}

/** The session refuses what is sent: it failed, which it says itself, or the graph took its last input. */
function tookItsLast(error: unknown, session: Session): boolean {
  return session.error !== undefined || (isAnabranchError(error) && error.code === 'ANB_CANCELLED')
}

function sizeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : null
}

function readError(error: unknown, { key, path }: End): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code
  return new InvalidInputsError(`${path} cannot be read: ${why}`, { key, cause: error, fix: 'check the path' })
}
