import { fileURLToPath } from 'node:url'
import { createPythonPlugin, describeNodes, type PythonPlugin } from '@anabranch/nodes-python'
import { createExecutor, definePipeline, type Executor } from '@anabranch/runtime'

const { NATS_URL: _, ...env } = process.env
const NODES = { modules: ['echo_nodes'], path: [fileURLToPath(new URL('../../../e2e/nodes', import.meta.url))] }

export interface PythonPipeline {
  readonly executor: Executor
  readonly plugin: PythonPlugin
  close(): Promise<void>
}

/** An executor of a pipeline that is made of Python nodes of test/e2e/nodes, asked for by their types. */
export async function pythonPipeline(pipeline: (node: (type: string) => unknown) => object): Promise<PythonPipeline> {
  const plugin = createPythonPlugin({ ...NODES, env, nodes: await describeNodes(NODES) })
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
