import { formatIssues, type Validation } from '@anabranch/runtime'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { checkPipeline } from '../pipeline/read-pipeline.ts'
import { count } from '../text/count.ts'
import { paintFor } from '../text/paint.ts'
import { paintIssues } from '../text/paint-issues.ts'

/** Says everything that is wrong with pipeline files, at once. */
export async function validateVerb(
  files: readonly string[],
  options: PipelineOptions & { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const checked: Checked[] = []
  for (const file of files) checked.push({ file, ...(await checkPipeline(file, options, io)) })
  const ok = checked.every((one) => one.ok)
  if (options.json) {
    const problems = checked.flatMap((one) => one.problems)
    const steppedIn = checked.flatMap((one) => one.steppedIn.map((node) => ({ file: one.file, ...node })))
    io.stdout.write(`${JSON.stringify({ ok, problems, stepped_in: steppedIn })}\n`)
  } else for (const one of checked) io.stdout.write(textOf(one, io))
  return ok ? EXIT.ok : EXIT.invalid
}

type Checked = Validation & { readonly file: string }

function textOf({ file, problems, steppedIn, plan }: Checked, io: Io): string {
  const paint = paintFor(io.stdout, io.env)
  const told = problems.length === 0 ? '' : `${paintIssues(formatIssues(problems), io.stdout, io.env)}\n\n`
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const also = warnings === 0 ? '' : `, ${count(warnings, 'warning')}`
  const other = steppedIn.map(({ node, runtime, passedOver }) => {
    const why = passedOver.map((each) => `${each.runtime}: ${each.reason}`).join('; ')
    return `  ${node} runs in ${runtime} (${why})\n`
  })
  if (plan === null) return `${told}${paint.red('✗')} ${file}: ${count(errors, 'error')}${also}\n`
  const size = `${count(plan.nodes.length, 'node')}, ${count(plan.edges.length, 'edge')}`
  return `${told}${paint.green('✓')} ${file} is valid: ${size}${also}\n${other.join('')}`
}
