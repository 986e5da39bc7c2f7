import { LIMITS } from '../contract/limits.ts'
import type { Emission } from '../contract/node-executor.ts'
import { LimitExceededError } from '../errors/classes.ts'
import { onlyRecord } from '../only-record.ts'
import { emissionForm, type RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import type { Values } from '../values.ts'
import type { Driver, Report } from './driver.ts'

/** The execute form: validate, execute, and flush at the end. */
export function executeDriver(body: RecordBody, context: StandaloneContext, report: Report): Driver {
  let cancel = () => {}
  let atWork: Promise<void> = Promise.resolve()
  /** Settles with the work, or at once when it is cancelled. */
  const cancellable = (work: (emit: Emit) => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      let cancelled = false
      cancel = () => {
        cancelled = true
        resolve()
      }
      let given = 0
      const done = work((outputs) => {
        if (++given > LIMITS.expansion) throw tooMany()
        if (!cancelled) report.emit(outputs)
        return !cancelled
      })
      atWork = done.then(undefined, () => undefined)
      done.then(resolve, reject)
    })
  return {
    push: (record) =>
      cancellable(async (emit) => {
        await body.validateInputs?.(record)
        await deliver(body.execute?.(record, context), emit)
      }),
    end: async () => {
      await cancellable((emit) => deliver(body.flush?.(context), emit))
      report.complete()
    },
    cancel: () => cancel(),
    ended: () => atWork,
  }
}

function tooMany(): Error {
  return new LimitExceededError(`one input set gave more than ${LIMITS.expansion} outputs`, {
    limit: 'expansion',
    fix: 'let the iterable come to its end, or give several values in one',
  })
}

/** Takes an output; false where nobody wants more. */
type Emit = (outputs: Values) => boolean

/** Hands on every result of an emission, whatever its form. An iterable that nobody wants any more is closed. */
async function deliver(emission: Emission<Values | undefined> | void, emit: Emit): Promise<void> {
  if (emission === undefined || emission === null) return
  const form = emissionForm(emission)
  if (form === 'record') {
    emit(emission as Values)
    return
  }
  if (form === 'promise') {
    const result = onlyRecord(await (emission as Promise<Values | undefined>))
    if (result !== undefined) emit(result)
    return
  }
  if (form === 'iterable') {
    for (const outputs of emission as Iterable<Values>) if (!emit(outputs)) return
    return
  }
  for await (const outputs of emission as AsyncIterable<Values>) if (!emit(outputs)) return
}
