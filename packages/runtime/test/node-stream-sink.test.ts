import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'
import { anything, audio, json, text } from '@anabranch/plugin-sdk'
import { clip } from '@anabranch/plugin-sdk/testing'
import { definePipeline, fromReadable, toWritable } from '@anabranch/runtime'
import { z } from 'zod'
import { rejected } from './coded.ts'
import { gate, mapNode, quickSource, upTo } from './nodes.ts'
import { scenario, settled } from './scenario.ts'
import { closed, inTempFolder, noise } from './streams.ts'

const inputs = { value: anything }
type Sink = ReturnType<typeof toWritable>
const into = (sink: Sink, max = 64) =>
  definePipeline({ inputs, nodes: { out: { type: sink, in: { input: { from: 'value', max } } } } })

/** A Writable whose writes the test answers. */
function slowly(options: { readonly highWaterMark?: number; readonly objectMode?: boolean } = {}) {
  const open: { readonly chunk: unknown; answer(error?: Error): void }[] = []
  const stream = new Writable({ ...options, write: (chunk, _encoding, answer) => void open.push({ chunk, answer }) })
  return { stream, open }
}

scenario('toWritable: a file, byte for byte, closed when the session has ended', async (t, stage) => {
  await inTempFolder(async (path) => {
    const content = noise(1_000_000)
    await writeFile(path('in'), content)
    const stream = createWriteStream(path('out'))
    const session = await stage.open(
      definePipeline({
        nodes: {
          in: { type: fromReadable('In', createReadStream(path('in'), { highWaterMark: 10_000 })) },
          out: { type: toWritable('Out', stream), in: { input: 'in.output' } },
        },
      }),
    )
    t.match(await session.end(), { accepted: 100, delivered: 100, in_flight: 0, balanced: true })
    t.ok(stream.closed)
    t.ok((await readFile(path('out'))).equals(content))
  })
})

scenario('toWritable: a function opens a stream for each session, also for an empty one', async (t, stage) => {
  await inTempFolder(async (path) => {
    let opened = 0
    const sink = toWritable('Out', () => createWriteStream(path(`out-${opened++}`)))
    const executor = await stage.executor(into(sink))
    for (const run of [['a', 'b'], [], ['c']]) {
      const session = await executor.open()
      for (const value of run) await session.send({ value })
      t.match(await session.end(), { accepted: run.length, delivered: run.length, balanced: true })
      t.equal(await readFile(path(`out-${opened - 1}`), 'utf8'), run.join(''))
    }
    t.equal(opened, 3)
  })
})

scenario('toWritable: a slow stream slows the graph; delivered is what it has answered', async (t, stage) => {
  const { stream, open } = slowly({ highWaterMark: 2, objectMode: true })
  let given = 0
  const numbers = quickSource(function* () {
    for (const n of upTo(200)) {
      given++
      yield n
    }
  })
  const session = await stage.open(
    definePipeline({
      nodes: {
        numbers: { type: numbers },
        out: { type: toWritable('Out', stream), in: { input: { from: 'numbers.output', max: 4 } } },
      },
    }),
  )
  const ended = session.end()
  await settled()
  t.equal(stream.writableLength, 2, 'no more than its own bound')
  t.equal(given, 16 + 4, 'as many as may be at work, and what the edge holds')
  t.match(session.ledger(), { accepted: 20, delivered: 0, in_flight: 20 })
  const written: unknown[] = []
  while (written.length < 200) {
    const { chunk, answer } = open.shift() as (typeof open)[0]
    t.ok(stream.writableLength <= 2)
    written.push(chunk)
    answer()
    if (written.length === 1) {
      await settled()
      t.match(session.ledger(), { delivered: 1 })
    }
    if (open.length === 0) await settled()
  }
  t.match(await ended, { accepted: 200, delivered: 200, balanced: true })
  t.same(written, [...upTo(200)], 'in order')
})

