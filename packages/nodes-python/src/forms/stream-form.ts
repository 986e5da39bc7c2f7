import type { NodeContext, Values } from '@anabranch/plugin-sdk'
import { FLAG, KIND } from '../wire/packet.ts'
import type { RemoteNode } from './remote-node.ts'

/**
 * The stream form of a Python node. One packet stands for the stream: its answers are the outputs. Each set is a packet
 * that is answered when the worker's generator asks for the next one. So a set is taken only when the node wants it, and
 * after what it gave before is read: lineage and media time are those of a stream that runs here.
 */
export async function* pythonStream(
  node: RemoteNode,
  inputs: AsyncIterable<Values>,
  context: NodeContext,
): AsyncGenerator<Values> {
  const { signal } = context
  const iterator = inputs[Symbol.asyncIterator]()
  const outputs = node.several({}, context, FLAG.stream)
  let over = false
  let left = false
  /** From the moment when the node wants a set until it wants the next. */
  let asking: Promise<'wanted' | 'over'> | null = null
  const feed = async () => {
    const { done, value } = await iterator.next()
    // An interruption ends the inputs as well; the outputs tell of it.
    if (left || signal.aborted) return 'over'
    if (done === true) await node.tell(KIND.data, {}, FLAG.flush)
    else await node.one(value as Values, context)
    return done === true ? 'over' : 'wanted'
  }
  let next = outputs.next()
  try {
    for (;;) {
      // What fails a set fails the stream, too; the stream tells.
      if (!over) asking ??= feed().catch(() => 'over' as const)
      const event = asking === null ? await next : await Promise.race([next, asking])
      if (event === 'wanted' || event === 'over') {
        asking = null
        over = event === 'over'
      } else if (event.done === true) return
      else {
        next = outputs.next()
        yield event.value
      }
    }
  } finally {
    left = true
    next.catch(() => undefined)
    void outputs.return()
  }
}
