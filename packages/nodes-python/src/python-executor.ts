import {
  type NodeContext,
  type NodeExecutor,
  type NodeInputs,
  NodeOutputs,
  NotAvailableError,
  type Values,
} from '@anabranch/plugin-sdk'
import type { NodeDescription } from './node-description.ts'
import { OutputReader } from './output-reader.ts'
import type { OpenNode, PythonHost } from './python-host.ts'
import type { WorkerInfo } from './supervisor/supervisor.ts'
import { KIND } from './wire/packet.ts'

/** A node that works in a Python process. To the runtime it is a node like any other. */
export class PythonExecutor implements NodeExecutor {
  readonly runtime = 'python'
  readonly nodeType: string
  readonly inputKeys: readonly string[]
  readonly outputKeys: readonly string[]
  readonly #host: PythonHost
  readonly #params: unknown
  readonly #several: boolean
  #open: OpenNode | undefined

  constructor(host: PythonHost, description: NodeDescription, params: unknown) {
    this.#host = host
    this.#params = params
    this.#several = description.several
    this.nodeType = description.type
    this.inputKeys = Object.keys(description.inputs)
    this.outputKeys = Object.keys(description.outputs)
  }

  /** Starts the worker of this node id where it does not run yet, and opens the node in it. */
  async prepare(context: NodeContext): Promise<void> {
    this.#open = await this.#host.open(context.nodeId, this.nodeType, this.#params, context.log)
  }

  /** One input set there, its outputs back: a promise of one or none, an iterable where the node may give several. */
  execute(inputs: NodeInputs, context: NodeContext): Promise<NodeOutputs | undefined> | AsyncIterable<NodeOutputs> {
    const { channel } = this.#opened()
    const { envelope, signal } = context
    const { pts, epoch } = envelope
    const options = { pts, epoch, attempt: channel.crashes(inputs.data) + 1, signal }
    if (!this.#several)
      return channel.request(KIND.data, inputs.data, options).then((values) => values && new NodeOutputs(values))
    const outputs = new OutputReader()
    const call = channel.call(KIND.data, inputs.data, options, outputs)
    outputs.onTaken = () => channel.took(call)
    outputs.onLeave = () => channel.leave(call)
    return made(outputs)
  }

  /** Closes the node in its worker. */
  async cleanup(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.close()
  }

  /** The worker that runs this node, with its process id; undefined while it is not open. */
  worker(): WorkerInfo | undefined {
    return this.#open?.worker()
  }

  #opened(): OpenNode {
    if (this.#open !== undefined) return this.#open
    throw new NotAvailableError(`${this.nodeType} is not open`, { fix: 'call prepare() before execute()' })
  }
}

async function* made(outputs: AsyncIterable<Values>): AsyncGenerator<NodeOutputs> {
  for await (const values of outputs) yield new NodeOutputs(values)
}
