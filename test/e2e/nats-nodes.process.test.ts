import { type ChildProcess, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { natsNodes, natsSink, natsSource } from '@anabranch/nodes-python/nats'
import { AudioBuffer, anything, defineNode } from '@anabranch/plugin-sdk'
import { testNode } from '@anabranch/plugin-sdk/testing'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { filter, firstValueFrom, Subject } from 'rxjs'
import t, { type Test, test } from 'tap'

const program = fileURLToPath(new URL('../../../packages/nodes-python/python/.venv/bin/nats-server', import.meta.url))

testNode(t, natsSource, [{ params: { subject: 'a.>', url: 'nats://127.0.0.1:1' }, inputs: [] }])
testNode(t, natsSink, [{ params: { subject: 'a', url: 'nats://127.0.0.1:1' }, inputs: [], outputs: [] }])

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** A NATS server on a port of this machine that can go away and come back, and tells what it is asked. */
async function natsServer(t: Test) {
  const port = await freePort()
  let child: ChildProcess | null = null
  let told = ''
  const stirred = new Set<() => void>()
  /** Resolves when the server that runs now has said it, once it is traced. */
  const says = (what: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!told.includes(what)) return
        stirred.delete(look)
        resolve()
      }
      stirred.add(look)
      look()
    })
  const start = () => {
    const made = spawn(program, ['-V', '-a', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] })
    child = made
    told = ''
    made.stderr.on('data', (text: Buffer) => {
      told += String(text)
      for (const look of [...stirred]) look()
    })
    return says('Server is ready')
  }
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child === null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
      child = null
    })
  t.teardown(stop)
  await start()
  /** NATS keeps nothing: what is published before somebody listens is not there. */
  const listened = (subject: string) => says(`<<- [SUB ${subject} `)
  return { url: `nats://127.0.0.1:${port}`, start, stop, listened }
}

/** Gives what it is told to, when it is told to. */
function hand() {
  const waiting: unknown[] = []
  let ended = false
  let wake = () => {}
  const type = defineNode({
    type: 'Hand',
    summary: 'Gives the values of a test.',
    outputs: { output: anything },
    create: () => ({
      async *source() {
        for (;;) {
          while (waiting.length > 0) yield { output: waiting.shift() }
          if (ended) return
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      },
    }),
  })
  const give = (...values: unknown[]) => {
    waiting.push(...values)
    wake()
  }
  const end = () => {
    ended = true
    wake()
  }
  return { type, give, end }
}

type Format = 'msgpack' | 'json' | 'text' | 'bytes'

async function publisher(t: Test, url: string, subject: string, format: Format) {
  const { type, give, end } = hand()
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        hand: { type },
        out: { type: natsSink, params: { url, subject, format }, in: { input: 'hand.output' } },
      },
    }),
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  return {
    give,
    /** What the hand gave, as it is given. */
    given: session.tap('hand.output'),
    end: () => {
      end()
      return session.end()
    },
  }
}

async function hearer(t: Test, params: Parameters<typeof natsSource.create>[0], onError: 'fail' | 'skip' = 'fail') {
  const executor = await createExecutor(
    definePipeline({ nodes: { in: { type: natsSource, params: params as { subject: string }, on_error: onError } } }),
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  const got: unknown[] = []
  const values = new Subject<unknown>()
  const next = ({ value }: { readonly value: unknown }) => {
    got.push(value)
    values.next(value)
  }
  session.outputs.subscribe({ next, error: () => undefined })
  const hears = (wanted: unknown) => firstValueFrom(values.pipe(filter((value) => value === wanted)))
  const custom = () => executor.metrics().nodes.in?.custom ?? {}
  return { session, got, hears, custom }
}

const values: Readonly<Record<Format, readonly unknown[]>> = {
  msgpack: [
    { a: [1, 2.5, null, 'é'], b: new Uint8Array([1, 2]) },
    7,
    'text',
    new AudioBuffer(new Float32Array([0.5]), 8000, 1),
  ],
  json: [{ a: [1, 2.5, null, 'é'] }, 7, 'text'],
  text: ['one', 'zwei é'],
  bytes: [new Uint8Array([0, 255])],
}

test('values come out as they went in, in every format, and all is accounted for', async (t) => {
  const { url, listened } = await natsServer(t)
  for (const format of ['msgpack', 'json', 'text', 'bytes'] as const) {
    const expected = values[format]
    const { session, got } = await hearer(t, { url, subject: `all.*.${format}`, format, count: expected.length })
    await listened(`all.*.${format}`)
    const out = await publisher(t, url, `all.of.${format}`, format)
    out.give(...expected)
    t.match(await out.end(), { balanced: true, delivered: expected.length, in_flight: 0 })
    t.match(await session.end(), { balanced: true, delivered: expected.length, in_flight: 0 })
    t.ok(isDeepStrictEqual(got, expected), format)
  }
})

test('the server goes away and comes back: both nodes go on', async (t) => {
  const server = await natsServer(t)
  const { session, got, hears, custom } = await hearer(t, { url: server.url, subject: 'news', format: 'json' })
  await server.listened('news')
  const out = await publisher(t, server.url, 'news', 'json')
  const first = hears(1)
  out.give(1)
  await first
  await server.stop()
  const given = firstValueFrom(out.given)
  out.give(2)
  t.equal(await given, 2)
  t.same(got, [1], 'nothing comes while it is away')
  await server.start()
  await server.listened('news')
  const last = hears(4)
  out.give(3, 4)
  t.match(await out.end(), { balanced: true, accepted: 4, delivered: 4 })
  await last
  t.match(await session.close(), { balanced: true })
  // Where the sink came back first, 2 was not heard; where it was on its way as the connection broke, it came twice.
  t.match(got.join(), /^1,(2,)?(2,)?3,4$/)
  t.equal(custom().reconnects, 1)
})

test('what is wrong is one failed item; what waits is bounded; a close ends the wait', async (t) => {
  const { url, listened } = await natsServer(t)
  const bad = await hearer(t, { url, subject: 'mixed', format: 'json', count: 3 }, 'skip')
  await listened('mixed')
  const out = await publisher(t, url, 'mixed', 'text')
  out.give('1', 'no json', '3')
  await out.end()
  t.match(await bad.session.end(), { balanced: true, accepted: 3, delivered: 2, failed: 1 })
  t.same(bad.got, [1, 3])

  const waiting = await hearer(t, { url, subject: 'nobody' })
  await listened('nobody')
  t.match(await waiting.session.close(), { balanced: true, accepted: 0 })
})

test('params and servers that cannot be', async (t) => {
  for (const subject of ['', 'a b', 'a.*', '>', 'a..b', '.a'])
    t.throws(() => natsSink.create({ subject }), { code: 'ANB_PARAMS' }, JSON.stringify(subject))
  for (const subject of ['a.*.b', 'a.>', '>', '*']) t.ok(natsSource.create({ subject }))
  for (const subject of ['>.a', 'a*', 'a.>.b']) t.throws(() => natsSource.create({ subject }), { code: 'ANB_PARAMS' })
  for (const url of ['nats://10.0.0.9:4222', 'nats://127.0.0.1:1']) {
    const { session } = await hearer(t, { url, subject: 'a' })
    await t.rejects(session.end(), { code: 'ANB_NOT_AVAILABLE', nodeId: 'in' })
  }
  t.same(
    natsNodes.nodes.map(({ spec }) => spec.type),
    ['NatsSource', 'NatsSink'],
  )
})
