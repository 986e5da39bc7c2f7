import type { NodeContext, Values } from '@anabranch/plugin-sdk'
import type { RecordBody } from '@anabranch/plugin-sdk/host'
import type { GraphNode, ModuleReference } from '../graph/graph.ts'
import type { NodeThread } from './node-thread.ts'
import type { OpenOrder } from './thread-messages.ts'

/** A node on a thread, which to its session is a node like any other, that answers by promises. */
export function threadedBody(thread: NodeThread, node: GraphNode, module: ModuleReference): RecordBody {
  const { first, params, settings, factory } = node
  const { flush, reset, onControl, delayUs } = first.body
  const order: OpenOrder = {
    module,
    params,
    frames: settings.frameInputs.size > 0 || settings.frameOutputs.size > 0,
    concurrency: factory.spec?.concurrency ?? 1,
  }
  let instance = 0
  const call = (what: 'execute' | 'flush', given: Values | undefined, context: NodeContext) =>
    thread.execute(instance, what, given, context) as Promise<Values | undefined>
  return {
    ...(delayUs !== undefined && { delayUs }),
    async prepare(context) {
      instance = thread.next()
      await thread.open(instance, order, context)
    },
    execute: (inputs, context) => call('execute', inputs, context),
    ...(flush && { flush: (context: NodeContext) => call('flush', undefined, context) }),
    ...(reset && { reset: () => thread.tell(instance, 'reset', undefined, null) }),
    ...(onControl && {
      onControl: (message: unknown, context: NodeContext) => thread.tell(instance, 'control', message, context),
    }),
    async cleanup() {
      if (instance !== 0) await thread.cleanup(instance)
    },
  }
}
