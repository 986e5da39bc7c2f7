// @ts-check
import { join } from 'node:path'
import { run } from '../lib/command.mjs'
import { Problem } from '../lib/problem.mjs'
import { findPython } from '../lib/python-environment.mjs'
import { root } from '../lib/root.mjs'

/** @returns {Promise<Record<string, string>>} the page of the Python SDK, by its path */
export async function pythonReference() {
  const script = join(root, 'scripts', 'docs', 'python-reference.py')
  const { code, output, stdout } = await run(await findPython(), [script])
  if (code !== 0) throw new Problem(`The reference of Python: ${output.trim()}`, { fix: 'npm run setup' })
  return { 'docs/reference/python.md': stdout }
}
