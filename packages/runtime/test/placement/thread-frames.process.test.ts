import { type AudioBuffer, anything, audio, defineNode, type NodeRef } from '@anabranch/plugin-sdk'
import { definePipeline, type Pipeline } from '@anabranch/runtime'
import { bufferCount, delay, map, pipe } from 'rxjs'
import t from 'tap'
import { rxNode } from '../nodes.ts'
import { type Stage, scenario } from '../scenario.ts'
import { known, plugins, type Read, returned, thread, upTo } from './on-thread.ts'
import { echoing, halves, passing, reading, scaling, tone } from './thread-nodes.ts'

t.jobs = 1

const SLOT = 2048

/** Tones through these nodes on threads, then what each frame holds. */
const through = (frames: number, nodes: readonly NodeRef[], options: object = {}, length = 160) => {
  const middle = nodes.map((type, at) => [
    `n${at}`,
    { type, in: { input: at === 0 ? 'tone.output' : `n${at - 1}.output` }, ...thread, ...options },
  ])
  return definePipeline({
    plugins,
    nodes: {
      tone: { type: tone, params: { frames, length } },
      ...Object.fromEntries(middle),
      read: { type: reading, in: { input: nodes.length === 0 ? 'tone.output' : `n${nodes.length - 1}.output` } },
    },
  } as never) as Pipeline
}

async function read(stage: Stage, pipeline: Pipeline, poolBytes?: number) {
  const executor = await stage.executor(pipeline, { ...known, ...(poolBytes !== undefined && { poolBytes }) })
  const session = await executor.open()
  const outputs: Read[] = []
  session.outputs.subscribe(({ value }) => outputs.push(value as never))
  const ledger = await session.end()
  const copied = Object.values(executor.metrics().nodes).reduce((sum, node) => sum + node.bytes_copied, 0)
  return { outputs, ledger, copied, report: await returned(executor) }
}

scenario(
  'a frame goes over two threads and back without a copy: it is in the same slot everywhere',
  async (t, stage) => {
    const pipeline = through(300, [passing, passing])
    const { outputs, copied, report } = await read(stage, pipeline)
    t.same(
      outputs.map(({ value }) => value),
      upTo(300),
    )
    t.equal(copied, 0)
    t.equal(report?.pooled, 300, 'no other frame was made than those of the source')
    t.equal(report?.unpooled, 0)
    t.ok(outputs.every(({ handle }) => handle >= 0))
    t.same([report?.stale, report?.double_released], [0, 0])
  },
)

scenario('what the thread sees is what the other side sees: one handle', async (t, stage) => {
  const pipeline = definePipeline({
    plugins,
    nodes: {
      tone: { type: tone, params: { frames: 50 } },
      there: { type: reading, in: { input: 'tone.output' }, ...thread },
      here: { type: { ...reading, spec: { ...reading.spec, type: 'ReadingHere' } }, in: { input: 'tone.output' } },
    },
  })
  const session = await stage.open(pipeline, known)
  const by: Record<string, Read[]> = { 'there.output': [], 'here.output': [] }
  session.outputs.subscribe(({ from, value }) => by[from]?.push(value as Read))
  await session.end()
  t.equal(by['here.output']?.length, 50)
  t.same(by['there.output'], by['here.output'])
})

scenario('frames made on a thread, in slabs that were made there', async (t, stage) => {
  const { outputs, copied, report } = await read(stage, through(300, [scaling, scaling], {}, 4000))
  t.same(
    outputs.map(({ value, length }) => [value, length]),
    upTo(300).map((n) => [100 * n, 4000]),
  )
  t.equal(copied, 0)
  t.ok(outputs.every(({ handle }) => handle >= 0))
  t.same(report?.leased, [])
})

scenario('parts of a frame, by view and by constructor, keep it alive', async (t, stage) => {
  const { outputs, copied } = await read(stage, through(200, [halves, passing]))
  t.same(
    outputs.map(({ value, length }) => [value, length]),
    upTo(200).flatMap((n) => [
      [n, 80],
      [n, 80],
    ]),
  )
  t.equal(copied, 0)
})

for (const nodes of [[passing], [scaling, passing, halves]] as const)
  scenario(`a pool of 8 slots is enough for ${nodes.length} threads: what has none is unpooled`, async (t, stage) => {
    const { outputs, report } = await read(stage, through(400, nodes as never), 8 * SLOT)
    t.ok(outputs.every(({ value }) => value > 0))
    t.equal(outputs.length, nodes.length === 1 ? 400 : 800)
    t.equal(report?.slots, 8)
    t.same([report?.leased, report?.stale, report?.double_released], [[], 0, 0])
  })

scenario(
  'a node on a thread may retain a frame beyond its call; what it leaves is given back and told',
  async (t, stage) => {
    const { outputs, report } = await read(stage, through(100, [echoing]))
    t.same(
      outputs.map(({ value }) => value),
      [1, ...upTo(99)],
    )
    t.same([report?.leased, report?.stale, report?.double_released], [[], 0, 0])
    const told = () => stage.log.filter(({ msg }) => /retained were not released/.test(String(msg)))
    for (let turns = 0; turns < 100_000 && told().length === 0; turns++) await new Promise((go) => setImmediate(go))
    t.match(told(), [{ node: 'n0', frames_left: 1 }])
  },
)

const first = (frame: AudioBuffer) => frame.samples[0] as number

scenario('bufferCount(10, 1), delay and a join behind threads, at a pool limit of 8 slots', async (t, stage) => {
  const windows = rxNode('Windows', () =>
    pipe(
      bufferCount(10, 1),
      map((some) => some.map(first)),
    ),
  )
  const delayed = rxNode('Delayed', () => delay(1), { timed: true })
  const pipeline = definePipeline({
    plugins,
    nodes: {
      tone: { type: tone, params: { frames: 200 } },
      there: { type: scaling, in: { input: 'tone.output' }, ...thread },
      windows: { type: windows, in: { input: 'there.output' } },
      delayed: { type: delayed, in: { input: 'there.output' } },
      pair: { type: firsts, in: { left: 'there.output', right: 'tone.output' } },
    },
  })
  const executor = await stage.executor(pipeline, { ...known, poolBytes: 8 * SLOT })
  const session = await executor.open()
  const by: Record<string, unknown[]> = { 'windows.output': [], 'delayed.output': [], 'pair.output': [] }
  session.outputs.subscribe(({ from, value }) => by[from]?.push(value))
  await session.end()
  const values = upTo(200).map((n) => 10 * n)
  t.same(
    by['windows.output'],
    values.map((_, at) => values.slice(at, at + 10)),
  )
  t.same((by['delayed.output'] as AudioBuffer[]).map(first), values)
  t.same(
    by['pair.output'],
    values.map((n) => [n, n / 10]),
  )
  t.same((await returned(executor))?.leased, [])
})

const firsts = defineNode({
  type: 'Firsts',
  summary: 'The first samples of two frames.',
  inputs: { left: audio, right: audio },
  outputs: { output: anything },
  create: () => ({ execute: ({ left, right }) => ({ output: [first(left), first(right)] }) }),
})
