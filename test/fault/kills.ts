import { Random } from './random.ts'
import { faultPlugin, startStream } from './rig.ts'

export interface KillOptions {
  readonly window: number
  readonly count: number
  readonly type: 'WorkNode' | 'PureWorkNode'
  readonly seed: number
  /** Default SIGKILL. A stopped worker is found by its heartbeat. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP'
}

/** Kills the worker of a stream again and again, each time when it is at work, at a place that the seed decides. */
export async function kills({ window, count, type, seed, signal = 'SIGKILL' }: KillOptions) {
  const random = new Random(seed)
  const plugin = await faultPlugin({ inFlight: window })
  try {
    const stream = await startStream(plugin, type)
    const lost: number[] = []
    const readyMs: number[] = []
    for (let kill = 0; kill < count; kill++) {
      // All that was under way at the last kill is through: an input that is under way at two of them is taken for its cause.
      const through = stream.given + random.below(50)
      const { pid } = stream
      await stream.until(() => stream.pid !== 0 && stream.delivered + stream.failed() > through)
      const before = stream.failed()
      const victim = stream.pid
      if (kill > 0 && victim === 0) throw new Error(`nobody works, ${pid} did`)
      const start = performance.now()
      process.kill(victim, signal)
      await stream.until(() => stream.pid !== victim)
      readyMs.push(performance.now() - start)
      lost.push(stream.failed() - before)
    }
    const [worker] = await plugin.host.workers()
    const ledger = await stream.end()
    const { delivered, disordered } = stream
    return { ledger, delivered, disordered, lost, readyMs, losses: worker?.losses ?? 0 }
  } finally {
    await plugin.close()
  }
}
