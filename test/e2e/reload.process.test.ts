import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { type WatchedRun, watchedRun } from './watched-run.ts'

const pipeline = `version: v1
plugins: ['./nodes/scale.mjs']
inputs: { n: { kind: number } }
nodes:
  scale: { type: ScaleNode, params: { by: 10 }, in: { input: n } }
`

/** A node whose outputs say the number, the version, and number × by + version. */
const scale = (
  version: number,
  more = '',
) => `import { defineNode, definePlugin, anything, number } from '@anabranch/plugin-sdk'
import { z } from 'zod'
${more}
const scale = defineNode({
  type: 'ScaleNode',
  summary: 'Scales.',
  params: z.object({ by: z.number() }),
  inputs: { input: number },
  outputs: { output: anything },
  purity: 'pure',
  create: ({ by }) => ({ execute: ({ input }) => ({ output: [input, ${version}, input * by + ${version}] }) }),
})
export default definePlugin({ name: 'scale', apiVersion: 1, nodes: [scale] })
`

async function started(t: Test, files: Readonly<Record<string, string>>): Promise<WatchedRun> {
  const run = await watchedRun(files)
  t.teardown(() => run.remove())
  return run
}

/** Feeds the numbers that follow, a few at a time, until it is told to stop. */
function feeding(run: WatchedRun) {
  let next = 0
  const timer = setInterval(() => {
    for (let n = 0; n < 20; n++) run.feed(next++)
  }, 5)
  return {
    stop() {
      clearInterval(timer)
      return next
    },
  }
}

/** Each number once and in order, made by the version that it says, versions in the order of the edits. */
function checkAll(t: Test, values: readonly unknown[], count: number, versions: readonly number[]): void {
  const outputs = values as [number, number, number][]
  t.equal(outputs.length, count, 'as many came out as went in')
  const wrong = outputs.filter(([n, version, output], at) => n !== at || output !== n * 10 + version)
  t.same(wrong.slice(0, 3), [], 'every number once, in order, and right')
  const seen = outputs.map(([, version]) => version).filter((version, at, all) => version !== all[at - 1])
  t.same(seen, versions, 'one version after the other')
}

test('run --watch: edits are taken under a running pipeline, broken ones are told, and no number is lost', async (t) => {
  const run = await started(t, { 'pipeline.yaml': pipeline, 'nodes/scale.mjs': scale(0) })
  const feed = feeding(run)
  const more = () => run.got(run.values.length + 200)
  await more()
  run.write('nodes/scale.mjs', scale(1))
  t.match(await run.said(/reloaded .*\n/), /^reloaded scale from nodes\/scale\.mjs in [\d.]+ m?s\n/)
  await more()
  for (const [text, told] of [
    [scale(100).replace('create: ({', 'create: ({{'), /ANB_PLUGIN .*nodes\/scale\.mjs:\d+/],
    [scale(101, "throw new RangeError('not ready')"), /ANB_PLUGIN .*not ready.* at .*nodes\/scale\.mjs:3:\d+/],
    [scale(102, 'process.exit(4)'), /ANB_PLUGIN .*ended the process when it was imported \(exit code 4\)/],
    [
      scale(103).replaceAll('ScaleNode', 'ScalesNode'),
      /ANB_PLUGIN pipeline\.yaml:5:\d+ .*no node type "ScaleNode" any more/,
    ],
    [scale(104).replace('by: z.number()', 'by: z.string()'), /ANB_PARAMS pipeline\.yaml:5:\d+ /],
    [
      scale(105).replace('outputs: { output: anything }', 'outputs: { output: anything, side: anything }'),
      /ANB_NOT_AVAILABLE pipeline\.yaml:5:\d+ .*its outputs changed from output to output, side/,
    ],
    [
      scale(106).replace('inputs: { input: number }', 'inputs: { given: number }'),
      /ANB_MANIFEST pipeline\.yaml:5:\d+ .*input/,
    ],
    ['export default 7', /ANB_PLUGIN .*is no plugin/],
    ['', /ANB_PLUGIN .*no default export/],
  ] as const) {
    run.write('nodes/scale.mjs', text)
    await run.said(told)
    await run.said(/the code before goes on/)
    await more()
  }
  run.write('nodes/scale.mjs', scale(2))
  await run.said(/reloaded scale/)
  await more()
  const count = feed.stop()
  const { status, ledger } = await run.end()
  checkAll(t, run.values, count, [0, 1, 2])
  t.equal(status, 'ok')
  t.match(ledger, { accepted: count, delivered: count, in_flight: 0, balanced: true })
})

