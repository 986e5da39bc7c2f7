import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { PluginError, type Values } from '@anabranch/plugin-sdk'
import { remoteError } from '../wire/remote-error.ts'
import type { Env } from './env.ts'

/** What a file's PEP 723 header or a folder's pyproject.toml says. */
export interface PythonProject {
  readonly dependencies: readonly string[]
  readonly requires_python: string | null
  /** What to import, and from where. */
  readonly modules: readonly string[]
  readonly path: readonly string[]
  /** Dependencies of which nothing is installed in the environment of this package. */
  readonly missing: readonly string[]
  /** Of a folder: what its `[project]` says of the package. */
  readonly package?: PythonPackage
}

/** Words of `[project]`, as they are written. */
export interface PythonPackage {
  readonly name?: string
  readonly version?: string
  readonly license?: unknown
  readonly 'license-files'?: readonly string[]
  readonly keywords?: readonly string[]
  readonly readme?: unknown
}

interface Told {
  readonly project?: PythonProject | null
  readonly error?: Values
}

/** Reads it, by Python's own TOML; null for a file without a header. Nothing of it runs. @throws PluginError */
export async function readProject(python: string, place: string, env: Env): Promise<PythonProject | null> {
  const args = ['-m', 'anabranch', 'project', place]
  const { stdout } = await promisify(execFile)(python, args, { env: { ...env } }).catch((error) => {
    if (typeof error.stdout === 'string' && error.stdout !== '') return error as { stdout: string }
    throw new PluginError(`${place} cannot be read: ${error.stderr?.trim() || error.message}`, { cause: error })
  })
  const { project, error } = JSON.parse(stdout) as Told
  if (error !== undefined) throw remoteError(error)
  return project ?? null
}
