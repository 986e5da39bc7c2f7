import fc from 'fast-check'
import { test } from 'tap'
import { graphs } from '../laws/spec.ts'
import { runFrames } from './run-frames.ts'

const SEED = 20261125

for (const slots of [8, 64])
  test(`no stale read, no lease left, no deadlock in random graphs of audio over ${slots} frames`, async (t) => {
    const sum = { reads: 0, pooled: 0, unpooled: 0, copied: 0 }
    const out = await fc.check(
      fc.asyncProperty(graphs(), async (spec) => {
        const { violations, ...counts } = await runFrames(spec, slots)
        for (const name of ['reads', 'pooled', 'unpooled', 'copied'] as const) sum[name] += counts[name]
        if (violations.length > 0) throw new Error(violations.join('; '))
      }),
      { numRuns: 200, seed: SEED },
    )
    t.notOk(out.failed, `${out.errorInstance}\nseed ${out.seed}\n${JSON.stringify(out.counterexample)}`)
    t.comment(JSON.stringify(sum))
    t.ok(sum.reads > 10_000 && sum.pooled > 2000 && sum.copied > 10_000, 'the graphs are not empty')
    if (slots === 8) t.ok(sum.unpooled > 100, 'and the pool was full at times')
  })
