import { anything, defineNode, type NodeContext, NodeExecutionError, type Value } from '@anabranch/plugin-sdk'
import { outputsOf } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { namedServer, natsParams, subjectParam } from './nats-params.ts'
import { valueOfBytes } from './nats-values.ts'

const params = z.object({
  subject: subjectParam(true).describe('What to hear; `*` stands for one part, a last `>` for all that follow.'),
  queue: z
    .string()
    .regex(/^[^\s.*>]{1,128}$/u, 'a name without spaces, dots or wildcards')
    .optional()
    .describe('The queue group that shares the messages. Default: none, so that this node hears all.'),
  count: z.number().int().min(1).optional().describe('Messages to give before it ends. Default: without end.'),
  buffer: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1024)
    .describe('Messages that may wait for room downstream; beyond it the oldest goes, counted as messages_dropped.'),
  ...natsParams,
})
type Params = z.output<typeof params>

/**
 * Gives the messages of a NATS subject. NATS does not wait for who is slow: when more than `buffer` messages wait, the
 * oldest is left out and counted as `messages_dropped`. A lost connection is renewed, counted as `reconnects`; what was
 * published meanwhile is not there.
 *
 * Errors: ANB_NOT_AVAILABLE where no server answers at the start; ANB_NODE_EXECUTION for a subject that may not be heard;
 * ANB_INPUTS for a message of another format, which is one failed item under `on_error: skip`.
 *
 * @example
 * ```ts
 * definePipeline({ nodes: { orders: { type: natsSource, params: { subject: 'orders.*', format: 'json' } } } })
 * ```
 */
export const natsSource = defineNode({
  type: 'NatsSource',
  summary: 'Gives the messages of a NATS subject.',
  params,
  outputs: { output: anything },
  create: (params) => ({
    source(context: NodeContext): AsyncIterable<{ readonly output: Value }> {
      return outputsOf(heard(params, context), (data) => valueOfBytes(data, params.format, params.subject))
    },
  }),
})

async function* heard(params: Params, context: NodeContext): AsyncGenerator<Uint8Array> {
  const { signal, nodeId } = context
  const { openSubjects } = await import('../wire/nats-subjects.ts')
  const subjects = await openSubjects(await namedServer(params.url), `anabranch ${nodeId}`)
  const waiting: Uint8Array[] = []
  let refusal: Error | null = null
  let wake = () => {}
  const stop = () => wake()
  signal.addEventListener('abort', stop)
  try {
    subjects.onReconnect(() => context.count('reconnects'))
    await subjects.subscribe(params.subject, params.queue, {
      message(data) {
        waiting.push(data)
        if (waiting.length > params.buffer) {
          waiting.shift()
          context.count('messages_dropped')
        }
        wake()
      },
      refused(error) {
        refusal = new NodeExecutionError(`${params.subject} may not be heard: ${error.message}`, {
          cause: error,
          retryable: false,
        })
        wake()
      },
    })
    for (let left = params.count ?? Number.POSITIVE_INFINITY; left > 0 && !signal.aborted; ) {
      const first = waiting.shift()
      if (first !== undefined) {
        left--
        yield first
      } else if (refusal !== null) throw refusal
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await subjects.close()
  }
}
