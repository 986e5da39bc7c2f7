import { join } from 'node:path'
import type { Costs } from '../cost/cost-label.ts'
import { measureCosts, readCases, tellRefused } from '../cost/measure-costs.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { conformCheck } from '../plugin/conform-check.ts'
import { describePlugin } from '../plugin/describe-plugin.ts'
import { keptCosts } from '../plugin/described-costs.ts'
import { examplesCheck } from '../plugin/examples-check.ts'
import { findPackage } from '../plugin/find-package.ts'
import type { PackageCheck } from '../plugin/package-check.ts'
import type { PluginPackage } from '../plugin/plugin-package.ts'
import { paintFor } from '../text/paint.ts'
import { usageError } from '../usage-error.ts'

interface PluginOptions {
  readonly json?: boolean
  /** Default: conform.json in the folder, where it is there. */
  readonly cases?: string
}

/** Writes what the code says of its nodes into the package, where it is read without executing anything. */
export async function pluginBuildVerb(
  dir: string,
  { json, measure = false, cases }: PluginOptions & { readonly measure?: boolean },
  io: Io,
): Promise<number> {
  if (cases !== undefined && !measure) throw usageError('--cases says what to measure with', 'add --measure')
  const pkg = await findPackage(dir)
  const described = await describePlugin(pkg)
  const costs = measure ? await measured(pkg, casesOf(pkg, cases), io) : keptCosts(pkg.said, pkg.version)
  const nodes = described.nodes.map((node) => {
    const known = costs.get(node.type)
    return known === undefined ? node : { ...node, costs: known }
  })
  const description = { ...described, nodes }
  pkg.write(description)
  const types = description.nodes.map(({ type }) => type).join(', ')
  io.stdout.write(json ? `${JSON.stringify(description)}\n` : `${pkg.file} describes ${types}\n`)
  return EXIT.ok
}

/** Whether a plugin is ready to be published. */
export async function pluginCheckVerb(
  dir: string,
  { json, conform = true, cases }: PluginOptions & { readonly conform?: boolean },
  io: Io,
): Promise<number> {
  const pkg = await findPackage(dir)
  const checks: PackageCheck[] = await pkg.check(await describePlugin(pkg))
  checks.push(...(await examplesCheck(pkg, io)))
  if (conform) checks.push(await conformCheck(pkg, casesOf(pkg, cases)))
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

const casesOf = ({ folder }: PluginPackage, file: string | undefined) =>
  readCases(file ?? join(folder, 'conform.json'), file !== undefined)

async function measured(
  { entries, from, version }: PluginPackage,
  cases: ReturnType<typeof readCases>,
  io: Io,
): Promise<ReadonlyMap<string, Costs>> {
  const all = new Map<string, Costs>()
  for (const entry of entries) {
    const { costs, refused } = await measureCosts(entry, { cases, version }, from)
    tellRefused(refused, io)
    for (const [type, labels] of costs) all.set(type, labels)
  }
  return all
}
