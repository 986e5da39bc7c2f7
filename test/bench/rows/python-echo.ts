import { fileURLToPath } from 'node:url'
import { createPythonPlugin, describeNodes } from '@anabranch/nodes-python'
import { createExecutor, definePipeline, type Executor } from '@anabranch/runtime'

const { NATS_URL: _, ...env } = process.env
const NODES = { modules: ['echo_nodes'], path: [fileURLToPath(new URL('../../../e2e/nodes', import.meta.url))] }

/** An executor of a pipeline with a Python node that touches every sample of a frame and gives it back. */
export async function pythonEcho(
  pipeline: (echo: unknown) => object,
): Promise<{ readonly executor: Executor; close(): Promise<void> }> {
  const plugin = createPythonPlugin({ ...NODES, env, nodes: await describeNodes(NODES) })
  const echo = plugin.nodes.find(({ spec }) => spec.type === 'EchoAudioNode')
  const executor = (await createExecutor(definePipeline(pipeline(echo) as never))) as unknown as Executor
  return {
    executor,
    async close() {
      await executor.close()
      await plugin.close()
    },
  }
}
