import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { getDefaultHighWaterMark, PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gunzipSync } from 'node:zlib'
import { AudioBuffer, anything, audio, bytes, number, text } from '@anabranch/plugin-sdk'
import { definePipeline, duplex } from '@anabranch/runtime'
import { take } from 'rxjs'
import { rejected, thrown } from './coded.ts'
import { gate, mapNode, pass, rxNode, sinkTo, upTo } from './nodes.ts'
import { scenario, settled } from './scenario.ts'
import { closed, inTempFolder, noise } from './streams.ts'

const ends = { input: 'in', output: 'out.output' } as const
/** Values in, what `f` makes of them out. */
const mapped = (f: (value: never) => unknown, max = 4) =>
  definePipeline({
    inputs: { in: anything },
    nodes: { out: { type: mapNode('F', f as (value: unknown) => unknown), in: { input: { from: 'in', max } } } },
  })
const copy = definePipeline({
  inputs: { in: bytes },
  nodes: { out: { type: pass, in: { input: { from: 'in', max: 8 } } } },
})
const toBytes = { ...ends, write: (value: unknown) => value }

async function all(stream: Readable): Promise<unknown[]> {
  const values: unknown[] = []
  for await (const value of stream) values.push(value)
  return values
}

scenario('duplex: copies 5 MB byte for byte, with little on the way at any moment', async (t, stage) => {
  await inTempFolder(async (path) => {
    const content = noise(5_000_000)
    await writeFile(path('in'), content)
    const session = await stage.open(copy, {}, false)
    const through = duplex(session, toBytes)
    const from = createReadStream(path('in'), { highWaterMark: 4096 })
    let most = 0
    const hold = new PassThrough({
      async transform(chunk, _encoding, done) {
        // The first piece is held until everything before it is full, the reader of the file included.
        if (most === 0) {
          while (session.ledger().in_flight < 8 + 64 || !through.writableNeedDrain || from.readableLength === 0)
            await settled()
          most = from.bytesRead
        }
        done(null, chunk)
      },
    })
    const to = createWriteStream(path('out'))
    from.pipe(through).pipe(hold).pipe(to)
    await closed(to)
    const pieces = Math.ceil(content.length / 4096)
    t.match(session.ledger(), { accepted: pieces, delivered: pieces, in_flight: 0, balanced: true })
    // Two edges; both sides of the duplex and the writable side of `hold`, of a size that depends on Node.js; and the
    // pieces in the hands of each of the five that pass one on.
    const room = (8 + 64 + 5) * 4096 + 3 * getDefaultHighWaterMark(false)
    t.ok(most <= room, `no more was read than edges and buffers hold: ${most} of ${room} bytes`)
    t.ok((await readFile(path('out'))).equals(content))
    await closed(through)
  })
})

scenario('duplex: a slow reader stops the writer, and neither is lost', async (t, stage) => {
  const session = await stage.open(mapped((n: number) => n))
  const through = duplex(session, { ...ends, objectMode: true })
  let given = 0
  const from = Readable.from(
    (function* () {
      for (const n of upTo(1000)) {
        given++
        yield n
      }
    })(),
  )
  from.pipe(through)
  await settled()
  const before = given
  t.ok(before < 16 * 3 + 4 + 64 + 2, `stopped after ${before} of 1000`)
  await settled()
  t.equal(given, before)
  t.same(await all(through), [...upTo(1000)])
  t.match(session.ledger(), { accepted: 1000, delivered: 1000, in_flight: 0, balanced: true })
})

scenario('duplex: is one stream among others in stream/promises', async (t, stage) => {
  const session = await stage.open(copy)
  const pieces: Buffer[] = []
  const content = noise(100_000)
  await pipeline(Readable.from([content]), duplex(session, toBytes), createGzip(), async (gzipped) => {
    for await (const piece of gzipped) pieces.push(piece)
  })
  t.ok(gunzipSync(Buffer.concat(pieces)).equals(content))
  t.match(await session.close(), { accepted: 1, delivered: 1, balanced: true })
})