test('run --watch: many saves in a row, and editors that write by another file', async (t) => {
  const run = await started(t, { 'pipeline.yaml': pipeline, 'nodes/scale.mjs': scale(0) })
  const feed = feeding(run)
  for (let version = 1; version <= 40; version++) {
    run.write('nodes/scale.mjs', scale(version))
    await new Promise((resolve) => setTimeout(resolve, version % 7))
  }
  await run.got(run.values.length + 100)
  const last = () => (run.values.at(-1) as [number, number, number])[1]
  while (last() !== 40) await run.got(run.values.length + 20)
  for (let version = 41; version <= 44; version++) {
    const file = join(run.folder, 'nodes', 'scale.mjs')
    writeFileSync(`${file}.tmp`, scale(version))
    // As vim does it (the old one becomes a backup), and as others do (the new one takes its place).
    if (version % 2 === 0) renameSync(file, `${file}~`)
    renameSync(`${file}.tmp`, file)
    await run.said(/reloaded scale/)
    while (last() !== version) await run.got(run.values.length + 20)
  }
  const count = feed.stop()
  const { ledger } = await run.end()
  const seen = (run.values as [number, number, number][]).map(([, version]) => version)
  checkAll(
    t,
    run.values,
    count,
    [...new Set(seen)].sort((a, b) => a - b),
  )
  t.match(ledger, { accepted: count, delivered: count, in_flight: 0, balanced: true })
})

const summing = (
  version: number,
  helper: string,
) => `import { defineNode, definePlugin, anything, number } from '@anabranch/plugin-sdk'
import { size } from '${helper}'
const sum = defineNode({
  type: 'SumNode',
  summary: 'Sums groups.',
  inputs: { input: number },
  outputs: { output: anything },
  time: 'span',
  create() {
    let kept = []
    let groups = 0
    const give = () => {
      const output = { version: ${version}, size, kept, group: groups++ }
      kept = []
      return { output }
    }
    return {
      execute({ input }) {
        kept.push(input)
        return kept.length >= size ? give() : undefined
      },
      flush: () => (kept.length > 0 ? give() : undefined),
      snapshot: () => ({ groups }),
      restore: (state) => { groups = state.groups },
    }
  },
})
export default definePlugin({ name: 'sum', apiVersion: 1, nodes: [sum] })
`

for (const [language, file, helper] of [
  ['JavaScript', 'nodes/sum.mjs', './size.mjs'],
  ['TypeScript', 'nodes/sum.ts', './size.ts'],
] as const)
  test(`run --watch, ${language}: the tail of the old code goes out, state moves, and files that it imports count`, async (t) => {
    const sizes = helper.replace('.', 'nodes')
    const run = await started(t, {
      'pipeline.yaml': `version: v1
plugins: ['./${file}']
inputs: { n: { kind: number } }
nodes: { sum: { type: SumNode, in: { input: n } } }
`,
      [file]: summing(0, helper),
      [sizes]: 'export const size = 7\n',
    })
    const feed = feeding(run)
    await run.got(30)
    run.write(file, summing(1, helper))
    await run.said(/reloaded sum/)
    await run.got(run.values.length + 30)
    run.write(sizes, 'export const size = 5\n')
    await run.said(/reloaded sum/)
    await run.got(run.values.length + 30)
    run.write(sizes, 'export const size = \n')
    await run.said(/ANB_PLUGIN .*size\.m?[jt]s:\d+/)
    run.write(sizes, 'export const size = 3\n')
    await run.said(/reloaded sum/)
    await run.got(run.values.length + 30)
    const count = feed.stop()
    const { ledger } = await run.end()
    const groups = run.values as { version: number; size: number; kept: number[]; group: number }[]
    t.same(
      groups.flatMap(({ kept }) => kept),
      Array.from({ length: count }, (_, n) => n),
      'every number is in one group, in order',
    )
    t.same(
      groups.map(({ group }) => group),
      groups.map((_, n) => n),
      'the count of groups goes on',
    )
    const short = groups.slice(0, -1).filter(({ size, kept }) => kept.length < size)
    t.ok(short.length <= 3 && groups.every(({ size, kept }) => kept.length <= size), 'only tails are short')
    t.same([...new Set(groups.map(({ version, size }) => `${version} ${size}`))], ['0 7', '1 7', '1 5', '1 3'])
    t.match(ledger, { accepted: count, delivered: count, in_flight: 0, balanced: true })
  })

