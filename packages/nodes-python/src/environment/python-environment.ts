import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NotAvailableError } from '@anabranch/plugin-sdk'
import { isProgram } from './find-program.ts'

const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const PROGRAMS = join(PACKAGE, 'python', '.venv', 'bin')

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
