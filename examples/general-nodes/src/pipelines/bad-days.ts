import { definePipeline } from '@anabranch/runtime'
import { faultNode, timerSource } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'

/** A hundred ticks, of which some fail and some are left out: the same ones each time. */
export function badDays(): Example {
  const pipeline = definePipeline({
    nodes: {
      tick: { type: timerSource, params: { interval_ms: 1, count: 100 } },
      bad: {
        type: faultNode,
        params: { seed: 7, throw_rate: 0.1, drop_rate: 0.1, delay_rate: 0.1, delay_ms: 5 },
        on_error: 'skip',
        in: { input: 'tick.output' },
      },
    },
  })
  return { pipeline }
}
