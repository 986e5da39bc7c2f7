import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on this machine that sends one event a connection, the one after the last that the client has seen. */
export async function eventServer(count: number) {
  const server = createServer((request, response) => {
    const next = Number(request.headers['last-event-id'] ?? 0) + 1
    if (next > count) return response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`id: ${next}\nevent: count\ndata: event ${next}\n\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
