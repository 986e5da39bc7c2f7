import type { NodeContext, NodeSpec, Runtime, Values } from '@anabranch/plugin-sdk'
import { type RecordBody, systemClock } from '@anabranch/plugin-sdk/host'
import { addedListeners, processListeners } from './listeners.ts'
import { locate } from './locate.ts'
import { type Owner, ownedBy } from './resources.ts'
import { WatchedCalls } from './watched-calls.ts'
import { watchedOperator } from './watched-operator.ts'

/** How long what a cleanup set off may take to be gone. */
const GRACE_MS = 25

/** A node as it is, with an eye on all that it does. */
export function watchedBody(spec: NodeSpec, runtime: Runtime, body: RecordBody): RecordBody {
  const owner: Owner = { alive: new Map() }
  const listeners = processListeners()
  const work = body.execute ?? body.operator ?? body.stream ?? body.source
  const calls = new WatchedCalls(spec, () => locate(work), runtime !== 'javascript')
  const within = <T>(run: () => T): T => ownedBy(owner, run)
  const { prepare, reset, onControl, validateInputs, execute, flush, stream, operator, source, place } = body
  return {
    ...(body.delayUs !== undefined && { delayUs: body.delayUs }),
    ...(prepare && { prepare: (context: NodeContext) => within(() => prepare.call(body, context)) }),
    ...(reset && { reset: () => within(() => reset.call(body)) }),
    ...(onControl && {
      onControl: (message: unknown, context: NodeContext) => within(() => onControl.call(body, message, context)),
    }),
    ...(validateInputs && { validateInputs: (inputs: Values) => within(() => validateInputs.call(body, inputs)) }),
    ...(place && { place: (where: 'inline' | 'thread' | undefined) => place.call(body, where) }),
    ...(execute && {
      execute: (inputs: Values, context: NodeContext) =>
        calls.call(inputs, context, () => within(() => execute.call(body, inputs, context))) as never,
    }),
    ...(flush && {
      flush: (context: NodeContext) =>
        calls.call(null, context, () => within(() => flush.call(body, context))) as never,
    }),
    ...(stream && {
      stream: (inputs: AsyncIterable<Values>, context: NodeContext) =>
        looked(
          calls,
          within(() => stream.call(body, inputs, context)),
        ),
    }),
    ...(source && {
      source: (context: NodeContext) =>
        calls.call(null, context, () => within(() => source.call(body, context))) as never,
    }),
    ...(operator && {
      operator: (context: NodeContext) =>
        within(() => {
          const made = operator.call(body, context)
          return watchedOperator(spec, calls, (inputs$) => within(() => made(inputs$)))
        }),
    }),
    async cleanup() {
      try {
        await within(() => body.cleanup?.())
      } catch (error) {
        calls.tell('C42', `its cleanup failed: ${(error as Error)?.message ?? error}`)
        throw error
      }
      await new Promise((resolve) => void systemClock.setTimeout(() => resolve(undefined), GRACE_MS))
      calls.ended()
      for (const { what, at } of owner.alive.values()) calls.left(`${what} of its own still runs after its cleanup`, at)
      for (const event of addedListeners(listeners))
        calls.tell('C71', `its listener of "${event}" is still on the process`)
    },
  }
}

async function* looked(calls: WatchedCalls, outputs: AsyncIterable<Values>): AsyncIterable<Values> {
  for await (const record of outputs) {
    calls.outputs(record)
    yield record
  }
}
