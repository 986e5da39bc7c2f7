import { existsSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { NotAvailableError, type Plugin } from '@anabranch/plugin-sdk'

/** What the package of the Python nodes has behind its doors. They are not known here: it may not be installed. */
interface Doors {
  readonly load: { loadPythonPlugin(name: string, options: { readonly from: string }): Promise<Plugin> }
  readonly early: { startEarly(nodes: readonly EarlyNode[]): Early | null }
}

/** A node of a pipeline that was not checked yet. */
interface EarlyNode {
  readonly type: string
  readonly runtime_hint?: string
  readonly params?: unknown
}

/** What was started before it was known whether it can be used. */
export interface Early {
  /** Ends what nobody took. */
  end(): Promise<void>
}

const PACKAGE = '@anabranch/nodes-python'

/** Whether an entry of a `plugins:` list is a Python module, a file, or a folder with a pyproject.toml. */
export function isPythonPlugin(name: string, folder: string): boolean {
  if (name.startsWith('python:') || extname(name) === '.py') return true
  return /^\.{0,2}[\\/]/.test(name) && existsSync(join(resolve(folder, name), 'pyproject.toml'))
}

/** Loads one by the package of the Python nodes: that of the pipeline, else the one beside this runtime. */
export async function loadPythonPlugin(name: string, folder: string): Promise<Plugin> {
  const { resolve } = await import('import-meta-resolve')
  const parents = [pathToFileURL(join(folder, 'pipeline.yaml')).href, import.meta.url]
  let cause: unknown
  for (const parent of parents)
    try {
      const door = (await import(resolve(`${PACKAGE}/load`, parent))) as Doors['load']
      return await door.loadPythonPlugin(name, { from: folder })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
      cause = error
    }
  throw new NotAvailableError(`plugin "${name}": nodes in Python need the package ${PACKAGE}`, {
    cause,
    fix: `npm install ${PACKAGE}`,
  })
}

/** Starts what nodes of that package will need, where it is listed. What goes wrong is told when it is loaded. */
export async function startPythonEarly(
  plugins: readonly string[],
  nodes: readonly EarlyNode[],
  folder: string,
): Promise<Early | null> {
  if (!plugins.includes(PACKAGE)) return null
  try {
    const { resolve } = await import('import-meta-resolve')
    const door = resolve(`${PACKAGE}/early`, pathToFileURL(join(folder, 'pipeline.yaml')).href)
    return ((await import(door)) as Doors['early']).startEarly(nodes)
  } catch {
    return null
  }
}
