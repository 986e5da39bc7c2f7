import { anything } from '@anabranch/plugin-sdk'
import type { DeadLetter, Executor } from '@anabranch/runtime'
import t, { type Test } from 'tap'
import { faultPlugin, nodeOf, pipelineOf } from './rig.ts'

t.setTimeout(300_000)

type Output = { readonly n: string; readonly pid: number }

/** Sends words to a FaultNode: what comes out, what becomes a dead letter, and who worked. */
async function through(t: Test, words: readonly string[], options: object = {}) {
  const plugin = await faultPlugin()
  t.teardown(() => plugin.close())
  const letters: DeadLetter[] = []
  const pipeline = {
    inputs: { word: anything },
    nodes: { fault: { type: nodeOf(plugin, 'FaultNode'), on_error: 'dead-letter', in: { input: 'word' }, ...options } },
  }
  const executor: Executor = await pipelineOf(pipeline, { onDeadLetter: (letter) => void letters.push(letter) })
  t.teardown(() => executor.close())
  const session = await executor.open()
  const outputs: Output[] = []
  const reading = (async () => {
    for await (const { value } of session.outputs) outputs.push(value as unknown as Output)
  })()
  for (const word of words) await session.send({ word } as never)
  await session.end()
  await reading
  const [worker] = await plugin.host.workers()
  t.match(session.ledger(), {
    balanced: true,
    accepted: words.length,
    delivered: outputs.length,
    dead_lettered: letters.length,
    in_flight: 0,
  })
  t.equal(outputs.length + letters.length, words.length, 'unaccounted: 0')
  return { outputs: outputs.map(({ n }) => n), pids: new Set(outputs.map(({ pid }) => pid)), letters, worker }
}

t.test(
  'sys.exit and MemoryError are errors of their input; a closed stdin and a printed gigabyte are nothing',
  async (t) => {
    const retry = { max_retries: 1, base_ms: 1 }
    const words = ['a', 'exit', 'b', 'memory', 'c', 'close stdin', 'print', 'd']
    const { outputs, pids, letters, worker } = await through(t, words, { retry })
    t.same(outputs, ['a', 'b', 'c', 'close stdin', 'print', 'd'])
    t.match(
      letters.map(({ error, attempts }) => ({ code: error.code, message: error.message, attempts })),
      [
        { code: 'ANB_PYTHON', message: /SystemExit: 3/, attempts: 2 },
        { code: 'ANB_PYTHON', message: /MemoryError: no memory for a model/, attempts: 2 },
      ],
    )
    t.equal(pids.size, 1, 'one process all the time')
    t.equal(worker?.losses, 0)
  },
)

t.test(
  'an input that ends its process does so twice, and is a dead letter then; the others are not touched',
  async (t) => {
    const words = Array.from({ length: 60 }, (_, n) => (n === 30 ? 'abort' : `${n}`))
    const { outputs, letters, worker } = await through(t, words)
    t.same(
      outputs,
      words.filter((word) => word !== 'abort'),
    )
    t.match(letters, [{ error: { code: 'ANB_WORKER_LOST', message: /ended 2 times while they had this input/ } }])
    t.equal(worker?.losses, 2)
  },
)

for (const [word, what] of [
  ['loop', 'loops without end'],
  ['native sleep', 'sleeps in native code, with the lock of the interpreter'],
] as const)
  t.test(`a worker that ${what} is ended a heartbeat after its time, and replaced`, async (t) => {
    const options = { timeout_ms: 1500, retry: { max_retries: 1, base_ms: 1 } }
    const { outputs, letters, pids, worker } = await through(t, ['a', word, 'b', 'c'], options)
    t.same(outputs, ['a', 'b', 'c'])
    t.match(letters, [{ error: { code: /ANB_TIMEOUT|ANB_WORKER_LOST/ } }])
    t.equal(pids.size, 2)
    t.ok((worker?.losses ?? 0) >= 1 && (worker?.losses ?? 0) <= 2, `${worker?.losses} workers ended`)
  })
