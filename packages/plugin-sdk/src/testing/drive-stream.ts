import type { RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import type { Values } from '../values.ts'
import type { Driver, Report } from './driver.ts'

/** One run of a stream body: what waits for it, and who waits for it. */
interface Run {
  readonly waiting: Values[]
  ended: boolean
  stale: boolean
  over: boolean
  failure: { readonly error: unknown } | undefined
  /** Wakes the body, which waits for a set. */
  wake: () => void
  /** Wakes those who wait until the body asks for the next set. */
  asked: (() => void)[]
}

/** The stream form: a push is worked on when the body asks for the next set, or has ended. */
export function streamDriver(body: RecordBody, context: StandaloneContext, report: Report): Driver {
  let run: Run | undefined
  let atWork: Promise<void> = Promise.resolve()
  const start = (): Run => {
    const made: Run = {
      waiting: [],
      ended: false,
      stale: false,
      over: false,
      failure: undefined,
      wake: () => {},
      asked: [],
    }
    run = made
    atWork = consume(made)
    return made
  }
  const consume = async (own: Run) => {
    try {
      for await (const outputs of body.stream?.(inputsOf(own), context) ?? []) if (!own.stale) report.emit(outputs)
      if (!own.stale) report.complete()
    } catch (error) {
      if (own.asked.length > 0) own.failure = { error }
      else if (!own.stale) report.fail(error)
      if (run === own) run = undefined
    }
    own.over = true
    notify(own)
  }
  const settled = async (own: Run) => {
    if (!own.over) await new Promise<void>((resolve) => own.asked.push(resolve))
    const { failure } = own
    own.failure = undefined
    if (failure !== undefined) throw failure.error
  }
  return {
    push: async (record) => {
      const own = run ?? start()
      if (own.over) return
      own.waiting.push(record)
      const done = settled(own)
      own.wake()
      await done
    },
    end: async () => {
      const own = run ?? start()
      own.ended = true
      const done = settled(own)
      own.wake()
      await done
    },
    ended: () => atWork,
    cancel: () => {
      if (run === undefined) return
      run.stale = true
      run.ended = true
      run.wake()
      notify(run)
      run = undefined
    },
  }
}

function notify(run: Run): void {
  for (const resolve of run.asked.splice(0)) resolve()
}

async function* inputsOf(run: Run): AsyncIterable<Values> {
  for (;;) {
    const next = run.waiting.shift()
    if (next !== undefined) yield next
    else if (run.ended) return
    else {
      const woken = new Promise<void>((resolve) => {
        run.wake = resolve
      })
      notify(run)
      await woken
    }
  }
}
