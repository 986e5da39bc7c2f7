import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pythonProject } from '@anabranch/nodes-python/project'
import { usageError } from '../usage-error.ts'
import type { PluginPackage } from './plugin-package.ts'
import { pythonChecks } from './python-checks.ts'
import { PYTHON_DESCRIPTION } from './python-description.ts'
import { jsonIn, saidBy, writeJson } from './static-description.ts'

/** A plugin that is published to PyPI. @throws what keeps its pyproject.toml from being read. */
export async function pythonPackage(folder: string): Promise<PluginPackage> {
  const project = await pythonProject(folder)
  const [source = folder] = project.path
  const [module = ''] = project.modules
  const inside = join(source, module.split('.')[0] as string)
  if (!existsSync(join(inside, '__init__.py')))
    throw usageError(`there is no package ${relative(folder, inside)}`, 'make the module of the entry point a package')
  const file = join(inside, PYTHON_DESCRIPTION)
  const version = project.package?.version ?? 'none'
  const about = { version, said: saidBy(folder, jsonIn(file)), place: relative(folder, file) }
  // A folder has an environment of its own, which takes a network to make: only where it needs something of its own.
  const own = project.missing.length > 0
  return {
    ...about,
    file: about.place,
    folder,
    entries: own ? [folder] : project.modules.map((name) => `python:${name}`),
    from: own ? folder : source,
    write: (description) => writeJson(file, description),
    check: async (description) => pythonChecks({ folder, inside, project, about }, description),
  }
}