scenario('duplex: read and write convert; text is text without them', async (t, stage) => {
  const louder = definePipeline({
    inputs: { in: audio },
    nodes: { out: { type: mapNode('Louder', (sound: AudioBuffer) => sound.map((s) => s * 2)), in: { input: 'in' } } },
  })
  const read = (chunk: Uint8Array) =>
    new AudioBuffer(
      Float32Array.from(new Int16Array(chunk.slice().buffer), (s) => s / 32768),
      16_000,
    )
  const write = (sound: unknown) =>
    Buffer.from(Int16Array.from((sound as AudioBuffer).samples, (s) => s * 32768).buffer)
  const sound = duplex(await stage.open(louder), { ...ends, read, write })
  sound.end(Buffer.from(Int16Array.of(1, -2, 300).buffer))
  t.same([...new Int16Array(new Uint8Array(Buffer.concat((await all(sound)) as Buffer[])).buffer)], [2, -4, 600])

  const shout = definePipeline({
    inputs: { in: text },
    nodes: { out: { type: mapNode('Shout', (said: string) => said.toUpperCase()), in: { input: 'in' } } },
  })
  const said = duplex(await stage.open(shout), { ...ends, write: (words) => words as string })
  for (const byte of Buffer.from('größe 🪿')) said.write(Buffer.of(byte))
  said.end(Buffer.from('🪿').subarray(0, 2))
  t.equal(Buffer.concat((await all(said)) as Buffer[]).toString(), 'GRÖSSE 🪿\ufffd', 'also what is cut off')
})

scenario('duplex: objects pass where nobody makes bytes of them', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { in: number },
      nodes: { out: { type: mapNode('Point', (x: number) => ({ x })), in: { input: 'in' } } },
    }),
  )
  const through = duplex(session, { input: 'in', output: 'out.output' })
  t.ok(through.writableObjectMode && through.readableObjectMode)
  t.same(await all(Readable.from([1, 2]).pipe(through)), [{ x: 1 }, { x: 2 }])

  const lines = await stage.open(mapped((n: number) => n))
  const numbers = duplex(lines, {
    ...ends,
    read: (chunk: Uint8Array) => (chunk.length === 1 ? Number(chunk) - 48 : undefined),
    write: (n) => (n === 2 ? undefined : n === 3 ? '' : `${n}\n`),
  })
  t.notOk(numbers.writableObjectMode || numbers.readableObjectMode)
  for (const digit of ['1', '2', 'no', '3', '4']) numbers.write(digit)
  numbers.end()
  t.equal(Buffer.concat((await all(numbers)) as Buffer[]).toString(), '1\n4\n')
  t.match(lines.ledger(), { accepted: 4, delivered: 4 }, 'what read or write leaves out is no error')
})

scenario('duplex: it is over when the last output was read, not when the last input was sent', async (t, stage) => {
  const { promise, open } = gate()
  const session = await stage.open(mapped((n: number) => promise.then(() => n)))
  const through = duplex(session, { ...ends, objectMode: true })
  const events: string[] = []
  through.on('finish', () => events.push('finish')).on('end', () => events.push('end'))
  through.on('close', () => events.push('close'))
  through.end(7)
  await settled()
  t.same(events, ['finish'], 'all is sent; the reader need not have begun')
  const values = all(through)
  open()
  t.same(await values, [7])
  await closed(through)
  t.same(events, ['finish', 'end', 'close'])
  t.match(session.ledger(), { delivered: 1, balanced: true })
})

scenario('duplex: what other final nodes give is read and left out', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { in: anything },
      nodes: {
        out: { type: pass, in: { input: 'in' } },
        side: { type: mapNode('Side', (n: number) => -n), in: { input: { from: 'in', max: 2 } } },
      },
    }),
  )
  const through = duplex(session, { ...ends, objectMode: true })
  t.same(await all(Readable.from(upTo(300)).pipe(through)), [...upTo(300)])
  t.match(session.ledger(), { accepted: 300, delivered: 300, balanced: true })
})

