import {
  anything,
  audio,
  bytes,
  definePlugin,
  kind,
  type NodeFactory,
  type NodeRef,
  type NodeSpec,
  number,
  type Plain,
  type Plugin,
  PluginError,
  pcm,
  tensor,
  text,
} from '@anabranch/plugin-sdk'
import { parseParams } from '@anabranch/plugin-sdk/host'
import { BUILTIN_NODES } from './builtin-nodes.ts'
import type { NodeDescription } from './node-description.ts'
import { paramsSchema } from './params-schema.ts'
import { PythonExecutor } from './python-executor.ts'
import { PythonHost, type PythonHostOptions } from './python-host.ts'

export interface PythonPluginOptions extends PythonHostOptions {
  readonly name?: string
  /** The nodes to offer; default: the built-in ones. `describeNodes` lists those of other modules. */
  readonly nodes?: readonly NodeDescription[]
}

/** A plugin, and the host of its processes: whoever made it closes it. */
export interface PythonPlugin extends Plugin {
  readonly host: PythonHost
  close(): Promise<void>
}

/**
 * A plugin of Python nodes. Nothing runs before one of them is prepared; where the interpreter or a NATS server is missing,
 * that is told when a pipeline is checked.
 */
export function createPythonPlugin(options: PythonPluginOptions = {}): PythonPlugin {
  const { name = '@anabranch/nodes-python', nodes = BUILTIN_NODES, ...hostOptions } = options
  const host = new PythonHost(hostOptions)
  const plugin = definePlugin({ name, apiVersion: 1, nodes: nodes.map((each) => factory(host, each)) })
  return { ...plugin, host, close: () => host.close() }
}

function factory(host: PythonHost, description: NodeDescription, group?: string): NodeFactory & NodeRef {
  const params = paramsSchema(description.params)
  const spec: NodeSpec = {
    type: description.type,
    summary: description.summary,
    params,
    inputs: ports(description, description.inputs),
    outputs: ports(description, description.outputs),
    purity: description.purity,
  }
  const create = (given: unknown) =>
    new PythonExecutor(host, description, parseParams(description.type, params, given), group)
  return {
    runtime: 'python',
    spec,
    inFlight: host.inFlight,
    create,
    inGroup: (name) => factory(host, description, name),
    available: () => host.available(),
  }
}

const PORTS: Readonly<Record<string, Plain>> = {
  audio,
  pcm,
  text,
  number,
  bytes,
  tensor,
  anything,
  json: kind<unknown>()('json'),
}

function ports({ type }: NodeDescription, kinds: Readonly<Record<string, string>>): Record<string, Plain> {
  return Object.fromEntries(
    Object.entries(kinds).map(([key, name]) => [key, PORTS[name] ?? unknownKind(type, key, name)]),
  )
}

function unknownKind(type: string, key: string, name: string): never {
  throw new PluginError(`${type}: "${key}" has the kind "${name}", which is not known`, {
    fix: `use one of ${Object.keys(PORTS).join(', ')}`,
  })
}
