import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline, type Session } from '@anabranch/runtime'
import { webSocketSink, webSocketSource } from '@anabranch/runtime/nodes'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { rejected } from '../coded.ts'
import { gather, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { type Stage, settled } from '../scenario.ts'
import { serve, until, withServers } from './servers.ts'

type SourceParams = NonNullable<Parameters<typeof webSocketSource.create>[0]>
type SinkParams = NonNullable<Parameters<typeof webSocketSink.create>[0]>

testNode(t, webSocketSource, [{ params: { url: 'ws://192.0.2.1/' }, inputs: [] }])
testNode(t, webSocketSink, [{ params: { url: 'ws://192.0.2.1/' }, inputs: [], outputs: [] }])

/** A WebSocket server on 127.0.0.1, stopped with the test. */
async function listen(t: Test, connected: (socket: WebSocket, request: IncomingMessage) => void, port = 0) {
  const server = new WebSocketServer({ host: '127.0.0.1', port })
  const got: string[] = []
  server.on('connection', (socket, request) => {
    socket.on('message', (data) => got.push(String(data)))
    connected(socket, request)
  })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const client of server.clients) client.terminate()
      server.close(() => resolve())
    })
  t.teardown(stop)
  const bound = (server.address() as AddressInfo).port
  return { url: `ws://127.0.0.1:${bound}`, port: bound, got, stop, server }
}

async function openSource(stage: Stage, params: SourceParams, onError: 'fail' | 'skip' = 'fail') {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        ws: { type: webSocketSource, params: { allow_private: true, base_ms: 1, ...params }, on_error: onError },
      },
    }),
    { clock: systemClock },
  )
  const session = (await executor.open()) as unknown as Session
  return { session, got: gather(session), custom: () => executor.metrics().nodes.ws?.custom ?? {} }
}

async function openSink(stage: Stage, params: SinkParams, values: Iterable<unknown> | AsyncIterable<unknown>) {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(values) },
        ws: {
          type: webSocketSink,
          params: { allow_private: true, base_ms: 1, ...params },
          in: { input: 'from.output' },
        },
      },
    }),
    { clock: systemClock },
  )
  return { session: await executor.open(), custom: () => executor.metrics().nodes.ws?.custom ?? {} }
}

withServers('WebSocketSource: messages as JSON, text and bytes, until the server is through', async (t, stage) => {
  const server = await listen(t, (socket) => {
    socket.send('{"a":1}')
    socket.send(Buffer.from('[2]'))
    socket.close(1000)
  })
  for (const [format, expected] of [
    ['json', [{ a: 1 }, [2]]],
    ['text', ['{"a":1}', '[2]']],
    ['bytes', [new Uint8Array(Buffer.from('{"a":1}')), new Uint8Array(Buffer.from('[2]'))]],
  ] as const) {
    const { session, got } = await openSource(stage, { url: server.url, format })
    t.match(await session.end(), { balanced: true, delivered: 2 })
    t.same(got, expected)
  }
})

withServers('WebSocketSource: connects again when the server goes away and comes back', async (t, stage) => {
  const first = await listen(t, (socket) => socket.send('1'))
  const { session, got, custom } = await openSource(stage, {
    url: first.url,
    max_retries: 1000,
    headers: { authorization: 'Bearer x' },
  })
  await until(() => got.length === 1)
  await first.stop()
  await until(() => (custom().reconnects ?? 0) > 2)
  let authorization: string | undefined
  await listen(
    t,
    (socket, request) => {
      authorization = request.headers.authorization
      socket.send('2')
      socket.close(1000)
    },
    first.port,
  )
  t.match(await session.end(), { balanced: true, accepted: 2, delivered: 2 })
  t.same(got, [1, 2])
  t.equal(authorization, 'Bearer x')
})

withServers('WebSocketSource: what waits is bounded, by a pause or by drops that are counted', async (t, stage) => {
  const server = await listen(t, (socket) => {
    for (const n of upTo(20_000)) socket.send(JSON.stringify({ n, fill: 'x'.repeat(200) }))
    socket.close(1000)
  })
  for (const overflow of ['pause', 'drop-oldest'] as const) {
    const numbers: number[] = []
    const slow = sinkTo(async ({ n }: { n: number }) => {
      if (n % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
      numbers.push(n)
    })
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          ws: { type: webSocketSource, params: { url: server.url, allow_private: true, buffer: 8, overflow } },
          out: { type: slow, in: { input: 'ws.output' } },
        },
      }),
      { clock: systemClock },
      false,
    )
    const ledger = await (await executor.open()).end()
    t.match(ledger, { balanced: true, delivered: numbers.length })
    const dropped = executor.metrics().nodes.ws?.custom.messages_dropped ?? 0
    t.equal(numbers.length + dropped, 20_000, overflow)
    t.same(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
    if (overflow === 'pause') t.equal(dropped, 0)
  }
})

