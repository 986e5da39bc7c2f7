import { systemClock } from '@anabranch/plugin-sdk/host'
import { testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline, type Session } from '@anabranch/runtime'
import { httpSource } from '@anabranch/runtime/nodes'
import t from 'tap'
import { rejected, thrown } from '../coded.ts'
import { gather } from '../nodes.ts'
import { type Stage, settled } from '../scenario.ts'
import { serve, until, withServers } from './servers.ts'

type Params = NonNullable<Parameters<typeof httpSource.create>[0]>

testNode(t, httpSource, [{ params: { url: 'http://192.0.2.1/' }, inputs: [] }])

/** A session over one HTTP source in real time. */
async function open(stage: Stage, params: Params, onError: 'fail' | 'skip' = 'fail') {
  const executor = await stage.executor(
    definePipeline({
      nodes: { http: { type: httpSource, params: { base_ms: 1, ...params }, on_error: onError } },
    }),
    { clock: systemClock },
  )
  const session = (await executor.open()) as unknown as Session
  return { session, got: gather(session), executor }
}

withServers('HttpSource: lines, JSON and bytes as they come', async (t, stage) => {
  const server = await serve(t, async (_, response) => {
    for (const part of ['{"a"', ':1}\r\n\n', '[2]\n', '"é"']) {
      response.write(part)
      await settled()
    }
    response.end()
  })
  const of = async (format: 'lines' | 'json') => {
    const { session, got } = await open(stage, { url: server.url, format, allow_private: true })
    t.match(await session.end(), { balanced: true })
    return got
  }
  t.same(await of('lines'), ['{"a":1}', '', '[2]', '"é"'])
  t.same(await of('json'), [{ a: 1 }, [2], 'é'])
  const { session, got } = await open(stage, { url: server.url, format: 'bytes', allow_private: true })
  await session.end()
  t.equal(String(Buffer.concat(got)), '{"a":1}\r\n\n[2]\n"é"')
})

withServers('HttpSource: events go on from the last id when the server goes away and comes back', async (t, stage) => {
  const first = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\nretry: 3\n\nid: 1\ndata: one\n\nid: 2\nevent: tick\ndata: two\ndata: lines\n\ndata: cut')
  })
  const { session, got, executor } = await open(stage, {
    url: first.url,
    format: 'sse',
    allow_private: true,
    max_retries: 1000,
    headers: { authorization: 'Bearer x' },
  })
  await until(() => got.length === 2)
  await first.stop()
  await until(() => (executor.metrics().nodes.http?.custom.reconnects ?? 0) > 2)
  const second = await serve(
    t,
    (_, response, nth) => {
      if (nth === 2) return response.writeHead(204).end()
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      response.end('data: three\n\n')
    },
    first.port,
  )
  t.match(await session.end(), { balanced: true, accepted: 3, delivered: 3 })
  t.same(got, [
    { event: 'message', data: 'one', id: '1' },
    { event: 'tick', data: 'two\nlines', id: '2' },
    { event: 'message', data: 'three' },
  ])
  t.match(second.asked[0]?.headers, { 'last-event-id': '2', authorization: 'Bearer x', accept: 'text/event-stream' })
})

withServers('HttpSource: it gives up after so many connections', async (t, stage) => {
  const server = await serve(t, (_, response) => response.writeHead(503).end())
  const { session } = await open(stage, { url: server.url, format: 'sse', allow_private: true, max_retries: 3 })
  t.match(await rejected('ANB_NODE_EXECUTION', session.end()), { nodeId: 'http', message: /status 503/ })
  t.equal(server.asked.length, 4)
  const missing = await serve(t, (_, response) => response.writeHead(404).end())
  const other = await open(stage, { url: missing.url, format: 'sse', allow_private: true })
  t.match(await rejected('ANB_NODE_EXECUTION', other.session.end()), { retryable: false, message: /status 404/ })
  t.equal(missing.asked.length, 1)
})

withServers('HttpSource: addresses of this machine and its network are refused', async (t, stage) => {
  const server = await serve(t, (_, response) => response.end('secret\n'))
  for (const url of [
    server.url,
    `http://localhost:${server.port}/`,
    `http://2130706433:${server.port}/`,
    `http://0x7f.1:${server.port}/`,
    `http://[::1]:${server.port}/`,
    `http://[::ffff:127.0.0.1]:${server.port}/`,
    `http://0.0.0.0:${server.port}/`,
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://100.64.0.1/',
    'http://[64:ff9b::7f00:1]/',
  ]) {
    const { session } = await open(stage, { url })
    const error = await rejected('ANB_NODE_EXECUTION', session.end())
    t.match(`${error.message} ${(error.cause as Error)?.message}`, /of this machine or its own network/, url)
  }
  t.equal(server.asked.length, 0, 'nobody was asked')
})

