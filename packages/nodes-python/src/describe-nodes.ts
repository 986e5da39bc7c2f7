import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { PluginError } from '@anabranch/plugin-sdk'
import { type Env, processEnv } from './environment/env.ts'
import { findPython } from './environment/python-environment.ts'
import type { NodeDescription } from './node-description.ts'

export interface DescribeNodesOptions {
  readonly python?: string
  readonly modules?: readonly string[]
  readonly path?: readonly string[]
  /** Default: the variables of this process. */
  readonly env?: Env
}

/** The nodes of the installed Python packages and of `modules`, asked of Python itself. Their code runs for that. */
export async function describeNodes(options: DescribeNodesOptions = {}): Promise<NodeDescription[]> {
  const { modules = [], path = [], env = processEnv() } = options
  const flags = [...modules.flatMap((name) => ['--module', name]), ...path.flatMap((folder) => ['--path', folder])]
  const args = ['-m', 'anabranch', 'describe', ...flags]
  try {
    const { stdout } = await promisify(execFile)(findPython(options.python), args, { env: { ...env } })
    return JSON.parse(stdout) as NodeDescription[]
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message
    throw new PluginError(`the Python nodes cannot be described: ${said}`, { cause })
  }
}
