// What is known of a plugin without running it, for those who look at its package
import { type Env, processEnv } from './environment/env.ts'
import { findPython } from './environment/python-environment.ts'
import { type PythonPackage, type PythonProject, readProject } from './environment/python-project.ts'

export { moduleFolder } from './environment/module-folder.ts'
export { extrasOfSdk } from './environment/sdk-requirement.ts'
export type { PythonPackage, PythonProject }

/** Reads it; nothing of the plugin runs. @throws PluginError for what is no TOML or names no nodes. */
export async function pythonProject(folder: string, env: Env = processEnv()): Promise<PythonProject> {
  return (await readProject(findPython(), folder, env)) as PythonProject
}