scenario('toWritable: values become chunks; what gives none is through', async (t, stage) => {
  const said = new PassThrough()
  const lines = toWritable({ type: 'Lines', input: text }, said, (line) => (line === '' ? undefined : `${line}\n`))
  const session = await stage.open(
    definePipeline({ inputs: { value: text }, nodes: { out: { type: lines, in: { input: 'value' } } } }),
  )
  for (const value of ['one', '', 'two']) await session.send({ value })
  t.match(await session.end(), { delivered: 3 })
  t.equal(String(said.read()), 'one\ntwo\n')

  const samples = new PassThrough()
  const raw = toWritable({ type: 'Raw', input: audio }, samples, ({ samples: s }) =>
    Buffer.from(s.buffer, s.byteOffset, s.byteLength),
  )
  const sound = await stage.open(
    definePipeline({ inputs: { value: audio }, nodes: { out: { type: raw, in: { input: 'value' } } } }),
  )
  await sound.send({ value: clip.sine(10) })
  await sound.end()
  t.equal(samples.readableLength, clip.sine(10).samples.byteLength)

  const objects = new PassThrough({ objectMode: true })
  const point = json(z.object({ x: z.number() }))
  const points = toWritable({ type: 'Points', input: point }, objects)
  const pointed = await stage.open(
    definePipeline({ inputs: { value: point }, nodes: { out: { type: points, in: { input: 'value' } } } }),
  )
  await pointed.send({ value: { x: 1 } })
  await pointed.end()
  t.same(objects.read(), { x: 1 })
})

scenario('toWritable: end: false leaves the stream open, from session to session', async (t, stage) => {
  const stream = new PassThrough()
  const executor = await stage.executor(into(toWritable({ type: 'Log', end: false }, stream)))
  for (const value of ['a', 'b', 'c']) {
    const session = await executor.open()
    await session.send({ value })
    t.match(await session.end(), { delivered: 1, balanced: true })
  }
  await executor.close()
  t.ok(stream.writable)
  t.equal(String(stream.read()), 'abc')
  const listening = ['drain', 'error', 'close'].map((name) => stream.listenerCount(name))
  t.ok(
    listening.every((count) => count <= 1),
    'nothing of the sessions is left on it',
  )
})

scenario('toWritable: an error fails the node at once, whatever waits', async (t, stage) => {
  const { stream, open } = slowly({ highWaterMark: 1, objectMode: true })
  const session = await stage.open(into(toWritable('Out', stream), 8))
  for (const value of upTo(10)) await session.send({ value })
  await settled()
  open[0]?.answer()
  await settled()
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  open[1]?.answer(full)
  const error = await rejected('ANB_NODE_EXECUTION', session.end())
  t.equal(error.cause, full)
  t.match(error.message, /node "out": no space left/)
  t.match(session.ledger(), { accepted: 10, delivered: 1, in_flight: 0, balanced: true })
  t.equal(open.length, 2, 'nothing more was written')
})

scenario(
  'toWritable: a stream that is destroyed while it is waited for, or while nothing happens',
  async (t, stage) => {
    const { stream } = slowly({ highWaterMark: 1, objectMode: true })
    const waiting = await stage.open(into(toWritable('Out', stream)))
    for (const value of upTo(3)) await waiting.send({ value })
    await settled()
    stream.destroy()
    t.match((await rejected('ANB_NODE_EXECUTION', waiting.end())).message, /its stream was destroyed before the end/)
    t.match(waiting.ledger(), { accepted: 3, delivered: 0, in_flight: 0, balanced: true })

    const idle = new PassThrough()
    const session = await stage.open(into(toWritable('Idle', idle)))
    await session.send({ value: 'x' })
    await settled()
    idle.destroy(new Error('unplugged'))
    await settled()
    await session.send({ value: 'y' })
    t.match((await rejected('ANB_NODE_EXECUTION', session.end())).message, /unplugged/)
    t.match(session.ledger(), { accepted: 2, delivered: 1, failed: 1, balanced: true })
  },
)

