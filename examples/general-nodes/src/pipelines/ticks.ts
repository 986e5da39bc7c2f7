import { definePipeline } from '@anabranch/runtime'
import { batchNode, delayNode, throttleNode, timerSource } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'

/** Ten ticks, no more than a hundred in a second, each 20 ms later, in groups of four. */
export function ticks(): Example {
  const pipeline = definePipeline({
    nodes: {
      tick: { type: timerSource, params: { interval_ms: 10, count: 10 } },
      calm: { type: throttleNode, params: { per_second: 100, burst: 10 }, in: { input: 'tick.output' } },
      later: { type: delayNode, params: { ms: 20 }, in: { input: 'calm.output' } },
      four: { type: batchNode, params: { count: 4 }, in: { input: 'later.output' } },
    },
  })
  return { pipeline }
}
