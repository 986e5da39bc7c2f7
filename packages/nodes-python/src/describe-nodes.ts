import { execFile } from 'node:child_process'
import { type Clock, PluginError, type Values } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import { type Env, processEnv } from './environment/env.ts'
import { findPython } from './environment/python-environment.ts'
import type { NodeDescription } from './node-description.ts'
import { WIRE_VERSION } from './wire/packet.ts'
import { remoteError } from './wire/remote-error.ts'

export interface DescribeNodesOptions {
  readonly python?: string
  /** Modules and files (`./kw.py`) with nodes. */
  readonly modules?: readonly string[]
  readonly path?: readonly string[]
  /** Default: the variables of this process. */
  readonly env?: Env
  /** How long the imports may take, ms. Default 60,000. */
  readonly importMs?: number
  readonly clock?: Clock
}

/** What imports print is not read beyond this. */
const PRINTED = 64 << 20
/** Of it, so much is shown. */
const TAIL = 1000

/**
 * The nodes of `modules`, or of the installed Python packages where none is named, asked of Python itself. Their code
 * runs for that, in a process of its own.
 *
 * @throws PluginError for what is not there, cannot be imported, ends the process, has no node, or a type twice.
 */
export async function describeNodes(options: DescribeNodesOptions = {}): Promise<NodeDescription[]> {
  const { modules = [], path = [] } = options
  const flags = [...modules.flatMap((name) => ['--module', name]), ...path.flatMap((folder) => ['--path', folder])]
  const { out, said, how } = await run(findPython(options.python), ['-m', 'anabranch', 'describe', ...flags], options)
  const told = parsed(out)
  if (told?.nodes !== undefined) {
    checkWire(told, findPython(options.python))
    return told.nodes
  }
  if (told?.error !== undefined) throw remoteError(told.error)
  const tail = said.slice(-TAIL).trim().split('\n').slice(-5).join('\n')
  throw new PluginError(`${modules.join(', ') || 'the Python nodes'} ${how}${tail === '' ? '' : `\n${tail}`}`, {
    fix: 'a module only defines nodes: move what it does into prepare(), or under `if __name__ == "__main__":`',
  })
}

interface Told {
  readonly nodes?: NodeDescription[]
  /** The version of the wire format that its package speaks. */
  readonly wire?: number
  readonly error?: Values
}

/** Before anything starts: a worker of another version could not even say so. */
function checkWire({ wire }: Told, python: string): void {
  if (wire === WIRE_VERSION) return
  const have = wire === undefined ? 'does not say which wire format it speaks' : `speaks wire format ${wire}`
  throw new PluginError(
    `the Python package anabranch of ${python} ${have}, @anabranch/nodes-python in this process needs ${WIRE_VERSION}`,
    { fix: 'install the anabranch package that came with this @anabranch/nodes-python, or name its Python' },
  )
}

function parsed(out: string): Told | undefined {
  try {
    return JSON.parse(out) as Told
  } catch {
    return undefined
  }
}

function run(python: string, args: readonly string[], options: DescribeNodesOptions) {
  const { env = processEnv(), importMs = 60_000, clock = systemClock } = options
  return new Promise<{ out: string; said: string; how: string }>((resolve) => {
    let late = false
    const child = execFile(python, args, { env: { ...env }, maxBuffer: PRINTED }, (error, out, said) => {
      clock.clearTimeout(timer)
      const ended = `ended the process (${error?.signal ?? `exit code ${error?.code ?? 0}`})`
      const flooded = (error?.code as unknown) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
      const how = late ? `did not come back from the import within ${importMs} ms` : ended
      resolve({ out, said, how: flooded ? `printed more than ${PRINTED >> 20} MiB when imported` : how })
    })
    const timer = clock.setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, importMs)
  })
}
