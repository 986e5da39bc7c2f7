import type { Paint } from '../text/paint.ts'
import type { RuleResult } from './order.ts'

/** What was found out about one node in one place. */
export interface ConformReport {
  readonly type: string
  readonly plugin: string
  readonly runtime: string
  readonly where: string
  readonly params: Readonly<Record<string, unknown>>
  readonly rules: readonly RuleResult[]
}

/** For a reader: what is broken, with all that is known; of the rest the count. */
export function conformText({ type, runtime, where, rules }: ConformReport, paint: Paint): string {
  const of = (state: RuleResult['state']) => rules.filter((rule) => rule.state === state)
  const [kept, broken, silent] = [of('kept'), of('broken'), of('not-tested')]
  const counts = [
    `${kept.length} kept`,
    ...(broken.length > 0 ? [`${broken.length} broken`] : []),
    ...(silent.length > 0 ? [`${silent.length} that say nothing of it`] : []),
  ]
  const mark = broken.length === 0 ? paint.green('✓') : paint.red('✗')
  const lines = broken.flatMap(({ rule, title, message, at, page }) => [
    `  ${paint.red(rule)} ${title}${at === undefined ? '' : ` (${at})`}`,
    `    ${message}`,
    paint.dim(`    ${page}`),
  ])
  return [`${mark} ${type}, ${runtime}, ${where}: ${counts.join(', ')}`, ...lines, ''].join('\n')
}
