import { Readable, Writable } from 'node:stream'
import { anabranch } from '#src/anabranch.js'
import type { Out } from '#src/io.js'

/** What one command line did. */
export interface Done {
  readonly code: number
  readonly out: string
  /** The same as bytes. */
  readonly bytes: Buffer
  readonly err: string
}

export interface Surroundings {
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Given: both outputs are terminals of so many columns. */
  readonly columns?: number
}

/** Runs a command line in this process, over streams of its own: the whole command but its first file. */
export async function command(args: readonly string[], surroundings: Surroundings = {}): Promise<Done> {
  const { stdin = '', env = {}, columns } = surroundings
  const out = capture(columns)
  const err = capture(columns)
  const given = Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)])
  const code = await anabranch(args, { stdin: given, stdout: out.stream, stderr: err.stream, env })
  return { code, out: out.bytes().toString(), bytes: out.bytes(), err: err.bytes().toString() }
}

/** The JSON of the last line. */
export function lastLine(text: string): Record<string, unknown> {
  return JSON.parse(text.trimEnd().split('\n').at(-1) as string) as Record<string, unknown>
}

function capture(columns: number | undefined) {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns })
  return { stream: stream as Out, bytes: () => Buffer.concat(chunks) }
}
