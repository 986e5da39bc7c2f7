import { on } from 'node:events'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Duplex, PassThrough, Readable } from 'node:stream'
import { number, text } from '@anabranch/plugin-sdk'
import { definePipeline, fromReadable, toWritable } from '@anabranch/runtime'
import { take } from 'rxjs'
import { rejected, thrown } from './coded.ts'
import { gate, gather, mapNode, rxNode, sinkTo, upTo } from './nodes.ts'
import { type Stage, scenario, settled } from './scenario.ts'
import { closed, inTempFolder, noise } from './streams.ts'

type Source = ReturnType<typeof fromReadable>
const alone = (source: Source) => definePipeline({ nodes: { source: { type: source } } })
const valuesOf = async (stage: Stage, source: Source) =>
  (await (await stage.executor(alone(source))).execute()).all('source.output')

scenario('fromReadable: a file, byte for byte, closed at the end', async (t, stage) => {
  await inTempFolder(async (path) => {
    const content = noise(300_000)
    await writeFile(path('in'), content)
    const stream = createReadStream(path('in'), { highWaterMark: 4096 })
    const session = await stage.open(alone(fromReadable('File', stream)))
    const chunks = gather(session)
    const ledger = await session.end()
    t.ok(Buffer.concat(chunks).equals(content))
    t.equal(chunks.length, Math.ceil(300_000 / 4096))
    t.match(ledger, { accepted: chunks.length, delivered: chunks.length, balanced: true })
    t.ok(stream.closed)
  })
})

scenario('fromReadable: is pulled only while there is room', async (t, stage) => {
  let pulled = 0
  const endless = new Readable({
    highWaterMark: 1024,
    read() {
      pulled++
      this.push(Buffer.alloc(1024))
    },
  })
  const { promise, open } = gate()
  const slow = sinkTo(() => promise)
  const session = await stage.open(
    definePipeline({
      nodes: {
        source: { type: fromReadable('Endless', endless) },
        slow: { type: slow, in: { input: { from: 'source.output', max: 3 } } },
      },
    }),
  )
  await settled()
  t.ok(pulled <= 6, `one at work, three that wait, and what the stream reads ahead: ${pulled}`)
  open()
  const ledger = await session.close()
  t.ok(endless.closed)
  t.ok(ledger.balanced)
})

scenario('fromReadable: any async iterable, its chunks made into values of a kind', async (t, stage) => {
  async function* words() {
    yield* ['one', '', 'three']
  }
  const lengths = fromReadable({ type: 'Lengths', output: number }, words, (word) =>
    word === '' ? undefined : word.length,
  )
  const executor = await stage.executor(alone(lengths))
  for (const run of ['first', 'second']) {
    const results = await executor.execute()
    t.same(results.all('source.output'), [3, 5], `a function opens it anew: ${run}`)
    t.match(results.ledger, { accepted: 3, delivered: 2, filtered: 1 })
  }
})

scenario('fromReadable: a web stream, and objects', async (t, stage) => {
  const web = () => ReadableStream.from([Uint8Array.of(1, 2), Uint8Array.of(3)])
  t.same(await valuesOf(stage, fromReadable('Web', web)), [Uint8Array.of(1, 2), Uint8Array.of(3)])
  const points = fromReadable({ type: 'Points', output: number }, () => Readable.from([...upTo(3)]))
  t.same(await valuesOf(stage, points), [0, 1, 2])
})

scenario('fromReadable: text is UTF-8, wherever a character is cut', async (t, stage) => {
  const said = Buffer.from('größer, 鹅, 🪿')
  const bytes = fromReadable({ type: 'Bytes', output: text }, () => Readable.from([...said].map((n) => Buffer.of(n))))
  t.equal((await valuesOf(stage, bytes)).join(''), 'größer, 鹅, 🪿')
  const cut = fromReadable({ type: 'Cut', output: text }, () =>
    Readable.from([Buffer.from('ab'), said.subarray(-4, -1)]),
  )
  t.same(await valuesOf(stage, cut), ['ab', '\ufffd'])
  const strings = fromReadable({ type: 'Strings', output: text }, () => Readable.from(['x', '', 'y']))
  t.same(await valuesOf(stage, strings), ['x', 'y'])
  const asBytes = fromReadable('AsBytes', () => Readable.from(['é']))
  t.same(await valuesOf(stage, asBytes), [Buffer.from('é')])
})

scenario('fromReadable: an error of the stream fails the node; what came before is delivered', async (t, stage) => {
  const stream = new PassThrough({ objectMode: true })
  const session = await stage.open(alone(fromReadable({ type: 'Broken', output: number }, stream)))
  const got = gather(session)
  stream.write(1)
  stream.write(2)
  await settled()
  const wrong = new Error('the disk is on fire')
  stream.destroy(wrong)
  const error = await rejected('ANB_NODE_EXECUTION', session.end())
  t.equal(error.cause, wrong)
  t.equal(error.nodeId, 'source')
  t.match(error.message, /node "source": the disk is on fire/)
  t.same(got, [1, 2])
  t.match(session.ledger(), { accepted: 2, delivered: 2, in_flight: 0, balanced: true })
})

