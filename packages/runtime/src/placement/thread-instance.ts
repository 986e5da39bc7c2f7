import { PluginError, type Values } from '@anabranch/plugin-sdk'
import { type FramePool, type RecordBody, recordBody } from '@anabranch/plugin-sdk/host'
import { importModule } from '../plugins/import-module.ts'
import type { ThreadCall } from './thread-call.ts'
import type { ThreadContextHost } from './thread-context.ts'
import type { OpenOrder } from './thread-messages.ts'

/** One node on its thread: its calls wait here, first in, first out; messages and resets go ahead of them. */
export class ThreadInstance {
  readonly host: ThreadContextHost
  /** Where its frames come from; null where it has none. */
  readonly pool: FramePool | null
  readonly waiting: ThreadCall[] = []
  readonly concurrency: number
  /** Input sets at work. */
  running = 0
  /** While it is opened, told something or reset, no set is begun. */
  busy = 0
  /** Why it could not be opened. */
  failure: { readonly error: unknown } | null = null
  #body: RecordBody | null = null

  constructor(host: ThreadContextHost, order: OpenOrder, pool: FramePool | null) {
    this.host = host
    this.concurrency = order.concurrency
    this.pool = order.frames ? pool : null
  }

  /** Whether a set that waits may be begun. */
  get ready(): boolean {
    return this.waiting.length > 0 && this.busy === 0 && this.running < this.concurrency
  }

  /** What the call asks for. */
  do(call: ThreadCall): unknown {
    const { what, open } = call.message
    switch (what) {
      case 'open':
        return this.#open(open as OpenOrder, call)
      case 'control':
        return this.#body?.onControl?.(call.given(), call.context)
      case 'reset':
        this.#leaveFrames()
        return this.#body?.reset?.()
      case 'cleanup':
        this.#leaveFrames()
        return this.#body?.cleanup?.()
      case 'flush':
        return this.#opened().flush?.(call.context)
      default:
        return this.#execute(call)
    }
  }

  async #open({ module: { file, type, runtime }, params }: OpenOrder, call: ThreadCall): Promise<void> {
    const module = await importModule(file)
    const plugin = ((module.default as { default?: unknown } | undefined)?.default ?? module.default) as {
      nodes?: readonly { spec: { type: string }; runtime: string; create(params: unknown): never }[]
    }
    const factory = plugin?.nodes?.find((node) => node.spec.type === type && node.runtime === runtime)
    if (factory === undefined)
      throw new PluginError(`${file} offers no ${runtime} node "${type}" on a thread`, {
        fix: 'let its default export be the same in every thread',
      })
    this.#body = recordBody(factory.create(params))
    await this.#body.prepare?.(call.context)
  }

  /** What was retained and not released goes back. The session's counters are closed by then: it is logged too. */
  #leaveFrames(): void {
    const left = this.host.kept.end()
    if (left === 0) return
    this.host.count('frames_left', left)
    this.host.log('warn', { frames_left: left }, 'frames that a node retained were not released')
  }

  #execute(call: ThreadCall): unknown {
    const body = this.#opened()
    const inputs = call.given() as Values
    const checked = body.validateInputs?.(inputs)
    if (typeof (checked as Promise<void> | undefined)?.then !== 'function') return body.execute?.(inputs, call.context)
    return (checked as Promise<void>).then(() => body.execute?.(inputs, call.context))
  }

  #opened(): RecordBody {
    if (this.#body !== null && this.failure === null) return this.#body
    throw this.failure?.error ?? new PluginError(`node "${this.host.nodeId}" was not opened on its thread`)
  }
}
