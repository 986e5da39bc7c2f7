import type { Clock } from '@anabranch/plugin-sdk'
import type { Fusing } from '@anabranch/plugin-sdk/host'
import type { Histogram } from '../../telemetry/histogram.ts'
import { isPlain, type Layer, watch } from './layer.ts'

/**
 * Times each call; one that was made together with others says itself how long it took. The runner calls through it now and then: two clock reads are 100 ns, twice a hop.
 */
export function metrics(executionUs: Histogram, clock: Clock, fusing: Fusing | undefined): Layer {
  const record = (start: number) => executionUs.record((clock.now() - start) * 1000)
  return (execute) => (inputs, context) => {
    const start = clock.now()
    fusing?.time()
    let result: unknown
    try {
      result = execute(inputs, context)
    } catch (error) {
      record(start)
      throw error
    }
    if (!isPlain(result)) return watchedFrom(result, record, start)
    if (fusing === undefined) record(start)
    else if (!Number.isNaN(fusing.spentUs)) executionUs.record(fusing.spentUs)
    return result
  }
}

/** Apart, so that a plain result costs no closure. */
function watchedFrom(result: unknown, record: (start: number) => void, start: number): unknown {
  const done = () => record(start)
  return watch(result, done, done)
}
