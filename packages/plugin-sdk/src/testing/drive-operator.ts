import { Subject, type Subscription } from 'rxjs'
import { systemClock, turn } from '../clock.ts'
import type { RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import type { Values } from '../values.ts'
import type { Driver, Report } from './driver.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** How long `end` waits, in real ms, for promises of an operator that has no timer pending. */
const DRAIN_MS = 1000

/** The operator form: one subscription; made anew after a failure or a cancel. */
export function operatorDriver(body: RecordBody, context: StandaloneContext, report: Report): Driver {
  let inputs: Subject<Values> | undefined
  let subscription: Subscription | undefined
  let pushing = false
  let failure: { readonly error: unknown } | undefined
  let over = deferred()

  const subscribe = (): Subject<Values> => {
    const subject = new Subject<Values>()
    inputs = subject
    over = deferred()
    const made = body.operator?.(context)
    if (made === undefined) return subject
    subscription = subject.pipe(made).subscribe({
      next: report.emit,
      error: (error: unknown) => {
        inputs = undefined
        over.resolve()
        if (pushing) failure = { error }
        else report.fail(error)
      },
      complete: () => {
        report.complete()
        over.resolve()
      },
    })
    return subject
  }
  const step = async (run: (subject: Subject<Values>) => void) => {
    pushing = true
    try {
      run(inputs ?? subscribe())
      await turn()
    } finally {
      pushing = false
    }
    const failed = failure
    failure = undefined
    if (failed !== undefined) throw failed.error
  }
  return {
    push: (record) => step((subject) => subject.next(record)),
    end: async () => {
      await step((subject) => subject.complete())
      // A timer needs somebody to advance the clock; a promise needs only patience.
      if ((context.clock as VirtualClock).pending > 0) return
      let timer: unknown
      const limit = new Promise<void>((resolve) => {
        timer = systemClock.setTimeout(resolve, DRAIN_MS)
      })
      await Promise.race([over.promise, limit])
      systemClock.clearTimeout(timer)
    },
    cancel: () => {
      subscription?.unsubscribe()
      inputs = undefined
    },
  }
}

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
