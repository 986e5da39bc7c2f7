import { Random } from './random.ts'
import { faultPlugin, startStream } from './rig.ts'

export interface StopOptions {
  readonly count: number
  readonly seed: number
  /** How long the server is away each time. */
  readonly ms: number
  /** `stop`: its process is killed, and again whenever it was started. `freeze`: it stands still, and goes on. */
  readonly how: 'stop' | 'freeze'
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Takes the NATS server away from a stream under load, again and again. The node is one that is never called again. */
export async function serverStops({ count, seed, ms, how }: StopOptions) {
  const random = new Random(seed)
  const plugin = await faultPlugin()
  try {
    const stream = await startStream(plugin, 'WorkNode')
    const againMs: number[] = []
    for (let stop = 0; stop < count; stop++) {
      const through = stream.delivered + 20 + random.below(100)
      await stream.until(() => stream.delivered > through)
      const start = performance.now()
      if (how === 'freeze') {
        const pid = (await plugin.host.server())?.pid ?? 0
        process.kill(pid, 'SIGSTOP')
        await sleep(ms)
        process.kill(pid, 'SIGCONT')
      } else
        for (let last = 0; performance.now() - start < ms; await sleep(5)) {
          const pid = (await plugin.host.server())?.pid ?? 0
          if (pid === 0 || pid === last) continue
          process.kill(pid, 'SIGKILL')
          last = pid
        }
      // What was under way when the server went may still be on the way here.
      const before = stream.delivered + 64
      await stream.until(() => stream.delivered > before)
      againMs.push(performance.now() - start - ms)
    }
    const [worker] = await plugin.host.workers()
    const ledger = await stream.end()
    const { delivered, disordered } = stream
    return { ledger, delivered, disordered, againMs, losses: worker?.losses ?? -1 }
  } finally {
    await plugin.close()
  }
}
