import { createPythonPlugin, describeNodes } from '@anabranch/nodes-python'
import { NodeInputs, type NodeOutputs } from '@anabranch/plugin-sdk'
import { standaloneContext } from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { NODES, openNode, rejection } from './open-node.ts'

const PATIENT = { modules: ['patient_nodes'], path: [NODES] }
const ROUNDS = 50
/** Sets that wait behind the one at work. */
const QUEUED = 30

interface Told {
  readonly cancelled: readonly number[]
  readonly cpu: number
}

test('an interrupt overtakes a full queue and reaches the coroutine; what comes late is dropped and counted', async (t) => {
  const plugin = createPythonPlugin({ ...PATIENT, nodes: await describeNodes(PATIENT) })
  t.teardown(() => plugin.close())
  const { executor } = await openNode(plugin, 'PatientNode')
  const body = new Uint8Array(100_000)
  const begin = (what: string) => {
    const context = standaloneContext('PatientNode')
    const inputs = new NodeInputs({ input: { do: what, body } })
    const outputs = executor.execute?.(inputs, context) as AsyncIterable<NodeOutputs>
    return { context, outputs: outputs[Symbol.asyncIterator]() }
  }
  const ask = async () => (await begin('when').outputs.next()).value.data.output as Told
  const ms: number[] = []
  let counted = 0
  for (let round = 0; round < ROUNDS; round++) {
    const calls = Array.from({ length: QUEUED + 1 }, () => begin(round % 2 === 0 ? 'wait' : 'deaf'))
    const [begun, ...waiting] = calls.map(({ outputs }) => outputs.next())
    t.match(await begun, { value: { data: { output: 'begun' } } })
    const rejected = [calls[0]?.outputs.next() as Promise<unknown>, ...waiting].map(rejection)
    const at = process.hrtime.bigint() // of one clock with Python's time.monotonic
    for (const { context } of calls) context.abort('barge-in')
    for (const { code } of await Promise.all(rejected)) if (code === 'ANB_CANCELLED') counted++
    const { cancelled } = await ask()
    t.equal(cancelled.length, round + 1, 'the one at work was cancelled, those behind it never began')
    ms.push((Number(cancelled.at(-1)) - Number(at)) / 1e6)
  }
  t.equal(counted, ROUNDS * (QUEUED + 1))
  ms.sort((a, b) => a - b)
  t.comment(`reached the coroutine after ${ms[ROUNDS >> 1]?.toFixed(1)} ms (p50), ${ms.at(-1)?.toFixed(1)} ms (most)`)
  const { stale = 0, inFlight } = executor.worker() ?? {}
  t.ok(stale >= ROUNDS, `${stale} late answers`)
  t.equal(inFlight, 0)
  const before = (await ask()).cpu
  t.ok((await ask()).cpu - before < 1e9, 'it works at nothing any more')
})
