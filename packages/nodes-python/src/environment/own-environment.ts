import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isProgram } from './find-program.ts'

const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The Python side of this package: pyproject.toml and src. */
export const PYTHON_FOLDER = join(PACKAGE, 'python')
/** This package's own environment. */
export const ENVIRONMENT = join(PYTHON_FOLDER, '.venv')

/** How it is made, as a fix: it has an interpreter and a nats-server. */
export const MAKE_ENVIRONMENT = `run: node ${join(PACKAGE, 'scripts', 'make-environment.mjs')}`

/** Where a program lies in it. */
export const placeOf = (program: string): string => join(ENVIRONMENT, 'bin', program)

/** A program that is installed in it, if it is there. */
export function ownProgram(program: string): string | undefined {
  const place = placeOf(program)
  return isProgram(place) ? place : undefined
}
