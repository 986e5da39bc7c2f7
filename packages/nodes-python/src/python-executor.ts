import type { NodeExecutor } from '@anabranch/plugin-sdk'
import { bodyExecutor, type RecordBody } from '@anabranch/plugin-sdk/host'
import { RemoteNode } from './forms/remote-node.ts'
import { pythonSource } from './forms/source-form.ts'
import { pythonStream } from './forms/stream-form.ts'
import type { NodeDescription } from './node-description.ts'
import type { PythonHost } from './python-host.ts'
import type { WorkerInfo } from './supervisor/supervisor.ts'
import { FLAG, KIND } from './wire/packet.ts'

/** A node that works in a Python process. To the runtime it is a node like any other. */
export interface PythonExecutor extends NodeExecutor {
  /** The worker that runs this node, with its process id; undefined while it is not open. */
  worker(): WorkerInfo | undefined
}

/** `group` names the process that it shares; without one it has the process of its node id. */
export function pythonExecutor(
  host: PythonHost,
  description: NodeDescription,
  params: unknown,
  group?: string,
): PythonExecutor {
  const node = new RemoteNode(host, description, params, group)
  const head = {
    nodeType: description.type,
    runtime: 'python' as const,
    inputKeys: Object.keys(description.inputs),
    outputKeys: Object.keys(description.outputs),
  }
  const executor = bodyExecutor(head, {
    prepare: (context) => node.open(context),
    ...formOf(node),
    ...partsOf(node),
    cleanup: () => node.close(),
  })
  return Object.assign(executor, { worker: () => node.worker() })
}

function formOf(node: RemoteNode): RecordBody {
  const { form, several } = node.description
  if (form === 'stream') return { stream: (inputs, context) => pythonStream(node, inputs, context) }
  if (form === 'source') return { source: (context) => pythonSource(node, context) }
  if (several === true) return { execute: (inputs, context) => node.several(inputs, context) }
  return { execute: (inputs, context) => node.one(inputs, context) }
}

/** The optional methods that the node has. */
function partsOf(node: RemoteNode): RecordBody {
  const { parts } = node.description
  return {
    ...(parts.includes('flush') && { flush: (context) => node.several({}, context, FLAG.flush) }),
    ...(parts.includes('reset') && { reset: () => node.tell(KIND.data, {}, FLAG.reset) }),
    ...(parts.includes('on_control') && { onControl: (message) => node.tell(KIND.control, { message }) }),
  }
}
