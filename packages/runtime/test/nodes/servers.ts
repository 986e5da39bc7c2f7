import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'
import { type Stage, scenario } from '../scenario.ts'

export interface OneServer {
  readonly url: string
  readonly port: number
  readonly server: Server
  /** Requests so far. */
  readonly asked: IncomingMessage[]
  /** Ends it, and every connection. */
  stop(): Promise<void>
}

/** A server on 127.0.0.1, stopped with the test. */
export async function serve(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
  port = 0,
): Promise<OneServer> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo
  // Also those that were upgraded, which the server does not count as its own any more.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  t.teardown(stop)
  return { url: `http://127.0.0.1:${bound}`, port: bound, server, asked, stop }
}

/** Waits until something holds; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** A scenario whose servers are gone before it looks for what is left: a connection of theirs is no handle of a node. */
export function withServers(name: string, run: (t: Test, stage: Stage) => Promise<void>): void {
  scenario(name, async (t, stage) => {
    await t.test('with servers', (inner) => run(inner, stage))
  })
}
