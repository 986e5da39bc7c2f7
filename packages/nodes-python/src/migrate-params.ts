import { execFileSync } from 'node:child_process'
import { PluginError, type Values } from '@anabranch/plugin-sdk'
import type { DescribeNodesOptions } from './describe-nodes.ts'
import { type Env, processEnv } from './environment/env.ts'
import { findPython } from './environment/python-environment.ts'
import { remoteError } from './wire/remote-error.ts'

/** How long the imports may take, and the translation. */
const LIMIT_MS = 30_000

export interface OlderParams {
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly version: number
}

/**
 * Params of an older version of a node as those of this one, by its own `migrate`. Its code runs for that, in a process of
 * its own, and whoever asks waits: a pipeline is checked in one go.
 *
 * @throws what the node says of them, and PluginError where its process gives no answer.
 */
export function migrateParams(
  { python, modules = [], path = [], env = processEnv() }: Omit<DescribeNodesOptions, 'importMs' | 'clock'>,
  older: OlderParams,
): object {
  const flags = [...modules.flatMap((name) => ['--module', name]), ...path.flatMap((folder) => ['--path', folder])]
  const { params, error } = asked(findPython(python), ['-m', 'anabranch', 'migrate', ...flags], older, env)
  if (error !== undefined) throw remoteError(error)
  return params ?? {}
}

interface Told {
  readonly params?: object
  readonly error?: Values
}

function asked(python: string, args: readonly string[], older: OlderParams, env: Env): Told {
  let out: string
  try {
    const input = JSON.stringify(older)
    out = execFileSync(python, args, {
      input,
      env: { ...env },
      timeout: LIMIT_MS,
      stdio: ['pipe', 'pipe', 'pipe'],
    }).toString()
  } catch (cause) {
    out = String((cause as { stdout?: unknown }).stdout ?? '')
    if (out === '') throw silent(older, String((cause as { stderr?: unknown }).stderr ?? '').trim(), cause)
  }
  try {
    return JSON.parse(out) as Told
  } catch (cause) {
    throw silent(older, '', cause)
  }
}

function silent({ type }: OlderParams, said: string, cause: unknown): Error {
  const tail = said.split('\n').slice(-5).join('\n')
  return new PluginError(`migrate of ${type} gave no answer${tail === '' ? '' : `\n${tail}`}`, { cause })
}
