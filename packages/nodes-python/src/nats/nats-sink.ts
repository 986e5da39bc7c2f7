import { anything, defineNode, isAnabranchError, type NodeContext } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import type { Subjects } from '../wire/nats-subjects.ts'
import { namedServer, natsParams, subjectParam } from './nats-params.ts'
import { bytesOfValue } from './nats-values.ts'

/**
 * Publishes every value on a NATS subject, one after the other. A value is delivered when the server has it; whether
 * anybody heard it NATS does not say. While there is no connection the node waits, and what was on its way when it broke
 * is published again (counted as `published_again`), so that a hearer may see it twice.
 *
 * Errors: ANB_NOT_AVAILABLE where no server answers at the start; ANB_MARSHALING or ANB_INPUTS for a value that the format
 * cannot carry; ANB_LIMIT for one that is too large.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { out: { type: natsSink, params: { subject: 'rows.clean' }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const natsSink = defineNode({
  type: 'NatsSink',
  summary: 'Publishes values on a NATS subject.',
  params: z.object({
    subject: subjectParam(false).describe('Where to publish.'),
    ...natsParams,
  }),
  purity: 'effectful',
  inputs: { input: anything },
  create: ({ subject, format, url }) => {
    let subjects: Promise<Subjects> | null = null
    const open = async ({ nodeId }: NodeContext) => {
      const { openSubjects } = await import('../wire/nats-subjects.ts')
      return openSubjects(await namedServer(url), `anabranch ${nodeId}`)
    }
    const close = async () => {
      const left = subjects
      subjects = null
      const opened = await left?.catch(() => null) // It was told where it was opened.
      await opened?.close()
    }
    return {
      async execute({ input }, context) {
        const { signal } = context
        const data = bytesOfValue(input, format)
        subjects ??= open(context)
        const opened = await subjects.catch((error: unknown) => {
          subjects = null
          throw error
        })
        for (;;) {
          await opened.connected(signal)
          signal.throwIfAborted()
          try {
            return await opened.publish(subject, data)
          } catch (error) {
            if (!isAnabranchError(error) || !error.retryable) throw error
            context.count('published_again')
          }
        }
      },
      reset: close,
      cleanup: close,
    }
  },
})
