import type { Plugin } from '@anabranch/plugin-sdk'
import { checkPlugin } from '@anabranch/plugin-sdk/host'
import { checkOptions, type OptionsOf } from '../check-options.ts'
import type { Planned } from '../plan-graph.ts'
import { pluginFilesOf } from '../plugin-files.ts'
import { importAgain } from '../plugins/import-again.ts'
import { StandbyTrial } from '../plugins/try-imports.ts'
import { type Replanned, replan } from '../replan.ts'
import { type Instance, type Instances, isClosed } from './instances.ts'
import type { EngineSession } from './session.ts'

/** What a reload needs of its executor. */
export interface ReloadHost {
  planned(): Planned
  readonly instances: Instances
  readonly sessions: ReadonlySet<EngineSession>
  closed(): boolean
  /** The folder from which files are named. */
  readonly folder: string
  /** Sessions to come are of this. */
  replanned(next: Replanned): void
  /** In every open session: what the code before did wrong says nothing about this one. */
  replaced(nodeId: string): void
}

export interface ReloadOptions {
  /** How long the import of one file may take, ms: it is tried in a process of its own first; 0 leaves that out. Default 2,000. */
  readonly importMs?: number
}

const RELOAD_OPTIONS: OptionsOf<ReloadOptions> = { importMs: true }

/** Takes new code of nodes into an executor and its open sessions, one change after another. */
export class Reloads {
  readonly #host: ReloadHost
  /** Only where reloads are to be expected: a process that waits is a process. */
  readonly #standby: StandbyTrial | null
  #last: Promise<unknown> = Promise.resolve()

  constructor(host: ReloadHost, expected: boolean) {
    this.#host = host
    this.#standby = expected ? new StandbyTrial() : null
    this.#prepareTrial(true)
  }

  close(): void {
    this.#standby?.close()
  }

  /** Files that were good a moment ago are there in the next trial. */
  #prepareTrial(good: boolean): void {
    const files = good ? pluginFilesOf(this.#host.planned().graph).map(({ file }) => file) : []
    if (!this.#host.closed()) this.#standby?.prepare(files)
  }

  /** Gives the ids of the nodes that work by the new code. */
  run(source: string | Plugin, options: ReloadOptions): Promise<readonly string[]> {
    const run = this.#last.then(() => this.#reload(source, options))
    this.#last = run.then(
      () => this.#prepareTrial(true),
      () => this.#prepareTrial(false),
    )
    return run
  }

  async #reload(source: string | Plugin, options: ReloadOptions): Promise<readonly string[]> {
    checkOptions('reload()', options, RELOAD_OPTIONS)
    const { instances, folder, replaced } = this.#host
    if (this.#host.closed()) throw isClosed()
    const planned = this.#host.planned()
    const factories = planned.graph.nodes.map(({ factory }) => factory)
    if (typeof source !== 'string') checkPlugin(source, 'reload()')
    const code =
      typeof source === 'string'
        ? await importAgain(source, factories, folder, options.importMs ?? 2000, this.#standby)
        : [{ plugin: source, file: null }]
    const next = replan(planned, code)
    const made = await this.#prepared(next)
    if (this.#host.closed()) {
      await Promise.all(made.map(({ instance }) => instances.give(instance, false)))
      throw isClosed()
    }
    this.#host.replanned(next)
    const unused = instances.use(next.changed)
    const late = [...this.#host.sessions].filter((session) => made.every((one) => one.session !== session))
    await unused
    const swaps = await Promise.allSettled([
      ...made.map(({ session, instance }) => this.#swap(session, instance)),
      ...late.map((session) => this.#swapAll(session, next)),
    ])
    const failed = swaps.find((one) => one.status === 'rejected')
    for (const { id } of next.changed) replaced(id)
    if (failed !== undefined) throw failed.reason
    return next.changed.map(({ id }) => id)
  }

  /** An instance of each changed node for each open session: all, or none and the first error. */
  async #prepared({ changed }: Replanned): Promise<{ session: EngineSession; instance: Instance }[]> {
    const { instances, sessions } = this.#host
    const settled = await Promise.allSettled(
      [...sessions].flatMap((session) =>
        changed.map(async (node) => ({ session, instance: await instances.make(node) })),
      ),
    )
    const made = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed === undefined) return made
    await Promise.all(made.map(({ instance }) => instances.give(instance, false)))
    throw failed.reason
  }

  /** A session that was opened while others' instances were prepared. */
  async #swapAll(session: EngineSession, { changed }: Replanned): Promise<void> {
    for (const node of changed)
      if (!session.instances.some((instance) => instance.node === node))
        await this.#swap(session, await this.#host.instances.make(node))
  }

  /** Exactly one of the two goes on; the other is cleaned up. */
  async #swap(session: EngineSession, instance: Instance): Promise<void> {
    const { instances } = this.#host
    let left = instance
    try {
      left = await session.replace(instance)
    } finally {
      await instances.give(left, false)
    }
  }
}
