import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NotAvailableError } from '@anabranch/plugin-sdk'
import type { Env } from './env.ts'
import { findProgram, isProgram } from './find-program.ts'

const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The Python side of this package: pyproject.toml and src. */
export const PYTHON_FOLDER = join(PACKAGE, 'python')
/** Its own environment. */
export const ENVIRONMENT = join(PYTHON_FOLDER, '.venv')
const PROGRAMS = join(ENVIRONMENT, 'bin')

/** How this package's environment is made, as a fix: it has an interpreter and a nats-server. */
export const MAKE_ENVIRONMENT = `run: node ${join(PACKAGE, 'scripts', 'make-environment.mjs')}`

/**
 * The interpreter that runs workers: the one given, else the one of this package's environment.
 *
 * @throws NotAvailableError where it is not there, with the command that makes it.
 */
export function findPython(given?: string): string {
  const python = given ?? join(PROGRAMS, 'python')
  if (isProgram(python)) return python
  throw new NotAvailableError(`there is no Python at ${python}`, {
    fix:
      given === undefined
        ? MAKE_ENVIRONMENT
        : 'give the path of an interpreter that has the anabranch package installed',
  })
}

/** The nats-server that is installed in this package's environment, if it is there. */
export function environmentServer(): string | undefined {
  const program = join(PROGRAMS, 'nats-server')
  return isProgram(program) ? program : undefined
}

/** The uv that made this package's environment, else one on PATH. @throws NotAvailableError where there is none. */
export function findUv(env: Env): string {
  const own = join(PYTHON_FOLDER, '.bootstrap', 'bin', 'uv')
  const found = isProgram(own) ? own : findProgram('uv', env.PATH)
  if (found !== undefined) return found
  throw new NotAvailableError('there is no uv to make an environment for the plugin', { fix: MAKE_ENVIRONMENT })
}
