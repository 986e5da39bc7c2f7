import { existsSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { NotAvailableError, type Plugin } from '@anabranch/plugin-sdk'

/** What the package of the Python nodes has behind this door. It is not known here: it may not be installed. */
interface Door {
  loadPythonPlugin(name: string, options: { readonly from: string }): Promise<Plugin>
}

const PACKAGE = '@anabranch/nodes-python'
const DOOR = `${PACKAGE}/load`

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
      const door = (await import(resolve(DOOR, parent))) as Door
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
