import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Unavailable } from '@anabranch/plugin-sdk'
import { MAKE_ENVIRONMENT } from './own-environment.ts'

/**
 * Which of the modules that a node requires is not installed, or null. It looks into the folder of the environment and
 * starts nothing; of an interpreter without one it does not know.
 */
export function lackOfModules(
  python: string,
  modules: readonly string[] = [],
  extra: string | undefined,
): Unavailable | null {
  const installed = modules.length === 0 ? undefined : installedIn(dirname(dirname(python)))
  const missing = installed && modules.find((name) => !installed.has(name))
  if (missing === undefined) return null
  const what = extra === undefined ? missing : `anabranch[${extra}]`
  return {
    reason: `the Python module ${missing} is not installed`,
    fix: `install ${what} for ${python}, or ${MAKE_ENVIRONMENT} --extras`,
  }
}

/** The names that can be imported; undefined where there is no such folder. */
function installedIn(environment: string): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  try {
    const lib = join(environment, 'lib')
    for (const version of readdirSync(lib).filter((name) => name.startsWith('python3.')))
      for (const name of readdirSync(join(lib, version, 'site-packages'))) names.add(name.split('.')[0] as string)
  } catch {
    return undefined
  }
  return names
}