withServers('WebSocketSource: a bad message, one too long, a refusal, an address of this machine', async (t, stage) => {
  const server = await listen(t, (socket, { url }) => {
    for (const text of url === '/long' ? ['x'.repeat(5000)] : ['1', 'bad', '3']) socket.send(text)
    socket.close(1000)
  })
  const skipping = await openSource(stage, { url: server.url }, 'skip')
  t.match(await skipping.session.end(), { balanced: true, delivered: 2, failed: 1 })
  t.same(skipping.got, [1, 3])
  const refusing = await serve(t, (_, response) => response.writeHead(403).end())
  refusing.server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
  for (const [params, code, why] of [
    [{ url: server.url }, 'ANB_INPUTS', /no JSON/],
    [{ url: `${server.url}/long`, max_message_bytes: 1000 }, 'ANB_LIMIT', /longer than 1000 bytes/],
    [{ url: refusing.url.replace('http', 'ws') }, 'ANB_NODE_EXECUTION', /status 403/],
    [{ url: server.url, allow_private: false }, 'ANB_NODE_EXECUTION', /its own network/],
    [{ url: `ws://localhost:${server.port}`, allow_private: false, max_retries: 0 }, 'ANB_NODE_EXECUTION', /network/],
  ] as const) {
    const { session } = await openSource(stage, params)
    t.match((await rejected(code, session.end())).message, why)
  }
})

withServers(
  'WebSocketSource: a close ends an open connection, and a wait for the next one, at once',
  async (t, stage) => {
    const server = await listen(t, (socket) => socket.send('1'))
    const open = await openSource(stage, { url: server.url })
    await until(() => open.got.length === 1)
    t.match(await open.session.close(), { balanced: true, delivered: 1 })
    await server.stop()
    const waiting = await openSource(stage, { url: server.url, base_ms: 1e6, cap_ms: 1e6 })
    await until(() => waiting.custom().reconnects === 1)
    t.match(await waiting.session.close(), { balanced: true, accepted: 0 })
    const silent = await serve(t, () => undefined)
    silent.server.on('upgrade', () => undefined)
    const late = await openSource(stage, { url: silent.url.replace('http', 'ws'), timeout_ms: 20, max_retries: 0 })
    await rejected('ANB_TIMEOUT', late.session.end())
    const hanging = await openSource(stage, { url: silent.url.replace('http', 'ws') })
    await settled()
    t.match(await hanging.session.close(), { balanced: true })
  },
)

withServers('WebSocketSink: sends every value in order, and says goodbye', async (t, stage) => {
  let code = 0
  const server = await listen(t, (socket) => socket.on('close', (said) => (code = said)))
  const { session } = await openSink(stage, { url: server.url }, upTo(500))
  t.match(await session.end(), { balanced: true, delivered: 500 })
  await until(() => code !== 0)
  t.equal(code, 1000)
  t.same(server.got.map(Number), [...upTo(500)])
})

withServers('WebSocketSink: connects again when the server goes away and comes back', async (t, stage) => {
  const first = await listen(t, () => undefined)
  let goOn = () => {}
  const back = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const values = async function* () {
    yield 'before'
    await back
    yield 'after'
    yield 'end'
  }
  const { session, custom } = await openSink(stage, { url: first.url, format: 'text', max_retries: 1000 }, values())
  await until(() => first.got.length === 1)
  await first.stop()
  for (let turns = 0; turns < 10; turns++) await settled()
  goOn()
  await until(() => (custom().reconnects ?? 0) > 2)
  const second = await listen(t, () => undefined, first.port)
  t.match(await session.end(), { balanced: true, accepted: 3, delivered: 3 })
  t.same(second.got, ['after', 'end'])
})

withServers(
  'WebSocketSink: gives up after so many connections; a close does not wait for the next',
  async (t, stage) => {
    const server = await listen(t, () => undefined)
    await server.stop()
    const failing = await openSink(stage, { url: server.url, max_retries: 2 }, [1])
    t.match((await rejected('ANB_NODE_EXECUTION', failing.session.end())).message, /cannot be reached/)
    t.equal(failing.custom().reconnects, 2)
    const waiting = await openSink(stage, { url: server.url, base_ms: 1e6, cap_ms: 1e6 }, [1])
    await until(() => waiting.custom().reconnects === 1)
    t.match(await waiting.session.cancel(), { balanced: true, delivered: 0 })
  },
)

t.test('WebSocketSink: what cannot be a message', async (t) => {
  for (const [format, input, code] of [
    ['json', new Uint8Array(1), 'ANB_MARSHALING'],
    ['text', 1, 'ANB_INPUTS'],
    ['bytes', 'a', 'ANB_INPUTS'],
  ] as const) {
    const node = await harness(webSocketSink, { url: 'ws://192.0.2.1', format })
    t.teardown(() => node.close())
    await rejected(code, node.push({ input }))
  }
  t.pass('all refused')
})
