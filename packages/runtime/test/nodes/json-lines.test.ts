import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { jsonLinesFrom, jsonLinesSink, jsonLinesSource, jsonLinesTo } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { rejected } from '../coded.ts'
import { gather, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'
import { closed, inTempFolder } from '../streams.ts'

const stream = jsonLinesFrom('Lines', () => Readable.from(['{"a":1}\n', '[2', ']\r\n\n"é']), 'rows')
testNode(t, stream, [{ inputs: [{}, {}], outputs: [{ output: { a: 1 } }, { output: [2] }] }])
testNode(t, jsonLinesSource, [{ params: { path: join(tmpdir(), 'anabranch-no-such-file') }, inputs: [] }])
testNode(t, jsonLinesSink, [
  { params: { path: '/dev/null' }, inputs: [{ input: { a: 1 } }, { input: null }], outputs: [] },
])

/** A pipeline that copies one file to another. */
const copy = (path: string, to: string, onError: 'fail' | 'skip' | 'dead-letter' = 'fail') =>
  definePipeline({
    nodes: {
      rows: { type: jsonLinesSource, params: { path }, on_error: onError },
      out: { type: jsonLinesSink, params: { path: to }, in: { input: 'rows.output' } },
    },
  })

scenario('JsonLines: a file goes through as it is', async (t, stage) =>
  inTempFolder(async (path) => {
    const rows = [...upTo(3000)].map((n) => ({ n, text: `é\u2028${'x'.repeat(n % 50)}`, nested: [null, { a: true }] }))
    writeFileSync(path('in'), `\uFEFF${rows.map((row) => JSON.stringify(row)).join('\r\n')}`)
    const session = await stage.open(copy(path('in'), path('out')))
    t.match(await session.end(), { balanced: true, accepted: 3000, delivered: 3000 })
    t.equal(readFileSync(path('out'), 'utf8'), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`)
  }),
)

scenario('JsonLines: a bad line names file and line; on_error says what becomes of it', async (t, stage) =>
  inTempFolder(async (path) => {
    writeFileSync(path('in'), '1\n\n{bad\n2\n')
    const failing = await stage.open(copy(path('in'), path('out')))
    const error = await rejected('ANB_INPUTS', failing.end())
    t.match(error, { nodeId: 'rows', key: 'output' })
    t.ok(error.message.includes(`${path('in')}:3 is no JSON`), error.message)

    const letters: string[] = []
    for (const [policy, counted] of [
      ['skip', { failed: 1 }],
      ['dead-letter', { dead_lettered: 1 }],
    ] as const) {
      const session = await stage.open(copy(path('in'), path('out'), policy), {
        onDeadLetter: (letter) => letters.push(letter.error.message),
      })
      t.match(await session.end(), { balanced: true, accepted: 3, delivered: 2, ...counted })
      t.equal(readFileSync(path('out'), 'utf8'), '1\n2\n')
    }
    t.match(letters, [/:3 is no JSON/])
  }),
)

scenario('JsonLines: a file that cannot be read or written says why', async (t, stage) =>
  inTempFolder(async (path) => {
    writeFileSync(path('in'), '1\n')
    for (const [from, to, why] of [
      [path('none'), path('out'), /no such file/],
      [path(''), path('out'), /is a folder/],
      [path('in'), path('no/out'), /no such file or folder/],
    ] as const)
      t.match((await rejected('ANB_INPUTS', (await stage.open(copy(from, to))).end())).message, why)
  }),
)

scenario('JsonLines: append keeps what is there', async (t, stage) =>
  inTempFolder(async (path) => {
    for (const n of [1, 2]) {
      const session = await stage.open(
        definePipeline({
          nodes: {
            from: { type: sourceOf([n]) },
            out: { type: jsonLinesSink, params: { path: path('log'), append: true }, in: { input: 'from.output' } },
          },
        }),
      )
      await session.end()
    }
    t.equal(readFileSync(path('log'), 'utf8'), '1\n2\n')
  }),
)

test('JsonLinesSource: a line that is too long is refused before it fills the memory', async (t) =>
  inTempFolder(async (path) => {
    writeFileSync(path('long'), `1\n"${'x'.repeat(100_000)}"\n`)
    const node = await harness(jsonLinesSource, { path: path('long'), max_line_chars: 1000 })
    t.teardown(() => node.close())
    t.same(await node.push({}), [{ output: 1 }])
    t.match(await rejected('ANB_LIMIT', node.push({})), { limit: 'line_chars', message: /long:2 / })
    t.same(await node.push({}), [])
  }))

test('JsonLinesSink: what JSON cannot carry is ANB_MARSHALING', async (t) => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const node = await harness(jsonLinesSink, { path: '/dev/null' })
  t.teardown(() => node.close())
  for (const input of [
    circle,
    10n,
    () => 1,
    new Uint8Array(2),
    { bytes: Buffer.from('a') },
    { audio: new AudioBuffer(new Float32Array(2), 8000, 1) },
  ])
    t.equal((await rejected('ANB_MARSHALING', node.push({ input }))).key, 'input')
})

scenario('JsonLines: a close in the middle lets go of both streams at once', async (t, stage) => {
  const waiting = new Readable({ read() {} })
  waiting.push('1\n')
  const written: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  const session = await stage.open(
    definePipeline({
      nodes: {
        rows: { type: jsonLinesFrom('Rows', () => waiting) },
        out: { type: jsonLinesTo('Out', () => sink), in: { input: 'rows.output' } },
      },
    }),
  )
  for (let turns = 0; turns < 5; turns++) await settled()
  t.match(await session.close(), { balanced: true })
  await Promise.all([closed(waiting), closed(sink)])
  t.same(written, ['1\n'])
})

scenario('JsonLinesSource: read only as fast as downstream takes it', async (t, stage) => {
  let given = 0
  const endless = new Readable({
    highWaterMark: 64,
    read() {
      this.push(`${given++}\n`)
    },
  })
  const session = await stage.open(
    definePipeline({
      nodes: {
        rows: { type: jsonLinesFrom('Rows', () => endless) },
        out: { type: sinkTo(() => new Promise(() => undefined)), in: { input: { from: 'rows.output', max: 2 } } },
      },
    }),
  )
  gather(session)
  for (let turns = 0; turns < 20; turns++) await settled()
  t.ok(given < 200, `${given} lines were read`)
  const closing = session.close()
  await stage.clock.advance(20_000)
  await closing
  await closed(endless)
})
