import { resolveServer } from '@anabranch/nodes-python'
import { natsSink, natsSource } from '@anabranch/nodes-python/nats'
import { definePipeline } from '@anabranch/runtime'
import { timerSource } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'

/** Ticks to a subject, and the first three that are heard of it. NATS keeps nothing for who listens later. */
export async function nats(): Promise<Example> {
  const server = await resolveServer()
  const login = server.host === undefined ? '' : `${server.host.user}:${server.host.password}@`
  const url = server.url.replace('://', `://${login}`)
  const pipeline = definePipeline({
    nodes: {
      tick: { type: timerSource, params: { interval_ms: 50, count: 40 } },
      there: { type: natsSink, params: { url, subject: 'ticks.all' }, in: { input: 'tick.output' } },
      back: { type: natsSource, params: { url, subject: 'ticks.*', count: 3 } },
    },
  })
  return { pipeline, close: () => server.close() }
}
