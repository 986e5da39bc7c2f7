import type { Readable, Writable } from 'node:stream'

/** Destroys a stream and waits until it has let go of what it holds: a file, a socket. Its errors are its own. */
export function destroyed(stream: Readable | Writable): Promise<void> {
  stream.destroy()
  if (stream.closed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('close', () => resolve())
  })
}