const pythonNode = `from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["SameNode"]


@node("SameNode", summary="Gives back what it gets.", inputs={"input": "anything"}, outputs={"output": "anything"})
class SameNode(NodeExecutor[NoParams]):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"output": inputs.data["input"]})
`

test('run --watch: what a run takes no new code of is told when it is saved', async (t) => {
  const placed = pipeline
    .replace("'./nodes/scale.mjs'", "'./nodes/scale.mjs', './nodes/threaded.mjs', './nodes/same.py'")
    .concat(
      '  threaded: { type: ThreadedNode, params: { by: 10 }, placement: { where: thread }, in: { input: n } }\n',
      '  counted: { type: CountedNode, in: { first: scale.output, second: threaded.output } }\n',
    )
  const counted = `const counted = defineNode({
  type: 'CountedNode', summary: 'Both.', inputs: { first: anything, second: anything }, outputs: { output: anything },
  create: () => ({ execute: ({ first }) => ({ output: first }) }),
})`
  const run = await started(t, {
    'pipeline.yaml': placed,
    'nodes/scale.mjs': scale(0, counted).replace('nodes: [scale]', 'nodes: [scale, counted]'),
    'nodes/threaded.mjs': scale(0).replace("'ScaleNode'", "'ThreadedNode'"),
    'nodes/same.py': pythonNode,
  })
  const feed = feeding(run)
  await run.got(50)
  run.write('pipeline.yaml', `${placed}# later\n`)
  await run.said(
    /ANB_NOT_AVAILABLE pipeline\.yaml has changed: a run takes new code of nodes, but no other pipeline\n {2}fix: stop/,
  )
  run.write('nodes/same.py', `${pythonNode}# later\n`)
  await run.said(
    /ANB_NOT_AVAILABLE nodes\/same\.py has changed: a run takes no new code of Python nodes yet\n {2}fix: stop/,
  )
  run.write('nodes/threaded.mjs', scale(1).replace("'ScaleNode'", "'ThreadedNode'"))
  await run.said(/ANB_NOT_AVAILABLE pipeline\.yaml:6:\d+ node "threaded": it works on a thread[^|]*/)
  await run.said(/fix: leave placement out, or stop the run/)
  run.write('nodes/scale.mjs', scale(2, counted).replace('nodes: [scale]', 'nodes: [scale, counted]'))
  await run.said(/reloaded scale, counted/)
  await run.got(run.values.length + 100)
  const count = feed.stop()
  const { ledger } = await run.end()
  checkAll(t, run.values, count, [0, 2])
  t.match(ledger, { accepted: count, in_flight: 0, balanced: true })
})

/** Processes that were told of a folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false // It has just ended.
    }
  })
}

test('run --watch: what waits for the next save ends with a run that is killed', async (t) => {
  for (const ms of [0, 30, 80, 150, 300, 800]) {
    const run = await started(t, { 'pipeline.yaml': pipeline, 'nodes/scale.mjs': scale(0) })
    t.equal(processesOf(run.folder).length, 1, 'a process waits')
    await new Promise((resolve) => setTimeout(resolve, ms))
    run.kill()
    const until = performance.now() + 10_000
    while (processesOf(run.folder).length > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50))
    t.same(processesOf(run.folder), [], `killed after ${ms} ms`)
  }
})
