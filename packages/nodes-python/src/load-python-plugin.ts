import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { describeNodes } from './describe-nodes.ts'
import { type Env, processEnv } from './environment/env.ts'
import { pluginEnvironment } from './environment/plugin-environment.ts'
import { findPython } from './environment/python-environment.ts'
import { readProject } from './environment/python-project.ts'
import { createPythonPlugin } from './python-plugin.ts'

export interface LoadPythonPluginOptions {
  /** The folder that modules, files and folders are looked up from. */
  readonly from: string
  /** Default: the variables of this process. */
  readonly env?: Env
}

/** Where the nodes of a plugin are: what is imported, from where, by which interpreter. */
interface Place {
  readonly python: string
  readonly modules: readonly string[]
  readonly path: readonly string[]
}

const MODULE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/

/**
 * An entry of a `plugins:` list that is written in Python:
 *
 * - `python:my_pkg.nodes`: a module in the folder of the pipeline, or installed in this package's environment;
 * - `./nodes/kw.py`: a file. With a PEP 723 header it has an environment of its own, with what that names;
 * - `./speech`: a folder with a pyproject.toml, whose entry points name its modules; it has an environment of its own.
 *
 * A lock (`kw.lock`, `speech/requirements.lock`: exact versions with hashes) is installed as it is. Python is asked which
 * nodes are there, in a process of its own; theirs start with the first prepared node.
 *
 * @throws PluginError for what is not there, cannot be imported or installed, or breaks the contract; NotAvailableError
 * where Python or uv cannot be had here.
 */
export async function loadPythonPlugin(name: string, options: LoadPythonPluginOptions): Promise<Plugin> {
  const { env = processEnv() } = options
  const place = await find(name, resolve(options.from), env)
  const nodes = await describeNodes({ ...place, env })
  return createPythonPlugin({ name, nodes, ...place, env, stopWhenIdle: true })
}

async function find(name: string, from: string, env: Env): Promise<Place> {
  const python = findPython()
  if (name.startsWith('python:')) return { python, modules: [moduleOf(name)], path: [from] }
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(from, name)
  if (!existsSync(path))
    throw new PluginError(`plugin "${name}": there is no file ${path}`, {
      fix: `check its name; it is looked for in ${dirname(path)}, as ${basename(path)}`,
    })
  const project = await readProject(python, path, env)
  if (project === null) return { python, modules: [path], path: [dirname(path)] }
  const lock = statSync(path).isDirectory() ? join(path, 'requirements.lock') : path.replace(/\.py$/, '.lock')
  const own = await pluginEnvironment(name, project, existsSync(lock) ? lock : undefined, python, env)
  return { python: own, modules: project.modules, path: project.path }
}

function moduleOf(name: string): string {
  const module = name.slice('python:'.length)
  if (MODULE.test(module)) return module
  throw new PluginError(`plugin "${name}": "${module}" is no name of a module`, {
    fix: 'write python:my_package.nodes, or ./nodes.py for a file',
  })
}
