import { isAnabranchError } from '@anabranch/plugin-sdk'
import { systemClock as clock } from '@anabranch/plugin-sdk/host'
import type { Executor, Session } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import type { RunView } from '../view/run-view.ts'
import { deliver, type OutputCount } from './deliver.ts'
import type { Progress } from './progress.ts'
import type { Ended, RunStatus } from './run-result.ts'
import { onStopSignals } from './stop-signals.ts'
import type { Ends } from './wire-ends.ts'

/** How long a second Ctrl-C waits for what does not listen. */
const GIVE_UP_MS = 2000

export interface RunContext {
  readonly io: Io
  readonly view: RunView
  readonly progress: Progress
  readonly ends: Ends
  /** The run is stopped after so long. */
  readonly forMs: number | undefined
  /** Nobody reads stdout any more. */
  readonly closed: AbortSignal
}

/** One run from its first item to its last, or until it is told to stop. It never rejects: errors are part of its end. */
export async function runSession(executor: Executor, context: RunContext): Promise<Ended> {
  const { io, view, progress, ends, forMs, closed } = context
  const start = clock.now()
  const run: { status: RunStatus } = { status: 'ok' }
  let session: Session | null = null
  let error: unknown
  let givenUp = () => {}
  const gaveUp = new Promise<void>((resolve) => {
    givenUp = resolve
  })
  const stopFeeds = () => {
    for (const feed of ends.feeds) feed.stop()
  }
  const drain = () => {
    stopFeeds()
    void session?.close()
  }
  const cancel = () => {
    stopFeeds()
    void session?.cancel()
  }
  const unlisten = onStopSignals(io, {
    drain(signal) {
      run.status = 'stopped'
      view.say(signal === 'SIGINT' ? 'stopping: what is on its way is finished; Ctrl-C again gives it up' : 'stopping')
      drain()
    },
    giveUp() {
      run.status = 'interrupted'
      view.say('given up')
      cancel()
      clock.setTimeout(givenUp, GIVE_UP_MS)
    },
  })
  closed.addEventListener('abort', () => {
    run.status = 'closed'
    cancel()
  })
  const limit = forMs === undefined ? null : clock.setTimeout(drain, forMs)
  const moment = () => {
    const metrics = executor.metrics()
    return { metrics, position: progress.at(metrics), ms: clock.now() - start }
  }
  const ticking = view.everyMs === null ? null : setInterval(() => view.show(moment()), view.everyMs)
  let outputs: Record<string, OutputCount> = {}
  try {
    const opened = await executor.open({ taps: progress.taps() as never })
    session = opened
    // Told to stop while it was being opened.
    if (run.status !== 'ok') drain()
    const done = Promise.all([
      deliver(opened, ends.deliver).then((counts) => {
        outputs = counts
      }),
      Promise.all(ends.feeds.map((feed) => feed.run(opened))).then(() => opened.end()),
    ])
    await Promise.race([done, gaveUp])
  } catch (thrown) {
    error = stoppedOnPurpose(thrown, run.status) ? undefined : thrown
    if (session !== null && error !== undefined) await Promise.race([session.cancel(), gaveUp])
  } finally {
    stopFeeds()
    if (ticking !== null) clearInterval(ticking)
    if (limit !== null) clock.clearTimeout(limit)
  }
  if (session !== null) await Promise.race([session.close(), gaveUp])
  unlisten()
  if (error !== undefined && run.status !== 'interrupted') run.status = 'failed'
  const { position, ms, metrics } = moment()
  return { status: run.status, ledger: session?.ledger() ?? metrics.ledger, ms, position, outputs, error }
}

/** Who stops a run meets the cancellation that he asked for. */
function stoppedOnPurpose(thrown: unknown, status: RunStatus): boolean {
  return status !== 'ok' && isAnabranchError(thrown) && thrown.code === 'ANB_CANCELLED'
}
