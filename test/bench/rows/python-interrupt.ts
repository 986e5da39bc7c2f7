import { anything } from '@anabranch/plugin-sdk'
import type { Row } from '../row.ts'
import { PATIENT_NODES, pythonPipeline } from './python-pipeline.ts'

/** Sets that are on their way or wait in Python, behind the one at work. */
const WAITING = 30
const BODY = new Uint8Array(100_000)

interface Told {
  /** When the coroutine saw each CancelledError, ns of CLOCK_MONOTONIC, which is that of `process.hrtime` too. */
  readonly cancelled: readonly number[]
}

export const row: Row = {
  name: 'python_interrupt',
  about: 'interrupt(): call to the CancelledError in the coroutine at work, a full queue of 100 kB sets before it, p99',
  unit: 'ms',
  limit: 100,
  async prepare({ quick }) {
    const { executor, close } = await pythonPipeline(
      (node) => ({
        inputs: { given: anything },
        nodes: { patient: { type: node('PatientNode'), in: { input: { from: 'given', max: WAITING + 1 } } } },
      }),
      PATIENT_NODES,
    )
    const session = await executor.open()
    const outputs = session.outputs[Symbol.asyncIterator]()
    const give = (what: string) => session.send({ given: { do: what, body: BODY } } as never)
    const next = async () => (await outputs.next()).value?.value as unknown
    let rounds = 0

    async function interruptOnce(): Promise<number> {
      await give('wait')
      if ((await next()) !== 'begun') throw new Error('it did not begin')
      await Promise.all(Array.from({ length: WAITING }, () => give('wait')))
      const at = process.hrtime.bigint()
      session.interrupt({ queued: true })
      await give('when')
      const { cancelled } = (await next()) as Told
      if (cancelled.length !== ++rounds)
        throw new Error(`${cancelled.length} sets were cancelled at work, not ${rounds}`)
      return (Number(cancelled.at(-1)) - Number(at)) / 1e6
    }

    return {
      async ours() {
        const ms: number[] = []
        for (let n = 0; n < (quick ? 100 : 300); n++) ms.push(await interruptOnce())
        return ms.sort((a, b) => a - b)[Math.floor(ms.length * 0.99)] as number
      },
      baseline: null,
      async cleanup() {
        await session.cancel()
        await close()
      },
    }
  },
}
