import { fileURLToPath } from 'node:url'
import { createPythonPlugin, describeNodes, type PythonPlugin, type PythonPluginOptions } from '@anabranch/nodes-python'
import { anything, defineNode, number } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, type Executor, type ExecutorOptions, type Ledger } from '@anabranch/runtime'

const { NATS_URL: _, ...env } = process.env
const NODES = { modules: ['fault_nodes'], path: [fileURLToPath(new URL('../../fault/nodes', import.meta.url))] }

/** A plugin of the fault nodes. Its workers may be lost as often as a test likes: the limit has a test of its own. */
export async function faultPlugin(options: PythonPluginOptions = {}): Promise<PythonPlugin> {
  const restarts = { most: 10_000, waitMs: 10, waitMostMs: 20 }
  return createPythonPlugin({ ...NODES, env, restarts, nodes: await describeNodes(NODES), ...options })
}

/** What a pipeline made of untyped parts is. */
export const pipelineOf = async (pipeline: object, options: ExecutorOptions = {}): Promise<Executor> =>
  (await createExecutor(definePipeline(pipeline as never), options)) as unknown as Executor

export const nodeOf = (plugin: PythonPlugin, type: string) => plugin.nodes.find(({ spec }) => spec.type === type)

/** An endless stream through a Python node, and what comes of it. */
export interface Stream {
  /** Items that were given to it, and those that came out at its end, by number. */
  readonly given: number
  readonly delivered: number
  /** Items that came twice, or before an earlier one. */
  readonly disordered: number
  /** Who did the work on the last one. */
  readonly pid: number
  /** Input sets that failed, up to now. */
  failed(): number
  /** Resolves when this holds; it is asked after every delivery. */
  until(condition: () => boolean): Promise<void>
  /** Ends it. */
  end(): Promise<Ledger>
}

/** Sends numbers through a node until it is told to end; a set that fails for good is skipped and counted. */
export async function startStream(plugin: PythonPlugin, type: string): Promise<Stream> {
  let given = 0
  let delivered = 0
  let disordered = 0
  let last = -1
  let pid = 0
  let ending = false
  const waiting = new Set<() => void>()
  const numbers = defineNode({
    type: 'NumbersNode',
    summary: 'Counts until it is told to end.',
    outputs: { output: number },
    create: () => ({
      *source() {
        while (!ending) yield { output: given++ }
      },
    }),
  })
  const note = defineNode({
    type: 'NoteNode',
    summary: 'Notes what came.',
    inputs: { input: anything },
    create: () => ({
      execute({ input }) {
        const { n, pid: worker } = input as { n: number; pid: number }
        if (n <= last) disordered++
        last = n
        pid = worker
        delivered++
        for (const look of [...waiting]) look()
      },
    }),
  })
  const executor = await pipelineOf({
    nodes: {
      numbers: { type: numbers },
      work: { type: nodeOf(plugin, type), on_error: 'skip', in: { input: 'numbers.output' } },
      note: { type: note, in: { input: 'work.output' } },
    },
  })
  const done = executor.execute()
  return {
    get given() {
      return given
    },
    get delivered() {
      return delivered
    },
    get disordered() {
      return disordered
    },
    get pid() {
      return pid
    },
    failed: () => executor.metrics().nodes.work?.failed ?? 0,
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async end() {
      ending = true
      const { ledger } = await done
      await executor.close()
      return ledger
    },
  }
}
