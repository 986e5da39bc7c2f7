import type { NodeContext, Values } from '@anabranch/plugin-sdk'
import type { RemoteNode } from './remote-node.ts'

/** The source form of a Python node: each pull is one packet without values, answered by one output, or none at the end. */
export function pythonSource(node: RemoteNode, context: NodeContext): AsyncIterableIterator<Values> {
  return {
    async next() {
      const value = await node.one({}, context)
      return value === undefined ? { done: true, value } : { done: false, value }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
