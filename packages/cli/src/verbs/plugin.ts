import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { conformPlan } from '../conform/conform-plan.ts'
import { lookAtAll } from '../conform/look-at-all.ts'
import type { Costs } from '../cost/cost-label.ts'
import { measureCosts, readCases, tellRefused } from '../cost/measure-costs.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { describePlugin } from '../plugin/describe-plugin.ts'
import { keptCosts } from '../plugin/described-costs.ts'
import { type PackageCheck, packageChecks } from '../plugin/package-checks.ts'
import { entryOf, readPackage, writeField } from '../plugin/package-json.ts'
import { paintFor } from '../text/paint.ts'

/** Writes what the code says of its nodes into package.json, where it is read without executing anything. */
export async function pluginBuildVerb(
  dir: string,
  { json, measure = false }: { readonly json?: boolean; readonly measure?: boolean },
  io: Io,
): Promise<number> {
  const folder = resolve(dir)
  const pkg = readPackage(folder)
  const described = await describePlugin(folder)
  const costs = measure ? await measured(folder, resolve(folder, entryOf(pkg) as string), io) : keptCosts(pkg)
  const nodes = described.nodes.map((node) => {
    const known = costs.get(node.type)
    return known === undefined ? node : { ...node, costs: known }
  })
  const description = { ...described, nodes }
  writeField(folder, 'anabranch', description)
  const types = description.nodes.map(({ type }) => type).join(', ')
  io.stdout.write(json ? `${JSON.stringify(description)}\n` : `package.json describes ${types}\n`)
  return EXIT.ok
}

async function measured(folder: string, file: string, io: Io): Promise<ReadonlyMap<string, Costs>> {
  const cases = readCases(join(folder, 'conform.json'), false)
  const { costs, refused } = await measureCosts(file, { cases }, folder)
  tellRefused(refused, io)
  return costs
}

/** Whether a plugin is ready to be published. */
export async function pluginCheckVerb(
  dir: string,
  { json, conform = true }: { readonly json?: boolean; readonly conform?: boolean },
  io: Io,
): Promise<number> {
  const folder = resolve(dir)
  const pkg = readPackage(folder)
  const checks: PackageCheck[] = packageChecks(folder, pkg, await describePlugin(folder), await packedFiles(folder))
  if (conform) checks.push(await conforms(folder, resolve(folder, entryOf(pkg) as string)))
  const ok = checks.every(({ problem }) => problem === undefined)
  const paint = paintFor(io.stdout, io.env)
  if (json) io.stdout.write(`${JSON.stringify({ ok, checks })}\n`)
  else
    for (const { name, problem, fix } of checks)
      io.stdout.write(
        problem === undefined
          ? `${paint.green('✓')} ${name}\n`
          : `${paint.red('✗')} ${name}: ${problem}\n    fix: ${fix}\n`,
      )
  return ok ? EXIT.ok : EXIT.unmet
}

/** The files that npm would pack, without running any script of the package. */
async function packedFiles(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: folder,
  })
  const [packed] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[]
  return (packed?.files ?? []).map(({ path }) => path)
}

async function conforms(folder: string, file: string): Promise<PackageCheck> {
  const path = join(folder, 'conform.json')
  const cases = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  const broken: string[] = []
  const plan = await conformPlan(file, { ...(cases && { cases }) }, folder)
  const orders = plan.flatMap((each) => ('order' in each ? [each.order] : []))
  for (const [at, found] of lookAtAll(orders).entries()) {
    const { type, runtime, where } = orders[at] as (typeof orders)[number]
    for (const { rule, state } of await found)
      if (state === 'broken') broken.push(`${type} (${runtime}, ${where}) ${rule}`)
  }
  if (broken.length === 0) return { name: 'conform' }
  return {
    name: 'conform',
    problem: `rules are broken: ${broken.join(', ')}`,
    fix: 'anabranch conform says what was seen',
  }
}