scenario('duplex: an error of the session is the error of the stream', async (t, stage) => {
  const session = await stage.open(
    mapped((n: number) => {
      if (n === 3) throw new RangeError('three')
      return n
    }),
  )
  const through = duplex(session, { ...ends, objectMode: true })
  const got: unknown[] = []
  async function* oneByOne() {
    for (let n = 0; ; n++) {
      yield n
      await settled()
    }
  }
  const running = pipeline(oneByOne, through, async (values) => {
    for await (const value of values) got.push(value)
  })
  t.match(await rejected('ANB_NODE_EXECUTION', running), { nodeId: 'out', message: /three/ })
  t.same(got, [0, 1, 2])
  t.match(await session.close(), { in_flight: 0, balanced: true })
  t.ok(through.destroyed)
})

scenario('duplex: an error of a branch is told while outputs come, and after the last of them', async (t, stage) => {
  for (const enough of [1, 100]) {
    const side = sinkTo((n) => {
      if (n === 2) throw new Error('side')
    }, 'Side')
    const session = await stage.open(
      definePipeline({
        inputs: { in: anything },
        nodes: {
          out: { type: rxNode('Out', () => take(enough), { lineage: 'each' }), in: { input: 'in' } },
          side: { type: side, in: { input: 'in' } },
        },
      }),
    )
    const through = duplex(session, { ...ends, objectMode: true })
    const error = new Promise((resolve) => through.on('error', resolve))
    let ended = false
    through.on('end', () => {
      ended = true
    })
    through.resume()
    for (const n of upTo(2)) through.write(n)
    await settled()
    t.equal(ended, enough === 1)
    through.end(2)
    t.match(await error, { code: 'ANB_NODE_EXECUTION', message: /side/ })
    t.match(await session.close(), { in_flight: 0, balanced: true })
  }
})

scenario('duplex: a stream that is destroyed cancels the session', async (t, stage) => {
  const aborted: string[] = []
  const session = await stage.open(mapped((_n: number) => new Promise(() => undefined)))
  const through = duplex(session, { ...ends, objectMode: true })
  for (const n of upTo(3)) through.write(n)
  through.resume()
  await settled()
  through.on('error', (error) => aborted.push(error.message))
  through.destroy(new Error('enough'))
  await closed(through)
  const closing = session.close()
  await stage.clock.advance(20_000)
  t.match(await closing, { accepted: 3, cancelled: 3, in_flight: 0, balanced: true })
  t.same(aborted, ['enough'], 'the stream has its own error at once')
})

scenario('duplex: an AbortSignal of the pipeline stops all of it', async (t, stage) => {
  const session = await stage.open(mapped((n: number) => n))
  const controller = new AbortController()
  const from = new PassThrough({ objectMode: true })
  const to = new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() })
  const through = duplex(session, { ...ends, objectMode: true })
  const running = pipeline(from, through, to, { signal: controller.signal })
  from.write(1)
  await settled()
  controller.abort()
  await t.rejects(running, { name: 'AbortError' })
  t.ok(from.destroyed && through.destroyed && to.destroyed)
  t.match(await session.close(), { accepted: 1, delivered: 1, in_flight: 0, balanced: true })
})

scenario('duplex: a source or a destination that fails in the middle cancels the session', async (t, stage) => {
  const torn = async function* () {
    yield 1
    throw new Error('torn')
  }
  const first = await stage.open(mapped((n: number) => n))
  await t.rejects(
    pipeline(
      Readable.from(torn()),
      duplex(first, { ...ends, objectMode: true }),
      async (values) => void (await all(values as never)),
    ),
    { message: 'torn' },
  )
  t.ok((await first.close()).balanced)
  const full = new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done(new Error('full')) })
  const second = await stage.open(mapped((n: number) => n))
  await t.rejects(pipeline(Readable.from(upTo(1000)), duplex(second, { ...ends, objectMode: true }), full), {
    message: 'full',
  })
  t.match(await second.close(), { in_flight: 0, balanced: true })
})

