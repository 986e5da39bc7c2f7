import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { describeNodes } from './describe-nodes.ts'
import { type Env, processEnv } from './environment/env.ts'
import { environmentOf } from './environment/plugin-environment.ts'
import { createPythonPlugin } from './python-plugin.ts'

export interface LoadPythonPluginOptions {
  /** The folder that modules and files are looked up from. */
  readonly from: string
  /** Default: the variables of this process. */
  readonly env?: Env
}

const MODULE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/

/**
 * An entry of a `plugins:` list that is written in Python: `python:my_pkg.nodes`, a module in the folder of the pipeline or
 * installed, or `./nodes/kw.py`, a file, whose PEP 723 header may name what it needs; it then has an environment of its
 * own. Python is asked which nodes are there, in a process of its own; theirs start with the first prepared node.
 *
 * @throws PluginError for what is not there, cannot be imported, or breaks the contract; NotAvailableError where Python or
 * what it needs cannot be had here.
 */
export async function loadPythonPlugin(name: string, options: LoadPythonPluginOptions): Promise<Plugin> {
  const from = resolve(options.from)
  const { env = processEnv() } = options
  const place = name.startsWith('python:') ? moduleOf(name) : fileOf(name, from)
  const python = await environmentOf(place, env)
  const where = { python, modules: [place], path: [from], env }
  const nodes = await describeNodes(where)
  return createPythonPlugin({ name, nodes, ...where, stopWhenIdle: true })
}

function moduleOf(name: string): string {
  const module = name.slice('python:'.length)
  if (MODULE.test(module)) return module
  throw new PluginError(`plugin "${name}": "${module}" is no name of a module`, {
    fix: 'write python:my_package.nodes, or ./nodes.py for a file',
  })
}

function fileOf(name: string, from: string): string {
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(from, name)
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  throw new PluginError(`plugin "${name}": there is no file ${path}`, {
    fix: `check its name; it is looked for in ${dirname(path)}, as ${basename(path)}`,
  })
}
