import { addon, vad } from '@anabranch/nodes-native'
import { audio, defineNode, number } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'

/** A probability each. */
const FRAME = 256

const noise = (lengths: readonly number[]) =>
  defineNode({
    type: 'NoiseNode',
    summary: 'Gives noise.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        let state = 1
        for (const length of lengths) {
          const frame = context.audio(length, 16_000)
          for (let at = 0; at < length; at++) {
            state = (state * 48_271) % 0x7fffffff
            frame.samples[at] = (state / 0x40000000 - 1) / 4
          }
          yield { output: frame }
        }
      },
    }),
  })

/** The probabilities of a stream cut in this way, and how many native calls that took. */
async function heard(lengths: readonly number[]) {
  const probabilities: number[] = []
  const seen = defineNode({
    type: 'SeenNode',
    summary: 'Notes numbers.',
    inputs: { input: number },
    create: () => ({ execute: ({ input }) => void probabilities.push(input) }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: noise(lengths) },
        vad: { type: vad, params: { engine: 'energy' }, in: { input: 'source.output' } },
        seen: { type: seen, in: { input: 'vad.probability' } },
      },
    } as never),
  )
  const { doors } = addon
  const { call } = doors
  let calls = 0
  Object.assign(doors, {
    call: () => {
      calls++
      call()
    },
  })
  try {
    const session = await executor.open()
    const ledger = await session.end()
    return { probabilities, calls, balanced: ledger.balanced }
  } finally {
    Object.assign(doors, { call })
    await executor.close()
  }
}

test('what a node has to say of one frame comes in one call, as far as eight further records', async (t) => {
  const one = await heard(Array.from({ length: 60 }, () => FRAME))
  t.equal(one.probabilities.length, 60)
  t.ok(new Set(one.probabilities).size > 30, 'they differ')
  t.equal(one.calls, 60 + 1, 'one a frame, and one at the end')

  const five = await heard(Array.from({ length: 12 }, () => 5 * FRAME))
  t.same(five, { ...one, calls: 12 + 1 }, 'five at once: the same, in as many calls as there are frames')

  const twenty = await heard(Array.from({ length: 3 }, () => 20 * FRAME))
  t.same(twenty, { ...one, calls: 3 * 3 + 1 }, 'twenty at once: nine with the first call, nine with the next, then two')
})