scenario('duplex: a session that somebody else cancels or closes does not look like an end', async (t, stage) => {
  const session = await stage.open(mapped((n: number) => n))
  const through = duplex(session, { ...ends, objectMode: true })
  through.write(1)
  const values = all(through)
  await settled()
  await session.cancel('changed my mind')
  t.match(await rejected('ANB_CANCELLED', values), { message: 'changed my mind' })

  const closing = await stage.open(mapped((n: number) => n))
  const blocked = duplex(closing, { ...ends, objectMode: true })
  for (const n of upTo(3)) blocked.write(n)
  await settled()
  await closing.close()
  const error = new Promise((resolve) => blocked.on('error', resolve))
  blocked.write(4)
  t.match(await error, { code: 'ANB_CANCELLED' })

  const ended = await stage.open(mapped((n: number) => n))
  const late = duplex(ended, { ...ends, objectMode: true })
  const refused = new Promise((resolve) => late.on('error', resolve))
  await ended.end()
  late.write(1)
  t.match(await refused, { code: 'ANB_CANCELLED', message: 'the session has ended' })
})

scenario('duplex: a graph that has enough ends the readable; the rest is dropped', async (t, stage) => {
  const first = rxNode('First', () => take(3), { lineage: 'each' })
  const session = await stage.open(
    definePipeline({ inputs: { in: anything }, nodes: { out: { type: first, in: { input: 'in' } } } }),
  )
  const got: unknown[] = []
  const to = new Writable({
    objectMode: true,
    write: (value, _encoding, done) => {
      got.push(value)
      done()
    },
  })
  await pipeline(Readable.from(upTo(1000)), duplex(session, { ...ends, objectMode: true }), to)
  t.same(got, [0, 1, 2])
  t.match(await session.close(), { delivered: 3, in_flight: 0, balanced: true })
})

scenario('duplex: conversions that throw, values and chunks that do not fit', async (t, stage) => {
  const fail = async (options: object, chunk: unknown, f: (value: never) => unknown = (n) => n) => {
    const through = duplex(await stage.open(mapped(f)), { ...ends, ...options })
    const error = new Promise<Error & { code: string; key?: string }>((resolve) => through.on('error', resolve))
    through.resume()
    through.end(chunk)
    return error
  }
  const oops = () => {
    throw new SyntaxError('oops')
  }
  t.match(await fail({ read: oops }, 'x'), {
    code: 'ANB_MARSHALING',
    key: 'in',
    message: /read of the stream at "in" threw: oops/,
  })
  t.match(await fail({ write: oops }, 'x'), { code: 'ANB_MARSHALING', key: 'out.output' })
  t.match(await fail({ write: (n: unknown) => n }, 1, () => 7), { code: 'ANB_INPUTS', message: /not a number/ })
  t.match(await fail({}, 1, () => null), { code: 'ANB_INPUTS', message: /null would end the stream/ })
  const number = await stage.open(
    definePipeline({ inputs: { in: text }, nodes: { out: { type: pass, in: { input: 'in' } } } }),
  )
  const through = duplex(number, { ...ends, objectMode: true })
  const error = new Promise((resolve) => through.on('error', resolve))
  through.write({})
  t.match(await error, { code: 'ANB_INPUTS', key: 'in', message: /a chunk is a plain object, which is no text/ })
})

scenario('duplex: ends that are not there are refused at once, with the nearest', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        a: { type: pass, in: { input: 'mic' } },
        b: { type: mapNode('B', (n) => n), in: { input: 'a.output' } },
      },
    }),
  )
  const make = (input: string, output: string) => () => duplex(session, { input, output } as never)
  t.match(thrown('ANB_INPUTS', make('mik', 'b.output')).message, /no input "mik"; did you mean "mic"/)
  const unknown = thrown('ANB_NODE_NOT_FOUND', make('mic', 'b.outptu'))
  t.match(unknown, { message: /did you mean "b.output"/, nearest: ['b.output'] })
  t.match(thrown('ANB_NOT_AVAILABLE', make('mic', 'a.output')), { nodeId: 'a', fix: /session\.tap/ })
  await session.end()
})
