import { fileURLToPath } from 'node:url'
import { createPythonPlugin, describeNodes, type PythonPlugin } from '@anabranch/nodes-python'
import { createExecutor, definePipeline, type Executor } from '@anabranch/runtime'

const { NATS_URL: _, ...env } = process.env
const folder = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** Of test/e2e/nodes. */
const ECHO_NODES = { modules: ['echo_nodes'], path: [folder('test/e2e/nodes')] }
export const PATIENT_NODES = { modules: ['patient_nodes'], path: [folder('packages/nodes-python/test/nodes')] }

export interface PythonPipeline {
  readonly executor: Executor
  readonly plugin: PythonPlugin
  close(): Promise<void>
}

/** An executor of a pipeline that is made of Python nodes, asked for by their types. */
export async function pythonPipeline(
  pipeline: (node: (type: string) => unknown) => object,
  nodes = ECHO_NODES,
): Promise<PythonPipeline> {
  const plugin = createPythonPlugin({ ...nodes, env, nodes: await describeNodes(nodes) })
  const node = (type: string) => plugin.nodes.find(({ spec }) => spec.type === type)
  const executor = (await createExecutor(definePipeline(pipeline(node) as never))) as unknown as Executor
  return {
    executor,
    plugin,
    async close() {
      await executor.close()
      await plugin.close()
    },
  }
}
