import { definePipeline } from '@anabranch/runtime'
import { mapNode, tapNode, timerSource, windowNode } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'

/** How many ticks fall into each tenth of a second; the first of them is logged, at a level that is shown. */
export function windows(): Example {
  const pipeline = definePipeline({
    nodes: {
      tick: { type: timerSource, params: { interval_ms: 20, count: 20 } },
      look: { type: tapNode, params: { every: 20, label: 'a tick', level: 'warn' }, in: { input: 'tick.output' } },
      tenth: { type: windowNode, params: { size_ms: 100 }, in: { input: 'look.output' } },
      count: {
        type: mapNode,
        params: { expression: '{"from_ms": value.start_ms, "ticks": value.values.size()}' },
        in: { input: 'tenth.output' },
      },
    },
  })
  return { pipeline }
}
