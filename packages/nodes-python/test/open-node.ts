import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createPythonPlugin,
  describeNodes,
  type PythonExecutor,
  type PythonPlugin,
  type PythonPluginOptions,
} from '@anabranch/nodes-python'
import {
  type AnabranchError,
  isAnabranchError,
  NodeInputs,
  type NodeLog,
  NodeOutputs,
  type Values,
} from '@anabranch/plugin-sdk'
import { type StandaloneContext, standaloneContext } from '@anabranch/plugin-sdk/host'
import type { Test } from 'tap'

/** The folder of the Python nodes that only tests use. */
export const NODES = fileURLToPath(new URL('../test/nodes', import.meta.url))
const FAULTY = { modules: ['faulty_nodes'], path: [NODES] }

/** A plugin that offers the faulty nodes too; it is closed when the test is over. */
export async function faultyPlugin(t: Test, options: PythonPluginOptions = {}): Promise<PythonPlugin> {
  const plugin = createPythonPlugin({ ...FAULTY, nodes: await describeNodes(FAULTY), ...options })
  t.teardown(() => plugin.close())
  return plugin
}

export interface Opened {
  readonly executor: PythonExecutor
  readonly context: StandaloneContext
  /** Log lines, as `level message`. */
  readonly lines: string[]
  run(values: Values): Promise<Values | undefined>
}

/** Makes and prepares one node of a plugin. */
export async function openNode(plugin: PythonPlugin, type: string, params: unknown = {}, id = type): Promise<Opened> {
  const factory = plugin.nodes.find((each) => each.spec.type === type)
  const executor = factory?.create(params) as PythonExecutor
  const lines: string[] = []
  const write = (level: string) => (fields: object | string, message?: string) =>
    void lines.push(`${level} ${message ?? JSON.stringify(fields)}`)
  const log: NodeLog = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const context = standaloneContext(id, { log })
  await executor.prepare?.(context)
  const run = async (values: Values) => {
    const outputs = await executor.execute?.(new NodeInputs(values), context)
    return outputs instanceof NodeOutputs ? outputs.data : undefined
  }
  return { executor, context, lines, run }
}

/** The coded error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<AnabranchError> {
  const error = await promise.then(
    () => new Error('it did not reject'),
    (reason: unknown) => reason,
  )
  if (!isAnabranchError(error)) throw error
  return error
}

/** Whether a process is there; one that has ended and only waits to be reaped is not. */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
    return state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}

/** Resolves with the milliseconds until the condition held, or throws after `limitMs`. */
export async function until(condition: () => boolean, limitMs: number): Promise<number> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - start
}
