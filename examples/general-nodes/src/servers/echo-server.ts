import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * A WebSocket server on this machine: what a client at `/in` sends goes to the one at `/out`, which is closed when so
 * many messages have passed.
 */
export async function echoServer(count: number) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const waiting: string[] = []
  let passed = 0
  let reader: WebSocket | null = null
  const pass = () => {
    if (reader === null) return
    for (const message of waiting.splice(0)) {
      reader.send(message)
      passed++
    }
    if (passed === count) reader.close(1000)
  }
  server.on('connection', (socket, { url }) => {
    if (url === '/out') reader = socket
    else
      socket.on('message', (data) => {
        waiting.push(String(data))
        pass()
      })
    pass()
  })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
