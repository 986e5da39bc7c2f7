import { readFileSync } from 'node:fs'
import { type ConformOptions, conformPlan } from '../conform/conform-plan.ts'
import { type ConformReport, conformText } from '../conform/conform-text.ts'
import { lookAtAll } from '../conform/look-at-all.ts'
import type { RuleResult } from '../conform/order.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { paintFor } from '../text/paint.ts'
import { usageError } from '../usage-error.ts'

export interface ConformVerbOptions extends Omit<ConformOptions, 'params' | 'feed' | 'cases'> {
  readonly params?: string
  readonly feed?: string
  readonly cases?: string
  readonly json?: boolean
}

/** Holds nodes to the rules of the contract, wherever they run. */
export async function conformVerb(name: string, options: ConformVerbOptions, io: Io): Promise<number> {
  const { json, params, feed, cases, ...rest } = options
  const plan = await conformPlan(
    name,
    {
      ...rest,
      ...(params !== undefined && { params: record(params, '--params') }),
      ...(feed !== undefined && { feed: setsOf(feed) }),
      ...(cases !== undefined && {
        cases: record(textOf(cases, '--cases'), '--cases') as ConformOptions['cases'] & {},
      }),
    },
    process.cwd(),
  )
  const paint = paintFor(io.stdout, io.env)
  const reports: ConformReport[] = []
  const lacking: object[] = []
  const untested: object[] = []
  const looks = lookAtAll(plan.flatMap((each) => ('order' in each ? [each.order] : [])))
  for (const each of plan) {
    if ('lack' in each) {
      lacking.push({ type: each.node.type, runtime: each.node.runtime, reason: each.lack })
      if (!json) io.stdout.write(`- ${each.node.type}, ${each.node.runtime}: not available here: ${each.lack}\n`)
      continue
    }
    const { type, plugin, runtime, where, params: given } = each.order
    let rules: readonly RuleResult[]
    try {
      rules = (await looks.shift()) ?? []
    } catch (error) {
      if (plan.length === 1) throw error
      const { message, fix = 'give its params by --cases' } = error as { message: string; fix?: string }
      untested.push({ type, runtime, where, reason: message, fix })
      if (!json)
        io.stdout.write(`${paint.red('✗')} ${type}, ${runtime}, ${where}: not looked at: ${message}\n    fix: ${fix}\n`)
      continue
    }
    // A form that cannot run in this place.
    if (rules.length === 0) continue
    const report = { type, plugin, runtime, where, params: given, rules }
    reports.push(report)
    if (!json) io.stdout.write(conformText(report, paint))
  }
  const ok =
    reports.length > 0 &&
    untested.length === 0 &&
    reports.every(({ rules }) => rules.every(({ state }) => state !== 'broken'))
  if (json)
    io.stdout.write(`${JSON.stringify({ ok, nodes: reports, not_available: lacking, not_looked_at: untested })}\n`)
  return ok ? EXIT.ok : EXIT.unmet
}

function record(text: string, option: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`${option}: ${(error as Error).message}`, `give a JSON object, such as '{"db": 6}'`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw usageError(`${option}: ${text} is no JSON object`, `give one, such as '{"db": 6}'`)
}

function setsOf(file: string): Record<string, unknown>[] {
  const text = textOf(file, '--feed')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line, n) => record(line, `--feed ${file}:${n + 1}`))
}

function textOf(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(`${option}: ${(error as Error).message}`, 'give a file that can be read')
  }
}