scenario('fromReadable: a file that is not there, also where it was opened long before', async (t, stage) => {
  const stream = createReadStream('/nowhere/at/all')
  const early = fromReadable('Early', stream)
  await closed(stream)
  for (const node of [early, fromReadable('Late', () => createReadStream('/nowhere/at/all'))]) {
    const error = await rejected('ANB_NODE_EXECUTION', (await stage.open(alone(node))).end())
    t.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT')
  }
})

scenario('fromReadable: a stream that is destroyed before its end, and an opener that throws', async (t, stage) => {
  const stream = new PassThrough()
  const session = await stage.open(alone(fromReadable('Cut', stream)))
  await settled()
  stream.destroy()
  t.match((await rejected('ANB_NODE_EXECUTION', session.end())).message, /its stream was destroyed before the end/)
  const locked = fromReadable('Locked', () => {
    throw new Error('locked')
  })
  t.match((await rejected('ANB_NODE_EXECUTION', (await stage.open(alone(locked))).end())).message, /locked/)
})

scenario('fromReadable: a session that stops ends the wait for a chunk, of whatever it reads', async (t, stage) => {
  const stream = new PassThrough()
  const events = new PassThrough()
  const notified = on(events, 'data')
  let finalised = false
  async function* patient(signal: AbortSignal) {
    try {
      yield 1
      await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)))
    } finally {
      finalised = true
    }
  }
  const session = await stage.open(
    definePipeline({
      nodes: {
        stream: { type: fromReadable('Stream', stream) },
        events: { type: fromReadable({ type: 'Events', output: number }, notified as AsyncIterable<never>) },
        patient: { type: fromReadable({ type: 'Patient', output: number }, patient) },
      },
    }),
  )
  gather(session)
  await settled()
  t.ok((await session.cancel()).balanced)
  await settled()
  t.ok(stream.closed)
  t.equal(events.listenerCount('data'), 0)
  t.ok(finalised)
})

scenario('fromReadable: a graph that has enough destroys the stream', async (t, stage) => {
  const stream = Readable.from(upTo(1_000_000))
  const session = await stage.open(
    definePipeline({
      nodes: {
        source: { type: fromReadable({ type: 'Many', output: number }, stream) },
        first: { type: rxNode('First', () => take(3), { lineage: 'each' }), in: { input: 'source.output' } },
      },
    }),
  )
  const got = gather(session)
  t.ok((await session.end()).balanced)
  t.same(got, [0, 1, 2])
  t.ok(stream.closed)
})

scenario('fromReadable: a stream that was given itself is read by one session', async (t, stage) => {
  const stream = new PassThrough()
  const executor = await stage.executor(alone(fromReadable('Once', stream)))
  const first = await executor.open()
  const got = gather(first)
  await settled()
  const error = await rejected('ANB_NODE_EXECUTION', (await executor.open()).end())
  t.match(error, { message: /read by another session already/, fix: /give a function/, retryable: false })
  stream.end('still here')
  await first.end()
  t.equal(Buffer.from(got[0]).toString(), 'still here', 'the first is not disturbed')

  const unread = new PassThrough()
  await (await stage.open(alone(fromReadable('Unread', unread)))).close()
  t.ok(unread.destroyed, 'one that no session came to read is destroyed too')
})

scenario('fromReadable: a chunk of another kind, and a read that throws', async (t, stage) => {
  const objects = fromReadable('Objects', () => Readable.from([{ x: 1 }]))
  const wrong = await rejected('ANB_INPUTS', (await stage.open(alone(objects))).end())
  t.match(wrong, { message: /a chunk is a plain object, which is no bytes/, nodeId: 'source', fix: /give read/ })
  const numbers = fromReadable({ type: 'Numbers', output: text }, () => Readable.from([1]))
  t.match(
    (await rejected('ANB_INPUTS', (await stage.open(alone(numbers))).end())).message,
    /a number, which is no text/,
  )
  const stream = Readable.from(['{'])
  const parsed = fromReadable({ type: 'Parsed', output: number }, stream, (line) => JSON.parse(line))
  const error = await rejected('ANB_NODE_EXECUTION', (await stage.open(alone(parsed))).end())
  t.type(error.cause, SyntaxError)
  t.ok(stream.closed)
})

scenario('fromReadable: both halves of one Duplex are read and written', async (t, stage) => {
  const written: string[] = []
  const socket = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  })
  const session = await stage.open(
    definePipeline({
      nodes: {
        in: { type: fromReadable({ type: 'In', output: text }, socket) },
        loud: { type: mapNode('Loud', (said: string) => said.toUpperCase()), in: { input: 'in.output' } },
        out: { type: toWritable('Out', socket), in: { input: 'loud.output' } },
      },
    }),
  )
  socket.push('hello')
  socket.push(null)
  t.match(await session.end(), { accepted: 1, delivered: 1, balanced: true })
  t.same(written, ['HELLO'])
  t.ok(socket.closed)
})

scenario('definePipeline: two different nodes under one type are refused', async (t) => {
  const error = thrown('ANB_PLUGIN', () =>
    definePipeline({
      nodes: {
        a: { type: fromReadable('Same', () => Readable.from([])) },
        b: { type: fromReadable('Same', () => Readable.from([])) },
      },
    }),
  )
  t.match(error, { nodeId: 'b', message: /called "Same" too/ })
})
