import type { Observable } from 'rxjs'
import { AudioBuffer } from './audio-buffer.ts'
import type { Emission } from './contract/node-executor.ts'
import { nodeError } from './node-error.ts'
import { onlyRecord } from './only-record.ts'
import { emissionForm, type RecordBody } from './record-body.ts'
import { rxjs } from './rxjs.ts'
import { type StandaloneContext, standaloneContext } from './standalone-context.ts'
import type { Values } from './values.ts'

/** One made node over a whole stream, with its lifecycle: prepare, work, flush, and cleanup exactly once. */
export function nodeStream(
  type: string,
  body: RecordBody,
  source: Observable<unknown>,
  toRecord: (value: unknown) => Values | undefined,
): Observable<Values> {
  const { catchError, concatMap, EMPTY, finalize, of, tap, throwError } = rxjs()
  const context = standaloneContext(type)
  const life = lifeOf(body, context)
  let upstream: { readonly error: unknown } | undefined
  const inputs = source.pipe(
    tap({
      error: (error: unknown) => {
        upstream = { error }
      },
    }),
    concatMap((value) => {
      const record = toRecord(value)
      return record === undefined ? EMPTY : of(record)
    }),
  )
  return afterReady(life.ready, inputs, (items) => work(body, items, context, type)).pipe(
    catchError((error: unknown) => throwError(() => (error === upstream?.error ? error : nodeError(error, type)))),
    finalize(life.end),
  )
}

/** `start` once `ready` completed. The source is subscribed at once: what a hot one gives meanwhile waits in order. */
function afterReady(
  ready: Observable<never>,
  source: Observable<Values>,
  start: (items: Observable<Values>) => Observable<Values>,
): Observable<Values> {
  const { concat, concatMap, of, share, take } = rxjs()
  const opening: Values = {}
  const items = concat(of(opening), source).pipe(
    concatMap((item) => (item === opening ? concat(ready, of(item)) : of(item))),
    share(),
  )
  return items.pipe(
    take(1),
    concatMap(() => start(items)),
  )
}

function lifeOf(body: RecordBody, context: StandaloneContext) {
  let preparing: Promise<unknown> | undefined
  let prepared = false
  const cleanup = async () => body.cleanup?.()
  // A failed clean-up has no stream left to report to; the node's log has it.
  const failed = (error: unknown) => context.log.error({ err: error }, 'cleanup failed')
  return {
    ready: rxjs().defer(() => {
      prepared = true
      const done = body.prepare?.(context)
      if (isPromise(done)) {
        const over = () => {
          preparing = undefined
        }
        preparing = done.then(over, over)
      }
      return settled(done)
    }),
    end() {
      context.abort(new Error('unsubscribed'))
      if (!prepared) return
      // Whoever leaves while the node prepares must not pull the ground from under it.
      if (preparing === undefined) cleanup().catch(failed)
      else preparing.then(cleanup).catch(failed)
    },
  }
}

function work(
  body: RecordBody,
  inputs: Observable<Values>,
  context: StandaloneContext,
  type: string,
): Observable<Values> {
  if (body.operator !== undefined) return inputs.pipe(body.operator(context))
  const { concat, concatMap, defer } = rxjs()
  let seq = 0
  let pts = 0
  const each = concatMap((record: Values) => {
    const origin = { source: type, seq }
    context.envelope = { ...context.envelope, seq, pts, origin, ingress: context.clock.now() }
    seq++
    pts += Object.values(record).find((value) => value instanceof AudioBuffer)?.durationUs ?? 0
    return concat(
      settled(body.validateInputs?.(record)),
      defer(() => emitted(body.execute?.(record, context))),
    )
  })
  return concat(
    inputs.pipe(each),
    defer(() => emitted(body.flush?.(context))),
  )
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

function settled(done: unknown): Observable<never> {
  const { EMPTY, from, ignoreElements } = rxjs()
  return isPromise(done) ? from(done).pipe(ignoreElements()) : EMPTY
}

function emitted(emission: Emission<Values | undefined> | void): Observable<Values> {
  const { concatMap, EMPTY, from, of } = rxjs()
  if (emission === undefined || emission === null) return EMPTY
  switch (emissionForm(emission)) {
    case 'record':
      return of(emission as Values)
    case 'promise':
      return from(emission as Promise<Values | undefined>).pipe(concatMap(promised))
    default:
      return from(emission as Iterable<Values>)
  }
}

function promised(result: Values | undefined): Observable<Values> {
  const { EMPTY, of } = rxjs()
  const record = onlyRecord(result)
  return record === undefined ? EMPTY : of(record)
}