scenario('toWritable: a file that cannot be opened, and a stream that cannot finish', async (t, stage) => {
  const stream = createWriteStream('/nowhere/at/all')
  const early = toWritable('Early', stream)
  await closed(stream)
  for (const sink of [early, toWritable('Late', () => createWriteStream('/nowhere/at/all'))]) {
    const session = await stage.open(into(sink))
    await session.send({ value: 'x' })
    const error = await rejected('ANB_NODE_EXECUTION', session.end())
    t.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT')
  }
  const unfinished = new Writable({
    write: (_chunk, _encoding, done) => done(),
    final: (done) => done(new Error('torn')),
  })
  const session = await stage.open(into(toWritable('Torn', unfinished)))
  await session.send({ value: 'x' })
  t.match((await rejected('ANB_NODE_EXECUTION', session.end())).message, /torn/)
  t.match(session.ledger(), { delivered: 1, balanced: true })
})

scenario('toWritable: a stream that was ended already, and a value that it does not take', async (t, stage) => {
  const executor = await stage.executor(into(toWritable('Once', new PassThrough().resume())))
  const first = await executor.open()
  await first.send({ value: 'x' })
  await first.end()
  const second = await rejected('ANB_NODE_EXECUTION', (await executor.open()).end())
  t.match(second, { message: /was ended or destroyed already/, fix: /give a function/, nodeId: 'out' })

  const number = await stage.open(into(toWritable('Bytes', new PassThrough())))
  await number.send({ value: 7 })
  t.match((await rejected('ANB_INPUTS', number.end())).message, /takes bytes and strings, not a number/)
  const none = await stage.open(into(toWritable('Objects', new PassThrough({ objectMode: true }))))
  await none.send({ value: null })
  t.match(await rejected('ANB_INPUTS', none.end()), {
    message: /null would end the stream/,
    key: 'input',
    nodeId: 'out',
  })
})

scenario('toWritable: on_error skip goes on with the next value', async (t, stage) => {
  const stream = new PassThrough()
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { out: { type: toWritable('Out', stream), on_error: 'skip', in: { input: 'value' } } },
    }),
  )
  const session = await executor.open()
  for (const value of ['a', 1, 'b']) await session.send({ value })
  t.match(await session.end(), { delivered: 2, failed: 1, balanced: true })
  t.equal(String(stream.read()), 'ab')
})

scenario(
  'toWritable: a failed session destroys the stream, so that half is not taken for a whole',
  async (t, stage) => {
    const { stream, open } = slowly()
    const picky = mapNode('Picky', (n) => {
      if (n === 'bad') throw new Error('no')
      return n
    })
    const session = await stage.open(
      definePipeline({
        inputs,
        nodes: {
          picky: { type: picky, in: { input: 'value' } },
          out: { type: toWritable('Out', stream), in: { input: 'picky.output' } },
        },
      }),
    )
    await session.send({ value: 'good' })
    await session.send({ value: 'bad' })
    await settled()
    open[0]?.answer()
    await rejected('ANB_NODE_EXECUTION', session.end())
    t.ok(stream.destroyed)
    t.notOk(stream.writableFinished)
    t.ok(session.ledger().balanced)
  },
)

scenario('toWritable: an interrupt takes back what was not written yet', async (t, stage) => {
  const { stream, open } = slowly({ highWaterMark: 1, objectMode: true })
  const session = await stage.open(into(toWritable('Out', stream)))
  for (const value of upTo(5)) await session.send({ value })
  await settled()
  session.interrupt({ queued: true })
  await session.send({ value: 'new' })
  const { promise, open: done } = gate()
  stream.on('finish', done)
  const ended = session.end()
  while (!stream.writableFinished) {
    open.shift()?.answer()
    await settled()
  }
  await promise
  t.match(await ended, { accepted: 6, delivered: 1, cancelled: 5, balanced: true })
})
