import { join } from 'node:path'
import { NotAvailableError } from '@anabranch/plugin-sdk'
import type { Env } from './env.ts'
import { findProgram, isProgram } from './find-program.ts'
import { MAKE_ENVIRONMENT, PYTHON_FOLDER, placeOf } from './own-environment.ts'

/**
 * The interpreter that runs workers: the one given, else the one of this package's environment.
 *
 * @throws NotAvailableError where it is not there, with the command that makes it.
 */
export function findPython(given?: string): string {
  const python = given ?? placeOf('python')
  if (isProgram(python)) return python
  throw new NotAvailableError(`there is no Python at ${python}`, {
    fix:
      given === undefined
        ? MAKE_ENVIRONMENT
        : 'give the path of an interpreter that has the anabranch package installed',
  })
}

/** The uv that made this package's environment, else one on PATH. @throws NotAvailableError where there is none. */
export function findUv(env: Env): string {
  const own = join(PYTHON_FOLDER, '.bootstrap', 'bin', 'uv')
  const found = isProgram(own) ? own : findProgram('uv', env.PATH)
  if (found !== undefined) return found
  throw new NotAvailableError('there is no uv to make an environment for the plugin', { fix: MAKE_ENVIRONMENT })
}
