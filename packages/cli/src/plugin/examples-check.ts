import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Io } from '../io.ts'
import { checkPipeline } from '../pipeline/read-pipeline.ts'
import { readTests } from '../tests/read-tests.ts'
import { runCase } from '../tests/run-case.ts'
import { check, type PackageCheck } from './package-check.ts'
import type { PluginPackage } from './plugin-package.ts'

const FOLDERS = ['example', 'examples']
const TEST = /\.test\.ya?ml$/
const YAML = /\.ya?ml$/
/** What tells a pipeline from other data. */
const PIPELINE = /^["']?version["']?:\s*["']?v1\b/m

/** Whether the pipelines that a package shows are valid, and their tests pass. None where it shows none. */
export async function examplesCheck({ folder }: PluginPackage, io: Io): Promise<PackageCheck[]> {
  const files = FOLDERS.map((name) => join(folder, name)).flatMap(yamlIn)
  const problems: string[] = []
  let found = 0
  for (const file of files) {
    const name = relative(folder, file)
    if (TEST.test(file)) problems.push(...(await failed(file)).map((what) => `${name}: ${what}`))
    else if (!PIPELINE.test(readFileSync(file, 'utf8'))) continue
    else {
      const errors = (await checkPipeline(file, {}, io)).problems.filter(({ severity }) => severity === 'error')
      problems.push(...errors.map(({ message }) => `${name}: ${message}`))
    }
    found++
  }
  if (found === 0) return []
  return [
    check('examples', problems.length === 0, problems.join('; '), 'anabranch validate and anabranch test say more'),
  ]
}

async function failed(file: string): Promise<string[]> {
  const told: string[] = []
  for (const test of readTests(file)) {
    const { name, ok, problems, error } = await runCase(test, file)
    if (!ok) told.push(`${name}: ${error?.message ?? problems.map(({ message }) => message).join(', ')}`)
  }
  return told
}

function yamlIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => YAML.test(name) && !name.includes('node_modules'))
    .sort()
    .map((name) => join(folder, name))
}
