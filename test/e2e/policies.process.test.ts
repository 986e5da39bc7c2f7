import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createExecutor, type EdgePolicy, type Executor, parseManifest } from '@anabranch/runtime'
import { type Test, test } from 'tap'

const POLICIES: readonly EdgePolicy[] = ['block', 'drop-oldest', 'drop-newest', 'latest', 'error']
const SEEDS = [1, 2]

const source = fileURLToPath(new URL('../../e2e/policies/gate_node.py', import.meta.url))
const built = fileURLToPath(new URL('policies/gate.js', import.meta.url))
/** The same node in three places: what plugin has it, and what the pipeline says of its place. */
const PLACES = {
  inline: { plugin: built, placement: 'inline' },
  thread: { plugin: built, placement: 'thread' },
  python: { plugin: source, placement: 'process' },
} as const

interface Step {
  readonly send: number
  readonly let: number
}

/** Bursts of up to nine numbers, and then up to six that are let through. */
function schedule(seed: number): Step[] {
  let state = seed * 7919
  const below = (n: number) => {
    state = (state * 48_271) % 0x7fffffff
    return state % n
  }
  return Array.from({ length: 12 }, () => ({ send: below(10), let: below(7) }))
}

async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!what()) {
    if (performance.now() > end) throw new Error('it did not come to rest in 20 s')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

const countsOf = (executor: Executor) => {
  const { nodes, edges } = executor.metrics()
  const { taken = 0, produced = 0, failed = 0 } = nodes.gate ?? {}
  const [edge] = Object.entries(edges).flatMap(([name, counts]) => (name.endsWith('gate.input') ? [counts] : []))
  return { taken, produced, failed, edge: edge as NonNullable<typeof edge> }
}

async function run(t: Test, place: keyof typeof PLACES, policy: EdgePolicy, seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { plugin, placement } = PLACES[place]
  const max = policy === 'latest' ? '' : ', max: 4'
  const text = `version: v1
plugins: ['${plugin}']
inputs: { given: { kind: number } }
nodes:
  gate:
    type: GateNode
    params: { folder: '${folder}' }
    placement: { where: ${placement} }
    retry: { max_retries: 0 }
    in: { input: { from: given, policy: ${policy}${max} } }
`
  const executor = (await createExecutor(parseManifest(text, { file: 'p.yaml', env: {} }))) as Executor
  try {
    const session = await executor.open()
    const came: unknown[] = []
    session.outputs.subscribe({ next: ({ value }) => came.push(value), error: () => undefined })
    let [next, passes, refused] = [0, 0, 0]
    /** Under block what finds no room is sent again: how much room there is depends on what is on its way. */
    const waiting: number[] = []
    const send = (given: number) => {
      if (session.trySend({ given })) return true
      if (policy !== 'block') refused++
      return policy !== 'block'
    }
    const sendWaiting = () => {
      while (waiting.length > 0 && send(waiting[0] as number)) waiting.shift()
    }
    /** Nothing moves before somebody is let through: one is at work, or nothing waits. */
    const rest = () =>
      until(() => {
        const { taken, produced, edge } = countsOf(executor)
        return (
          session.error !== undefined ||
          (produced === Math.min(passes, taken) && (taken > produced || edge.depth === 0))
        )
      })
    for (const step of schedule(seed)) {
      for (let n = 0; n < step.send && session.error === undefined; n++) {
        waiting.push(next++)
        sendWaiting()
      }
      await rest()
      for (let n = 0; n < step.let; n++) writeFileSync(`${folder}/${passes++}`, '')
      await rest()
    }
    for (let n = 0; n < 200; n++) writeFileSync(`${folder}/${passes++}`, '')
    await until(() => {
      sendWaiting()
      return waiting.length === 0
    })
    const ledger = await session.end().catch(() => session.ledger())
    const { edge, ...node } = countsOf(executor)
    const { pushed, dropped, cancelled, failed } = edge
    return { came, refused, ledger, node, edge: { pushed, taken: edge.taken, dropped, cancelled, failed } }
  } finally {
    await executor.close()
  }
}

for (const policy of POLICIES)
  test(`${policy}: inline, on a thread and in Python the same numbers go, and the same are lost`, async (t) => {
    let lost = 0
    for (const seed of SEEDS) {
      const inline = await run(t, 'inline', policy, seed)
      t.same(await run(t, 'thread', policy, seed), inline, `on a thread, seed ${seed}`)
      t.same(await run(t, 'python', policy, seed), inline, `in Python, seed ${seed}`)
      t.equal(inline.ledger.balanced, true)
      lost += inline.refused + inline.edge.pushed - inline.came.length
    }
    if (policy === 'block') t.equal(lost, 0)
    else t.ok(lost > 0, `${lost} were refused or lost`)
  })
