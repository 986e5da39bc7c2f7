import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { InvalidInputsError } from '@anabranch/plugin-sdk'
import type { Encoder } from './output-chunks.ts'

/** Where the values of an output go. */
export interface Target {
  /** Resolves when there is room for more. False where nobody reads any more. */
  write(chunk: Uint8Array | string): Promise<boolean>
  /** Resolves when all is written. */
  end(): Promise<void>
}

/** A stream that stays open, as stdout does. A reader that goes away is told by `closed`. */
export function streamTarget(stream: Writable, closed: () => void): Target {
  let gone = false
  const leave = () => {
    if (gone) return
    gone = true
    closed()
  }
  stream.on('error', leave)
  stream.on('close', leave)
  return {
    async write(chunk) {
      if (gone || stream.destroyed) return false
      if (!stream.write(chunk))
        await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined)
      return !gone
    },
    end: async () => {
      stream.off('error', leave)
      stream.off('close', leave)
    },
  }
}

/** A file of its own. @throws InvalidInputsError where it cannot be written */
export async function fileTarget(path: string, encoder: Encoder): Promise<Target> {
  const stream = createWriteStream(path)
  let failure: Error | null = null
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    failure = new InvalidInputsError(`${path} cannot be written: ${cause.code ?? cause.message}`, {
      key: path,
      cause,
      fix: 'name a file in a folder that is there',
    })
  })
  const check = () => {
    if (failure !== null) throw failure
  }
  await once(stream, 'open').catch(() => undefined)
  check()
  return {
    async write(chunk) {
      check()
      if (!stream.write(chunk)) await once(stream, 'drain').catch(() => undefined)
      check()
      return true
    },
    async end() {
      stream.end()
      await finished(stream).catch(() => undefined)
      check()
      const head = encoder.head?.(stream.bytesWritten) ?? null
      if (head === null) return
      const file = await open(path, 'r+')
      await file.write(head, 0, head.length, 0).finally(() => file.close())
    },
  }
}