withServers('HttpSource: redirects are followed so far, and their headers stay at home', async (t, stage) => {
  const other = await serve(t, (_, response) => response.end('there\n'))
  const server = await serve(t, ({ url }, response) => {
    const to = url === '/other' ? other.url : url === '/file' ? 'file:///etc/passwd' : url
    response.writeHead(302, { location: to }).end()
  })
  const { session, got } = await open(stage, {
    url: `${server.url}/other`,
    allow_private: true,
    headers: { authorization: 'secret' },
  })
  await session.end()
  t.same(got, ['there'])
  t.equal(other.asked[0]?.headers.authorization, undefined)
  for (const [path, why] of [
    ['/file', /redirects to file:/],
    ['/loop', /more than 5 redirects/],
  ] as const) {
    const { session } = await open(stage, { url: server.url + path, allow_private: true })
    t.match((await rejected('ANB_NODE_EXECUTION', session.end())).message, why)
  }
})

withServers('HttpSource: what is too long, too late or of another kind', async (t, stage) => {
  const long = await serve(t, (_, response) => response.end('x'.repeat(5000)))
  const silent = await serve(t, ({ url }, response) => {
    if (url === '/begun') response.write('a line\n')
  })
  const odd = await serve(t, ({ url }, response) => {
    response.setHeader('content-encoding', url === '/gzip' ? 'gzip' : 'identity')
    response.end('1\nbad\n3')
  })
  const cut = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half')
    setTimeout(() => response.destroy(), 10)
  })
  const events = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${'x'.repeat(5000)}`)
  })
  const table: readonly (readonly [
    Params,
    'ANB_LIMIT' | 'ANB_TIMEOUT' | 'ANB_NODE_EXECUTION' | 'ANB_INPUTS',
    RegExp,
  ])[] = [
    [{ url: long.url, max_item_chars: 1000 }, 'ANB_LIMIT', /longer than 1000 characters/],
    [{ url: long.url, format: 'bytes', max_bytes: 1000 }, 'ANB_LIMIT', /longer than 1000 bytes/],
    [{ url: events.url, format: 'sse', max_item_chars: 1000 }, 'ANB_LIMIT', /an event is longer/],
    [{ url: silent.url, timeout_ms: 30 }, 'ANB_TIMEOUT', /did not answer in 30 ms/],
    [{ url: `${silent.url}/begun`, idle_ms: 30 }, 'ANB_TIMEOUT', /nothing came for 30 ms/],
    [{ url: `${odd.url}/gzip` }, 'ANB_NODE_EXECUTION', /content encoding gzip/],
    [{ url: odd.url, format: 'sse' }, 'ANB_NODE_EXECUTION', /no text\/event-stream/],
    [{ url: odd.url, format: 'json' }, 'ANB_INPUTS', /:2 is no JSON/],
    [{ url: cut.url, format: 'bytes' }, 'ANB_NODE_EXECUTION', /lost/],
  ]
  for (const [params, code, why] of table) {
    const { session } = await open(stage, { allow_private: true, ...params })
    t.match((await rejected(code, session.end())).message, why)
  }
  const { session, got } = await open(stage, { url: odd.url, format: 'json', allow_private: true }, 'skip')
  t.match(await session.end(), { balanced: true, delivered: 2, failed: 1 })
  t.same(got, [1, 3])
})

withServers('HttpSource: a close ends an open connection, and a wait for the next one, at once', async (t, stage) => {
  const open1 = await serve(t, (_, response) => response.write('one\n'))
  const first = await open(stage, { url: open1.url, allow_private: true })
  await until(() => first.got.length === 1)
  t.match(await first.session.close(), { balanced: true, delivered: 1 })
  const down = await serve(t, (_, response) => response.writeHead(503).end())
  const second = await open(stage, { url: down.url, format: 'sse', allow_private: true, base_ms: 1e6, cap_ms: 1e6 })
  await until(() => down.asked.length === 1)
  await settled()
  t.match(await second.session.close(), { balanced: true })
  const silent = await serve(t, () => undefined)
  const third = await open(stage, { url: silent.url, allow_private: true })
  await until(() => silent.asked.length === 1)
  t.match(await third.session.close(), { balanced: true })
})

t.test('HttpSource: params that cannot be', async (t) => {
  for (const params of [
    { url: 'ftp://example.org' },
    { url: 'nowhere' },
    { url: 'http://user:secret@example.org/' },
    { url: 'http://example.org', headers: { a: 'b\r\nc: d' } },
    { url: 'http://example.org', headers: { 'a b': 'c' } },
    { url: 'http://example.org', max_retries: -1 },
  ])
    t.equal(thrown('ANB_PARAMS', () => httpSource.create(params)).code, 'ANB_PARAMS')
})
