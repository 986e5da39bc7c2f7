import { anything, defineNode, NodeExecutionError } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { LONGEST_MS, sleep } from '../sleep.ts'

const chance = z.number().min(0).max(1).default(0)

/**
 * Delays, throws and leaves out values by chance, for tests of what is around it. The same seed gives the same faults at
 * the same places; what is left out is counted as `faults_dropped`.
 *
 * Errors: ANB_NODE_EXECUTION, as often as `throw_rate` says.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { bad: { type: faultNode, params: { seed: 7, throw_rate: 0.01 }, on_error: 'skip', in: { input: 'rows' } } },
 * })
 * ```
 */
export const faultNode = defineNode({
  type: 'FaultNode',
  summary: 'Delays, throws and leaves out values by chance, for tests.',
  params: z
    .object({
      seed: z.number().int().min(0).max(0xffff_ffff).default(1).describe('Where the chances begin.'),
      delay_rate: chance.describe('Share of the values that are delayed, 0 to 1.'),
      delay_ms: z.number().min(0).max(LONGEST_MS).default(10).describe('The longest delay, ms of the clock.'),
      throw_rate: chance.describe('Share of the values that fail, 0 to 1.'),
      drop_rate: chance.describe('Share of the values that are left out, 0 to 1.'),
    })
    .refine(({ throw_rate, drop_rate }) => throw_rate + drop_rate <= 1, {
      path: ['drop_rate'],
      message: 'throw_rate and drop_rate are more than 1 together',
    }),
  inputs: { input: anything },
  outputs: { output: anything },
  filters: true,
  create: (params) => {
    let random = randomOf(params.seed)
    let seen = 0
    return {
      async execute({ input }, context) {
        const { clock, signal } = context
        const at = seen++
        // All three are drawn for every value, so that one rate does not move the faults of another.
        const [fate, late, share] = [random(), random(), random()]
        if (late < params.delay_rate) await sleep(clock, share * params.delay_ms, signal)
        if (fate < params.throw_rate)
          throw new NodeExecutionError(`fault at value ${at}`, { fix: 'lower throw_rate, or take the FaultNode out' })
        if (fate >= params.throw_rate + params.drop_rate) return { output: input }
        context.count('faults_dropped')
        return {}
      },
      reset() {
        random = randomOf(params.seed)
        seen = 0
      },
    }
  },
})

/** 0 … 1, by the generator mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
