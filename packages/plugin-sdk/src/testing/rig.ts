import type { Envelope } from '../context.ts'
import type { NodeRef } from '../contract/node-spec.ts'
import type { AnabranchError } from '../errors/anabranch-error.ts'
import { CancelledError, PluginError } from '../errors/classes.ts'
import { inputRecords } from '../input-records.ts'
import { makeBody } from '../make-body.ts'
import { nodeError } from '../node-error.ts'
import { standaloneContext } from '../standalone-context.ts'
import { describe, type Values } from '../values.ts'
import { driverOf } from './driver-of.ts'
import { firstAudio, outputTimes } from './output-times.ts'
import { inVirtualTime } from './rxjs-time.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** What a node did, and when (virtual ms). */
export type RigEvent =
  | { readonly at: number; readonly kind: 'next'; readonly outputs: Values; readonly envelope: Envelope }
  | { readonly at: number; readonly kind: 'error'; readonly error: AnabranchError }
  | { readonly at: number; readonly kind: 'complete' }

/** One prepared node on a virtual clock, untyped: what harness, marbles and testNode stand on. */
export interface Rig {
  readonly clock: VirtualClock
  readonly events: readonly RigEvent[]
  readonly counters: Readonly<Record<string, number>>
  /** The record of each set that the node was given. */
  readonly given: readonly Values[]
  /** Everything the node emitted, empty records too, and whether that was inside a step. */
  readonly emissions: readonly { readonly outputs: Values; readonly inStep: boolean }[]
  push(given: Values, envelope?: Partial<Envelope>): Promise<readonly Values[]>
  flush(): Promise<readonly Values[]>
  cancel(): void
  /** Resolves when work that was cancelled has ended too. */
  ended(): Promise<void>
  control(message: unknown): Promise<void>
  reset(): Promise<void>
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

export async function rigOf(node: NodeRef, params: unknown): Promise<Rig> {
  const { spec } = node
  const body = makeBody(node, params)
  const clock = virtualClock()
  const context = standaloneContext(spec.type, { clock })
  let abort = new AbortController()
  Object.defineProperty(context, 'signal', { get: () => abort.signal })

  const events: RigEvent[] = []
  const records = inputRecords(spec)
  const given: Values[] = []
  const emissions: { outputs: Values; inStep: boolean }[] = []
  let inStep = false
  const times = outputTimes(spec, body, context)
  let violation: AnabranchError | undefined
  const fail = (thrown: unknown): AnabranchError => {
    const error = nodeError(thrown, spec.type)
    events.push({ at: clock.now(), kind: 'error', error })
    return error
  }
  const driver = driverOf(body, context, {
    emit(outputs) {
      emissions.push({ outputs, inStep })
      const wrong = wrongOutputs(spec, outputs)
      if (wrong !== undefined) violation ??= fail(wrong)
      else if (Object.values(outputs).some((value) => value !== undefined))
        events.push({ at: clock.now(), kind: 'next', outputs, envelope: times.emitted(outputs) })
    },
    fail,
    complete: () => events.push({ at: clock.now(), kind: 'complete' }),
  })

  const within = <T>(run: () => T): T => inVirtualTime(clock, run)
  let busy: Promise<unknown> = Promise.resolve()
  /** One step after the other; gives what was emitted meanwhile. */
  const step = (run: () => Promise<void>): Promise<readonly Values[]> => {
    const done = busy.then(() =>
      within(async () => {
        const before = events.length
        inStep = true
        try {
          await run()
        } catch (error) {
          throw fail(error)
        } finally {
          inStep = false
        }
        const broken = violation
        violation = undefined
        if (broken !== undefined) throw broken
        return events.slice(before).flatMap((event) => (event.kind === 'next' ? [event.outputs] : []))
      }),
    )
    busy = done.catch(() => undefined)
    return done
  }

  let seq = 0
  let mediaUs = 0
  const envelopeOf = (record: Values, given: Partial<Envelope>): Envelope => {
    const audio = firstAudio(record)
    const pts = given.pts ?? (audio === undefined ? clock.now() * 1000 : mediaUs)
    mediaUs = pts + (audio?.durationUs ?? 0)
    const origin = { source: 'test', seq }
    return { session: context.sessionId, origin, seq: seq++, ingress: clock.now(), epoch: 0, ...given, pts }
  }

  let closed = false
  const rig: Rig = {
    clock,
    events,
    counters: context.counters,
    given,
    emissions,
    push: (values, envelope = {}) =>
      step(async () => {
        const record = records(values)
        if (record === undefined) return
        context.envelope = envelopeOf(record, envelope)
        times.taken(context.envelope)
        given.push(record)
        await driver.push(record)
      }),
    flush: () => step(() => driver.end()),
    cancel: () =>
      within(() => {
        abort.abort(new CancelledError('cancelled by the test', { nodeId: spec.type }))
        abort = new AbortController()
        driver.cancel()
      }),
    ended: () => driver.ended?.() ?? Promise.resolve(),
    control: async (message) => {
      await step(async () => body.onControl?.(message, context))
    },
    // Another stream begins: its media time too.
    reset: async () => {
      mediaUs = 0
      seq = 0
      await step(async () => body.reset?.())
    },
    advance: (ms) => within(() => clock.advance(ms)),
    close: async () => {
      if (closed) return
      closed = true
      rig.cancel()
      await untilDone(
        clock,
        within(async () => body.cleanup?.()),
      ).catch((error: unknown) => {
        throw fail(error)
      })
    },
  }
  try {
    await untilDone(
      clock,
      within(async () => body.prepare?.(context)),
    )
  } catch (error) {
    await rig.close()
    throw fail(error)
  }
  return rig
}

/** Lets virtual time run as long as something waits for it: nobody can advance the clock during prepare and cleanup. */
async function untilDone(clock: VirtualClock, work: Promise<void>): Promise<void> {
  let done = false
  const over = () => {
    done = true
  }
  work.then(over, over)
  await clock.advance(0)
  while (!done && clock.next !== undefined) await clock.advance(clock.next - clock.now())
  await work
}

function wrongOutputs(spec: NodeRef['spec'], outputs: unknown): Error | undefined {
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs))
    return new PluginError(`it gave ${describe(outputs)}, not a record of outputs`, { fix: 'return { key: value }' })
  const declared = Object.keys(spec.outputs ?? {})
  const odd = Object.keys(outputs).find((key) => !declared.includes(key))
  if (odd === undefined) return undefined
  return new PluginError(`it gave "${odd}"; its outputs are ${declared.join(', ') || 'none'}`, {
    fix: `declare "${odd}" under outputs, or rename it`,
  })
}
