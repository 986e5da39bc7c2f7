import { isAnabranchError } from '@anabranch/plugin-sdk'
import { createExecutor, type Executor, formatIssues, type Manifest, type Plan } from '@anabranch/runtime'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import type { ReloadOnSaveOptions } from '../reload/reload-on-save.ts'
import { reportError } from '../report-error.ts'
import { Progress } from '../run/progress.ts'
import { runLog } from '../run/run-log.ts'
import type { RunOptions } from '../run/run-options.ts'
import { type Ended, type RunResult, type RunStatus, runResult } from '../run/run-result.ts'
import { runSession } from '../run/run-session.ts'
import { wireEnds } from '../run/wire-ends.ts'
import { paintFor } from '../text/paint.ts'
import { paintIssues } from '../text/paint-issues.ts'
import { usageError } from '../usage-error.ts'
import type { RunView } from '../view/run-view.ts'

/** Runs a pipeline, from its first item to what is left to tell. */
export async function runVerb(file: string, options: RunOptions, io: Io): Promise<number> {
  if (file === '-' && options.watch) throw usageError('stdin cannot be watched', 'write the pipeline into a file')
  if (file === '-' && options.input?.some((text) => text === '-' || text.endsWith('=-')))
    throw usageError('stdin cannot be the pipeline and an input of it', 'write the pipeline into a file')
  const view = await viewFor(options, io)
  const since = Date.now()
  const opening = await opened(file, options, view, io)
  if (opening === null) return EXIT.invalid
  const { executor, manifest } = opening
  let status: RunStatus | null = null
  let reloading: { close(): Promise<void> } | null = null
  try {
    if (options.watch) {
      reloading = await reloadOnSave(executor, { file, manifest, since, view, io, quiet: options.quiet })
      if (reloading === null) return EXIT.usage
    }
    const closed = new AbortController()
    const progress = new Progress(executor.plan)
    const report = options.report === undefined ? null : await reportOn(executor.plan, options.report)
    const sent = (value: unknown) => report?.recorder.sent(value)
    const ends = await wireEnds(executor.plan, options, { io, view, progress, sent, closed: () => closed.abort() })
    const taps = { ...progress.taps(), ...report?.recorder.taps() }
    view.begin(executor.plan)
    const context = { io, view, progress, ends, taps, forMs: options.for, closed: closed.signal }
    const ended = await runSession(executor, context)
    status = ended.status
    view.end()
    const result = runResult(executor, ended)
    const files = (await report?.write(result)) ?? []
    return await tell(ended, { ...result, files: [...result.files, ...files] }, { executor, options, io })
  } finally {
    const over = Promise.all([reloading?.close(), executor.close()])
    // What was given up may never end; the process does.
    if (status !== 'interrupted') await over
  }
}

/** What looks on for a report, and writes it; loaded only where one is wanted. */
async function reportOn(plan: Plan, path: string) {
  const { ReportRecorder } = await import('../report/report-recorder.ts')
  const { writeReport } = await import('../report/write-report.ts')
  const recorder = new ReportRecorder(plan)
  return { recorder, write: (result: RunResult) => writeReport(path, plan, result, recorder) }
}

/** What takes new code in, and looks at files for it; loaded only where one is wanted. Null where there is none, which is told. */
async function reloadOnSave(
  executor: Executor,
  options: ReloadOnSaveOptions,
): Promise<{ close(): Promise<void> } | null> {
  const { ReloadOnSave } = await import('../reload/reload-on-save.ts')
  const reloading = new ReloadOnSave(executor, options)
  try {
    await reloading.start()
    return reloading
  } catch (error) {
    if (!isAnabranchError(error)) throw error
    reportError(error, options.io)
    return null
  }
}

/** Null where the pipeline cannot run, which is told. */
async function opened(
  file: string,
  options: RunOptions,
  view: RunView,
  io: Io,
): Promise<{ executor: Executor; manifest: Manifest } | null> {
  try {
    const manifest = await readPipeline(file, options, io)
    const log = runLog(view, io.stderr, io.env)
    const pace = options.pace === undefined ? {} : { pace: options.pace }
    const watch = options.watch ? { watch: true } : {}
    const executor = await createExecutor(manifest, { ...LOADING, early: true, log, ...pace, ...watch })
    return { executor, manifest }
  } catch (error) {
    if (!isAnabranchError(error)) throw error
    if (options.json) {
      const { code, message, issues } = error as typeof error & { issues?: readonly object[] }
      const problems = issues ?? [{ code, severity: 'error', message, path: '' }]
      io.stdout.write(`${JSON.stringify({ status: 'invalid', problems })}\n`)
    }
    reportError(error, io)
    return null
  }
}

/** What writes nothing over is for pipes and files; a filter says nothing but what was lost. */
async function viewFor({ json, quiet, output }: RunOptions, io: Io): Promise<RunView> {
  const terminal = io.stderr.isTTY === true && io.env.TERM !== 'dumb'
  const filter = output?.some((text) => text === '-' || text.endsWith('=-')) === true
  if (json || quiet || (filter && !terminal)) return (await import('../view/silent-view.ts')).silentView(io)
  return terminal
    ? (await import('../view/live-view.ts')).liveView(io)
    : (await import('../view/plain-view.ts')).plainView(io)
}

const CODES: Readonly<Record<RunStatus, number>> = {
  ok: EXIT.ok,
  stopped: EXIT.ok,
  closed: EXIT.ok,
  failed: EXIT.failed,
  interrupted: EXIT.interrupted,
}

async function tell(
  { error, ledger }: Ended,
  result: RunResult,
  { executor, options, io }: { executor: Executor; options: RunOptions; io: Io },
): Promise<number> {
  const { stderr, stdout, env } = io
  const { balanced, in_flight } = result.ledger
  const code =
    CODES[result.status] || (balanced && (in_flight === 0 || result.status === 'interrupted') ? EXIT.ok : EXIT.failed)
  if (result.status === 'closed') return code
  const { ledgerLine, summary } = await import('../view/summary.ts')
  const silent =
    options.quiet || options.json || (options.output?.some((text) => /(^|=)-$/.test(text)) && stderr.isTTY !== true)
  const lost = result.ledger.accepted !== result.ledger.delivered + result.ledger.filtered
  if (!silent) stderr.write(`\n${summary(result, executor.plan, ledger, paintFor(stderr, env), stderr.columns ?? 100)}`)
  else if (!options.json && (lost || result.status !== 'ok')) stderr.write(`${ledgerLine(result, ledger)}\n`)
  if (error !== undefined) stderr.write(`${paintIssues(formatIssues(error as Error), stderr, env)}\n`)
  if (options.json) stdout.write(`${JSON.stringify(result)}\n`)
  return code
}
