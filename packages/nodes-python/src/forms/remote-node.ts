import { type NodeContext, NotAvailableError, type Values } from '@anabranch/plugin-sdk'
import type { NodeDescription } from '../node-description.ts'
import { OutputReader } from '../output-reader.ts'
import type { OpenNode, PythonHost } from '../python-host.ts'
import type { WorkerInfo } from '../supervisor/supervisor.ts'
import type { CallOptions } from '../wire/call.ts'
import type { Channel } from '../wire/channel.ts'
import { placed } from '../wire/late-audio.ts'
import { FLAG, KIND, type Kind } from '../wire/packet.ts'

/** The node in its worker: opened, asked, closed. The forms of a node are made of this. */
export class RemoteNode {
  readonly description: NodeDescription
  readonly #host: PythonHost
  readonly #params: unknown
  readonly #group: string | undefined
  #open: OpenNode | undefined

  constructor(host: PythonHost, description: NodeDescription, params: unknown, group?: string) {
    this.#group = group
    this.#host = host
    this.#params = params
    this.description = description
  }

  /** Starts the worker of this node id where it does not run yet, and opens the node in it. */
  async open(context: NodeContext): Promise<void> {
    const worker = this.#group === undefined ? context.nodeId : `=${this.#group}`
    this.#open = await this.#host.open(worker, this.description.type, this.#params, context.log)
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.close()
  }

  /** The worker that runs it; undefined while it is not open. */
  worker(): WorkerInfo | undefined {
    return this.#open?.worker()
  }

  /** One packet that is answered by one output or none. */
  one(values: Values, context: NodeContext, flags = 0): Promise<Values | undefined> {
    const options = this.#options(values, context, flags)
    return new Promise((resolve, reject) => {
      let first: Values | undefined
      this.#channel().call(KIND.data, values, options, {
        output: (output, pts) => {
          first = this.#said(output, pts, options, context)
        },
        done: () => resolve(first),
        failed: reject,
      })
    })
  }

  /** One packet whose outputs are read as they come; the worker makes only a few ahead of the reader. */
  several(values: Values, context: NodeContext, flags = 0): OutputReader {
    const reader = new OutputReader()
    const channel = this.#channel()
    const options = this.#options(values, context, flags)
    const call = channel.call(KIND.data, values, options, {
      output: (output, pts) => reader.output(this.#said(output, pts, options, context)),
      done: () => reader.done(),
      failed: (error) => reader.failed(error),
    })
    reader.onTaken = () => channel.took(call)
    reader.onLeave = () => channel.leave(call)
    return reader
  }

  /** A packet without outputs. */
  async tell(kind: Kind, values: Values, flags = 0): Promise<void> {
    await this.#channel().request(kind, values, { flags })
  }

  #options(values: Values, context: NodeContext, flags: number): CallOptions {
    const { envelope, signal } = context
    const { pts, epoch, discont } = envelope
    const attempt = this.#channel().crashes(values) + 1
    return { pts, epoch, attempt, signal, flags: flags | (discont ? FLAG.discont : 0) }
  }

  /** The output with its own media time, where the node said one. */
  #said(output: Values, pts: number, { pts: asked }: CallOptions, context: NodeContext): Values {
    const values = placed(output, (length, rate, channels) => context.audio(length, rate, channels))
    return pts === asked ? values : context.at(pts, values)
  }

  #channel(): Channel {
    if (this.#open !== undefined) return this.#open.channel
    throw new NotAvailableError(`${this.description.type} is not open`, {
      fix: 'call prepare() before its first input',
    })
  }
}
