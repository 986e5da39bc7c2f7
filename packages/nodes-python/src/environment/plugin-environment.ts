import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PluginError } from '@anabranch/plugin-sdk'
import { cacheFolder } from '@anabranch/plugin-sdk/host'
import type { Env } from './env.ts'
import { PYTHON_FOLDER } from './own-environment.ts'
import { findUv } from './python-environment.ts'
import type { PythonProject } from './python-project.ts'
import { extrasOfSdk } from './sdk-requirement.ts'

const run = promisify(execFile)
const PYTHON = join('bin', 'python')

/**
 * The interpreter of an environment with what a plugin needs, beside this package: made once by uv, and kept in a cache
 * under the hash of its lock, or of its dependencies where it has none. `base` makes it.
 *
 * @throws PluginError where its dependencies cannot be installed, NotAvailableError where there is no uv.
 */
export async function pluginEnvironment(
  name: string,
  project: PythonProject,
  lock: string | undefined,
  base: string,
  env: Env,
): Promise<string> {
  const folder = join(cacheFolder(env), 'environments', keyOf(project, lock, base))
  const python = join(folder, PYTHON)
  if (existsSync(python)) return python
  const uv = findUv(env)
  const made = `${folder}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(join(folder, '..'), { recursive: true })
    // It is moved when it is complete: then it is found whole, or not at all.
    await run(uv, ['venv', '--quiet', '--relocatable', '--python', base, made], { env: uvVariables(env) })
    const others = project.dependencies.filter((each) => extrasOfSdk(each) === null)
    const wanted = lock === undefined ? others : ['--require-hashes', '-r', lock]
    const install = ['pip', 'install', '--quiet', '--python', join(made, PYTHON)]
    if (wanted.length > 0) await run(uv, [...install, ...wanted], { env: uvVariables(env) })
    const extras = project.dependencies.flatMap((each) => extrasOfSdk(each) ?? [])
    const own = ['-r', join(PYTHON_FOLDER, 'pyproject.toml'), ...extras.flatMap((each) => ['--extra', each])]
    await run(uv, [...install, ...own], { env: uvVariables(env) })
    await linkPackage(join(made, PYTHON))
    await run(uv, ['pip', 'check', '--quiet', '--python', join(made, PYTHON)], { env: uvVariables(env) })
    renameSync(made, folder)
  } catch (cause) {
    rmSync(made, { recursive: true, force: true })
    if (existsSync(python)) return python // another process was faster
    const { stderr, message } = cause as { stderr?: string; message: string }
    throw new PluginError(`plugin "${name}": its environment cannot be made: ${stderr?.trim() || message}`, {
      cause,
      fix: `check its dependencies (${project.dependencies.join(', ') || 'none'}) and the network`,
    })
  }
  return python
}

/** Puts the `anabranch` package onto the path of an environment: it is the one of this host, never another version. */
async function linkPackage(python: string): Promise<void> {
  const { stdout } = await run(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'])
  writeFileSync(join(stdout.trim(), 'anabranch.pth'), `${join(PYTHON_FOLDER, 'src')}\n`)
}

function keyOf(project: PythonProject, lock: string | undefined, base: string): string {
  const hash = createHash('sha256')
  hash.update(lock === undefined ? JSON.stringify([...project.dependencies].sort()) : readFileSync(lock))
  hash.update(JSON.stringify([project.requires_python, base, PYTHON_FOLDER]))
  hash.update(readFileSync(join(PYTHON_FOLDER, 'pyproject.toml')))
  return hash.digest('hex').slice(0, 24)
}

/** What pip was told about registries and certificates holds for uv too. */
function uvVariables(env: Env): NodeJS.ProcessEnv {
  const told = { UV_DEFAULT_INDEX: env.PIP_INDEX_URL, UV_FIND_LINKS: env.PIP_FIND_LINKS, SSL_CERT_FILE: env.PIP_CERT }
  const forUv = Object.fromEntries(Object.entries(told).filter(([key, value]) => value && !env[key]))
  return { ...env, ...forUv, UV_PYTHON_DOWNLOADS: 'never', VIRTUAL_ENV: undefined, PYTHONPATH: undefined }
}
