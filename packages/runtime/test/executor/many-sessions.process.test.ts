import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { anything, defineNode } from '@anabranch/plugin-sdk'
import { accountedFor, createExecutor, definePipeline } from '@anabranch/runtime'
import { bufferCount } from 'rxjs'
import { test } from 'tap'
import { mapNode, pairNode, pass, rxNode, upTo } from '../nodes.ts'
import { activeResources, settled } from '../scenario.ts'

/** What `--expose-gc` gives, without the flag. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const keeping = defineNode({
  type: 'Keeping',
  summary: 'Keeps what it got until it is reset.',
  inputs: { input: anything },
  outputs: { output: anything },
  create: () => {
    let kept: unknown[] = []
    return {
      prepare: async () => undefined,
      execute: ({ input }) => ({ output: kept.push(input) }),
      reset() {
        kept = []
      },
    }
  },
})

test('1,000 sessions opened and closed: heap flat, no handle, timer or listener', async (t) => {
  const executor = await createExecutor(
    definePipeline({
      inputs: { mic: anything },
      nodes: {
        k: { type: keeping, in: { input: 'mic' } },
        later: {
          type: mapNode('Later', async (n) => n, { purity: 'pure' }),
          timeout_ms: 1000,
          in: { input: 'k.output' },
        },
        twos: { type: rxNode('Twos', () => bufferCount(2), { timed: true }), in: { input: 'later.output' } },
        p: { type: pass, in: { input: 'mic' } },
        both: { type: pairNode('Both', { join: 'latest' }), in: { left: 'twos.output', right: 'p.output' } },
      },
    }),
  )
  const { signal } = new AbortController()
  const one = async (n: number) => {
    const session = await executor.open({ signal })
    session.outputs.subscribe({ error: () => undefined })
    for (const mic of upTo(4)) await session.send({ mic })
    if (n % 3 === 1) session.interrupt()
    const ledger = n % 3 === 2 ? await session.cancel() : await session.end()
    if (!ledger.balanced || ledger.in_flight !== 0 || accountedFor(ledger) !== 'accounted for 4 of 4')
      t.fail(`session ${n}: ${JSON.stringify(ledger)}`)
  }
  await settled()
  const resources = activeResources()
  const heapAfter = async (sessions: number) => {
    for (let n = 0; n < sessions; n++) await one(n)
    await settled()
    collect()
    return process.memoryUsage().heapUsed / 1e6
  }
  const warm = await heapAfter(200)
  const end = await heapAfter(1000)
  // One leaked session of this graph is more than 30 KB; what a thousand leave must be less than a tenth of one each.
  t.ok(end - warm < 3, `heap ${warm.toFixed(2)} → ${end.toFixed(2)} MB`)
  t.same(activeResources(), resources)
  t.equal(getEventListeners(signal, 'abort').length, 0)
  t.equal(executor.metrics().sessions, 0)
  await executor.close()
})
