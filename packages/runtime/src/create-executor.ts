import type { Envelope, Inputs, InputsOf, Plugin, Value } from '@anabranch/plugin-sdk'
import type { FrameReport } from '@anabranch/plugin-sdk/host'
import type { Observable } from 'rxjs'
import type { Metrics } from './executor/executor-metrics.ts'
import type { ExecutorOptions } from './executor/executor-options.ts'
import type { InterruptOptions } from './executor/interrupt.ts'
import type { Ledger } from './executor/ledger.ts'
import type { ReloadOptions } from './executor/reloads.ts'
import type { SendOptions } from './executor/runners/entry-runner.ts'
import type { Plan } from './graph/plan.ts'
import type { AnyRef, Nodes, OutputRef, Pipeline, ValueAt } from './manifest/define-pipeline.ts'
import type { PluginFile } from './plugin-files.ts'
import { startEarly } from './start-early.ts'

type Sent<I extends Inputs> = string extends keyof I ? { readonly [key: string]: Value } : Partial<InputsOf<I>>

/** One output of a final node; `from` narrows the value. */
export type Output<F> = {
  [R in OutputRef<F>]: { readonly from: R; readonly value: ValueAt<F, R>; readonly envelope: Envelope }
}[OutputRef<F>]

/** What a one-shot run gave. */
export interface ExecutionResults<F> {
  /** The last value of `node.key`, or of a bare key where only one final node gave it. */
  get<R extends AnyRef<F>>(ref: R): ValueAt<F, R> | undefined
  all<R extends OutputRef<F>>(ref: R): readonly ValueAt<F, R>[]
  readonly keys: readonly string[]
  readonly ledger: Ledger
}

/** One run of a pipeline. */
export interface Session<I extends Inputs = Inputs, F extends Nodes = Nodes> {
  readonly id: string
  /**
   * Iterating pulls with backpressure, subscribing pushes. Every reader gets every output, at the pace of the slowest;
   * `tap` is for those who must not set it. Before the first reader nothing is lost: the edges wait.
   */
  readonly outputs: Observable<Output<F>> & AsyncIterable<Output<F>>
  /** The same by iteration alone, for which RxJS is not loaded: to load it delays the first output. */
  read(): AsyncIterable<Output<F>>
  /** Resolves when the item is accepted: at once, with one shared promise, while there is room. */
  send(inputs: Sent<I>, at?: SendOptions): Promise<void>
  trySend(inputs: Sent<I>, at?: SendOptions): boolean
  /**
   * The values of any output of any node, for onlookers: a dashboard, a test. At most 64 wait and the oldest go first,
   * counted in `metrics()` under `node.key -> (tap).key`. It never blocks or keeps a node running, nor does it change
   * what becomes of an input; it completes when the node ends, whatever the reason.
   *
   * @throws NodeNotFoundError for an output that is not there.
   */
  tap<R extends OutputRef<F>>(ref: R): Observable<ValueAt<F, R>>
  /** No more sends; resolves when the sources have ended and all is settled, rejects with the session's error. */
  end(): Promise<Ledger>
  /** A message to a node's `onControl`: overtakes queued data. */
  control(nodeId: keyof F & string, message: unknown): void
  /** Raises the epoch: what is older, in scope, is cancelled; survivors pass. Gives the new epoch. */
  interrupt(options?: Omit<InterruptOptions, 'from'> & { readonly from?: readonly (keyof F & string)[] }): number
  /** Interrupts everything, then closes. */
  cancel(reason?: string): Promise<Ledger>
  /** Stops the sources, drains for a limited time, cancels the rest. Never rejects. */
  close(): Promise<Ledger>
  ledger(): Ledger
  /** Every violation of the ledger's laws, in words; none is the only right answer. */
  audit(): readonly string[]
  readonly error: Error | undefined
  [Symbol.asyncDispose](): Promise<void>
}

export interface Executor<I extends Inputs = Inputs, F extends Nodes = Nodes> {
  /** How it runs: what `validate` gives as well. */
  readonly plan: Plan
  /** A stream of one: open, send, end, collect. Rejects with the first error of a node under `on_error: fail`. */
  execute(inputs?: Sent<I>, options?: { readonly signal?: AbortSignal } & SendOptions): Promise<ExecutionResults<F>>
  open(options?: {
    readonly signal?: AbortSignal
    /** Onlookers by `node.key`, in place before the first item; otherwise as `session.tap`. */
    readonly taps?: { readonly [R in OutputRef<F>]?: (value: ValueAt<F, R>) => void }
  }): Promise<Session<I, F>>
  /**
   * New code of nodes, in sessions that are open too; gives their ids. Either a file that `plugins:` names by its path, or
   * one that such a file imports (then all that changed is imported anew), or a plugin with node types of this pipeline.
   *
   * In each session the new instance is prepared first; the node takes nothing while what is at work settles; the old
   * instance flushes, and its tail goes out; then the new one works. Nothing is lost, and nothing comes twice. State moves by
   * `snapshot` and `restore` alone, where both have them. For nodes in JavaScript that do not work on a thread.
   *
   * @throws PluginError, ManifestError, InvalidParamsError for code that cannot be loaded or does not fit;
   * NotAvailableError where a run cannot follow, such as other keys; TimeoutError where what is at work does not settle
   * within `drainMs`. The code before then goes on.
   */
  reload(source: string | Plugin, options?: ReloadOptions): Promise<readonly string[]>
  /** The files whose new code `reload` takes, with what they import: known where the option `watch` was given. */
  pluginFiles(): readonly PluginFile[]
  metrics(): Metrics
  /** The frames in which audio lies, and who has leases of them; null where no node gives audio. For tests and diagnosis: it looks at every frame. */
  frames(): FrameReport | null
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * An executor of a pipeline, checked at once: what is wrong with it is known before anything runs.
 *
 * @throws ManifestError with every problem; where there is only one, its own class (CycleError, NodeNotFoundError,
 * InvalidParamsError, PluginError, NotAvailableError). InvalidInputsError for an unknown option, here as in all that an
 * executor and its sessions do.
 */
export async function createExecutor<I extends Inputs = Inputs, F extends Nodes = Nodes>(
  pipeline: Pipeline<I, F>,
  options: ExecutorOptions = {},
): Promise<Executor<I, F>> {
  const early = options.early === true ? await startEarly(pipeline, options) : null
  try {
    // The engine is the greater part of the runtime, and those who only check or draw a pipeline need none of it.
    const { makeExecutor } = await import('./executor/make-executor.ts')
    return (await makeExecutor(pipeline, options, early)) as unknown as Executor<I, F>
  } catch (error) {
    await early?.end()
    throw error
  }
}
