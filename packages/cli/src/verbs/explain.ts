import { existsSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { formatIssues, type Plan } from '@anabranch/runtime'
import { pageOf, ruleText } from '../conform/rule-page.ts'
import { type PlanCosts, planCosts } from '../cost/plan-costs.ts'
import { EXIT } from '../exit-code.ts'
import { errorPage, pageText } from '../explain/error-page.ts'
import { explained, explainPlan } from '../explain/explain-plan.ts'
import type { Io } from '../io.ts'
import { readPipelineDraft } from '../pipeline/pipeline-draft.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { checkPipeline } from '../pipeline/read-pipeline.ts'
import { paintFor } from '../text/paint.ts'
import { paintIssues } from '../text/paint-issues.ts'
import { wrap } from '../text/wrap.ts'

/** Explains how a pipeline will run, or what an error is. */
export async function explainVerb(
  subject: string,
  { json, ...options }: PipelineOptions & { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const rule = /^C\d+$/i.test(subject) && !isFile(subject) ? ruleText(subject.toUpperCase()) : undefined
  if (rule !== undefined) {
    const page = { rule: subject.toUpperCase(), text: rule, page: pageOf(subject) }
    const lines = [
      page.rule,
      ...wrap(rule, Math.min(io.stdout.columns ?? 80, 100) - 2).map((line) => `  ${line}`),
      page.page,
    ]
    io.stdout.write(json ? `${JSON.stringify(page)}\n` : `${lines.join('\n')}\n`)
    return EXIT.ok
  }
  if (!isFile(subject)) {
    const page = errorPage(subject)
    io.stdout.write(json ? `${JSON.stringify(page)}\n` : pageText(page, Math.min(io.stdout.columns ?? 80, 100)))
    return EXIT.ok
  }
  const { plan, problems, ok } = await checkPipeline(subject, options, io)
  const costs = plan === null ? {} : await costsOf(plan, subject, io)
  if (json) io.stdout.write(`${JSON.stringify({ ok, problems, plan: plan && { ...explained(plan), costs } })}\n`)
  else if (problems.length > 0) io.stderr.write(`${paintIssues(formatIssues(problems), io.stderr, io.env)}\n\n`)
  if (plan === null) return EXIT.invalid
  if (!json) io.stdout.write(explainPlan(plan, costs, paintFor(io.stdout, io.env)))
  return EXIT.ok
}

/** The labels of a plan's nodes; stdin is read already, and only what comes along is known of it. */
async function costsOf(plan: Plan, file: string, io: Io): Promise<PlanCosts> {
  const plugins = file === '-' ? [] : (await readPipelineDraft(file, io)).plugins
  return planCosts(plan, plugins, file === '-' ? '.' : dirname(file))
}

/** A code has no ending and no folder; everything else was meant as a file. */
function isFile(subject: string): boolean {
  return subject === '-' || existsSync(subject) || extname(subject) !== '' || subject.includes('/')
}
