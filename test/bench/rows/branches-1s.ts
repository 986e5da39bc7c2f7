import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { audioResample } from '@anabranch/nodes-native'
import { audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import type { Row, Sample } from '../row.ts'

const native = join(import.meta.dirname, '..', '..', '..', '..', 'packages', 'nodes-native')
const RATE = 48_000

const TONE = Float32Array.from({ length: RATE }, (_, at) => 0.3 * Math.sin(at * 0.0576))

/** Seconds of a tone, each made in a frame of the pool. */
const seconds = (count: number) =>
  defineNode({
    type: 'SecondsNode',
    summary: 'Gives seconds of a tone.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let n = 0; n < count; n++) {
          const frame = context.audio(RATE, RATE)
          frame.samples.set(TONE)
          yield { output: frame }
        }
      },
    }),
  })

/**
 * Two bare threads in Rust, asked for one sample at a time: ms for a chunk of each. They do what ours does: each chunk is
 * made once, in memory that is used again, and shared. One of the two makes it: a third thread for that is slower.
 */
function bareThreads(count: number): { readonly sample: Sample; stop(): void } {
  const cargo = ['--release', '--quiet', '-p', 'anabranch-nodes', '--example', 'two_threads']
  execFileSync('cargo', ['build', ...cargo], { cwd: native, stdio: 'inherit' })
  const program = join(native, 'target', 'release', 'examples', 'two_threads')
  const child = spawn(program, [String(count)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return {
    async sample() {
      const line = once(lines, 'line')
      child.stdin.write('\n')
      return Number((await line)[0])
    },
    stop: () => child.stdin.end(),
  }
}

export const row: Row = {
  name: 'branches_1s',
  about:
    'chunks of 1 s in two branches of a graph, each made once and resampled on two threads: at least 0.9 of bare threads',
  unit: 'ms',
  limit: 1 / 0.9,
  warmups: 2,
  async prepare({ quick }) {
    const count = quick ? 100 : 400
    const params = { output_rate: 16_000, quality: 'high' } as const
    const placement = { where: 'thread' } as const
    let samples = 0
    const sink = defineNode({
      type: 'CountNode',
      summary: 'Counts samples.',
      inputs: { input: audio },
      create: () => ({
        execute: ({ input }) => {
          samples += input.length
        },
      }),
    })
    const executor = await createExecutor(
      definePipeline({
        nodes: {
          source: { type: seconds(count) },
          left: { type: audioResample, params, placement, in: { input: 'source.output' } },
          right: { type: audioResample, params, placement, in: { input: 'source.output' } },
          leftSink: { type: sink, in: { input: 'left.output' } },
          rightSink: { type: sink, in: { input: 'right.output' } },
        },
      } as never),
    )
    const bare = bareThreads(count)
    return {
      async ours() {
        samples = 0
        const session = await executor.open()
        const start = performance.now()
        const ledger = await session.end()
        const elapsed = performance.now() - start
        if (!ledger.balanced || samples !== 2 * count * 16_000) throw new Error(`${samples} samples came out`)
        return elapsed / count
      },
      baseline: { name: 'two bare threads in Rust', sample: bare.sample },
      async cleanup() {
        bare.stop()
        await executor.close()
      },
    }
  },
}
