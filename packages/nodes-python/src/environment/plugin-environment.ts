import type { Env } from './env.ts'
import { findPython } from './python-environment.ts'

/** The interpreter for the nodes of a module or file. */
export async function environmentOf(_place: string, _env: Env): Promise<string> {
  return findPython()
}
