import { createPythonPlugin, type PythonHost, type ServerCounts } from '@anabranch/nodes-python'
import { createExecutor, type Ledger, type Metrics, Registry } from '@anabranch/runtime'
import type { Interrupts } from './interrupts.ts'
import { type PipelineOptions, threeRuntimes } from './pipeline.ts'

/** The processes beside this one. */
export interface Processes {
  readonly python: number
  readonly server: number
}

/** What a run left behind to be told. */
export interface Run extends Pick<ReturnType<typeof threeRuntimes>, 'memory' | 'before' | 'after'> {
  readonly ledger: Ledger
  readonly metrics: Metrics
  readonly processes: Processes
  /** What the server itself counted; undefined where it could not be asked any more. */
  readonly counts: ServerCounts | undefined
  /** Whether the server ended in between, and another one counted from there on. */
  readonly restarted: boolean
  /** From the first frame to the last, and the start of the processes before that. */
  readonly ms: number
  readonly startMs: number
  readonly error: unknown
}

export interface RunOptions extends PipelineOptions {
  readonly interrupts: Interrupts
  readonly onReady: (processes: Processes) => void
}

/** Runs the graph once from end to end; when it resolves or rejects, no other process is left. */
export async function run(options: RunOptions): Promise<Run> {
  const { pipeline, ...noted } = threeRuntimes(options)
  // A server of our own, whatever NATS_URL says: its counts are part of what is shown.
  const { NATS_URL: _, ...env } = process.env
  const python = createPythonPlugin({ env })
  const quit = () => void python.close()
  options.interrupts.use(quit, quit)
  const start = performance.now()
  try {
    const executor = await createExecutor(pipeline, { registry: new Registry([python]) })
    try {
      const session = await executor.open()
      const ready = performance.now()
      const processes = await processesOf(python.host)
      options.onReady(processes)
      options.interrupts.use(
        () => void session.close(),
        () => {
          void session.cancel()
          quit()
        },
      )
      let error: unknown
      await session.end().catch((reason) => {
        error = reason
      })
      const ms = performance.now() - ready
      const counts = await python.host.serverCounts().catch(() => undefined)
      const restarted = (await processesOf(python.host)).server !== processes.server
      const ledger = await session.close()
      const metrics = executor.metrics()
      return { ...noted, ledger, metrics, processes, counts, restarted, ms, startMs: ready - start, error }
    } finally {
      await executor.close()
    }
  } finally {
    await python.close()
  }
}

async function processesOf(host: PythonHost): Promise<Processes> {
  const [worker] = await host.workers()
  const server = await host.server()
  return { python: worker?.pid ?? 0, server: server?.pid ?? 0 }
}
