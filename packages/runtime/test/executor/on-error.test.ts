import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AudioBuffer, anything } from '@anabranch/plugin-sdk'
import { type DeadLetter, definePipeline } from '@anabranch/runtime'
import { rejected } from '../coded.ts'
import { gather, mapNode, pass, sinkTo, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const picky = mapNode('Picky', (n) => {
  if (n % 5 === 3) throw new Error(`not ${n}`)
  return n
})

scenario(
  'on_error: fail ends the session with the first error; what was emitted before is still delivered',
  async (t, stage) => {
    const got: unknown[] = []
    const session = await stage.open(
      definePipeline({
        nodes: {
          from: { type: sourceOf(() => upTo(1000)) },
          p: { type: picky, in: { input: 'from.output' } },
          out: { type: sinkTo(got), in: { input: 'p.output' } },
        },
      }),
    )
    t.match(await rejected('ANB_NODE_EXECUTION', session.end()), { nodeId: 'p', message: /not 3/ })
    t.same(got, [0, 1, 2])
    t.match(session.error, { message: /not 3/ })
    const { accepted, delivered, failed } = session.ledger()
    t.equal(delivered, 3)
    t.equal(failed, accepted - 3)
  },
)

scenario('on_error: skip counts it and goes on', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(10)) },
        p: { type: picky, on_error: 'skip', in: { input: 'from.output' } },
      },
    }),
  )
  const results = await executor.execute()
  t.same(results.all('p.output'), [0, 1, 2, 4, 5, 6, 7, 9])
  t.match(results.ledger, { delivered: 8, failed: 2 })
  t.equal(executor.metrics().nodes.p?.errors, 2)
})

scenario('on_error: dead-letter calls back with input, error, attempts and envelope', async (t, stage) => {
  const letters: DeadLetter[] = []
  const flaky = mapNode(
    'Flaky',
    (n) => {
      if (n === 1) throw new TypeError('never')
      return n
    },
    { purity: 'pure' },
  )
  const session = await stage.open(
    definePipeline({
      inputs: { mic: anything },
      nodes: { f: { type: flaky, on_error: 'dead-letter', retry: { max_retries: 2 }, in: { input: 'mic' } } },
    }),
    { onDeadLetter: (letter) => letters.push(letter) },
  )
  const got = gather(session)
  for (const mic of upTo(3)) await session.send({ mic }, { pts: mic * 100 })
  const ending = session.end()
  await stage.clock.advance(1000)
  t.match(await ending, { delivered: 2, dead_lettered: 1 })
  t.same(got, [0, 2])
  t.match(letters, [
    {
      nodeId: 'f',
      inputs: { input: 1 },
      attempts: 3,
      error: { code: 'ANB_NODE_EXECUTION', cause: { message: 'never' } },
    },
  ])
  t.match(letters[0]?.envelope, { pts: 100, origin: { source: '(inputs)', seq: 1 } })
})

scenario('on_error: attempts are counted, whatever was thrown', async (t, stage) => {
  const attempts: number[] = []
  for (const thrown of ['a string', null, 7]) {
    const rude = mapNode(
      'Rude',
      () => {
        throw thrown
      },
      { purity: 'pure' },
    )
    const executor = await stage.executor(
      definePipeline({
        inputs: { mic: anything },
        nodes: { r: { type: rude, on_error: 'dead-letter', retry: { max_retries: 1 }, in: { input: 'mic' } } },
      }),
      { onDeadLetter: (letter) => attempts.push(letter.attempts) },
    )
    const run = executor.execute({ mic: 1 })
    await stage.clock.advance(1000)
    await run
  }
  t.same(attempts, [2, 2, 2])
})

scenario('on_error: a callback that throws is logged, and costs nothing else', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(10)) },
        p: { type: picky, on_error: 'dead-letter', in: { input: 'from.output' } },
      },
    }),
    {
      onDeadLetter: () => {
        throw new Error('full')
      },
    },
  )
  const results = await executor.execute()
  t.match(results.ledger, { delivered: 8, dead_lettered: 2 })
  t.equal(stage.log.filter(({ err }) => (err as { message?: string })?.message === 'full').length, 2)
})

scenario(
  'on_error: a dead-letter file has one JSON line each; samples are described, never written out',
  async (t, stage) => {
    const folder = await mkdtemp(join(tmpdir(), 'anabranch-'))
    const deadLetterFile = join(folder, 'letters.jsonl')
    const never = mapNode('Never', () => {
      throw new Error('no')
    })
    const executor = await stage.executor(
      definePipeline({
        inputs: { mic: anything },
        nodes: { n: { type: never, on_error: 'dead-letter', in: { input: 'mic' } } },
      }),
      { deadLetterFile },
    )
    await executor.execute({ mic: new AudioBuffer(new Float32Array(160), 16_000) })
    await executor.execute({ mic: { words: ['a', 'b'], bytes: new Uint8Array(3), big: 10n } })
    await executor.close()
    const lines = (await readFile(deadLetterFile, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    await rm(folder, { recursive: true })
    t.equal(lines.length, 2)
    t.match(lines[0], {
      node_id: 'n',
      error: { code: 'ANB_NODE_EXECUTION', message: 'node "n": no' },
      attempts: 1,
      envelope: { pts: 0, origin: { source: '(inputs)' } },
      inputs: { input: { kind: 'audio', sample_rate: 16_000, channels: 1, length: 160, sha256: /^[0-9a-f]{64}$/ } },
    })
    t.match(lines[1].inputs.input, { words: ['a', 'b'], bytes: { kind: 'Uint8Array', bytes: 3 }, big: '10' })
  },
)

scenario('on_error: a file that cannot be written is logged', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(4)) },
        p: { type: picky, on_error: 'dead-letter', in: { input: 'from.output' } },
      },
    }),
    { deadLetterFile: join(tmpdir(), 'no', 'such', 'folder', 'letters.jsonl') },
  )
  t.equal((await executor.execute()).ledger.dead_lettered, 1)
  await executor.close()
  t.ok(stage.log.some(({ msg }) => msg === 'dead letters cannot be written'))
})

scenario('on_error: siblings of a failed branch go on unless it is fail', async (t, stage) => {
  const got: unknown[] = []
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(50)) },
        p: { type: picky, on_error: 'skip', in: { input: 'from.output' } },
        q: { type: pass, in: { input: 'from.output' } },
        out: { type: sinkTo(got), in: { input: 'q.output' } },
      },
    }),
  )
  await executor.execute()
  t.same(got, [...upTo(50)])
})
