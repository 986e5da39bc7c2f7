import { definePlugin, type NodeFactory, type NodeRef, type NodeSpec, type Plugin } from '@anabranch/plugin-sdk'
import { checkSpec, parseParams } from '@anabranch/plugin-sdk/host'
import { BUILTIN_NODES } from './builtin-nodes.ts'
import { lackOfModules } from './environment/lack-of-modules.ts'
import type { NodeDescription } from './node-description.ts'
import { paramsSchema } from './params-schema.ts'
import { outputPortsOf, portsOf } from './ports-of.ts'
import { pythonExecutor } from './python-executor.ts'
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
  const { form, parts, several, migrates, requires, extra, ...said } = description
  const { type } = description
  const params = paramsSchema(description.params)
  const spec: NodeSpec = {
    ...said,
    params,
    inputs: portsOf(type, description.inputs),
    outputs: outputPortsOf(type, description.outputs),
  }
  checkSpec(spec)
  return {
    runtime: 'python',
    spec,
    inFlight: host.inFlight,
    create: (given: unknown) => pythonExecutor(host, description, parseParams(type, params, given), group),
    ...(migrates === true && {
      migrate: (older: Readonly<Record<string, unknown>>, from: number) => host.migrate(type, older, from),
    }),
    inGroup: (name) => factory(host, description, name),
    available: () => host.available(extra !== undefined) ?? lackOfModules(host.python(), requires, extra),
  }
}
