import { type Issue, isAnabranchError } from '@anabranch/plugin-sdk'
import { checkOnly } from './check-only.ts'
import { planOf } from './graph/plan.ts'
import { steppedIn } from './graph/stepped-in.ts'
import { readManifest } from './manifest/load-manifest.ts'
import type { ManifestOptions } from './manifest/parse-manifest.ts'
import type { PlanOptions } from './plan-graph.ts'
import type { Validation } from './validate.ts'

/**
 * Checks a pipeline file and its graph, and reports errors and warnings of both together instead of throwing, each with
 * file, line and column. Where the file's form is wrong, its graph cannot be looked at yet.
 */
export async function validateFile(file: string, options: ManifestOptions & PlanOptions = {}): Promise<Validation> {
  const read = await readManifest(file, options).catch((error: unknown) => {
    if (isAnabranchError(error) && error.code === 'ANB_MANIFEST') return { manifest: null, issues: error }
    throw error
  })
  const found = [...read.issues.issues]
  if (read.manifest === null) return { ok: false, problems: found, steppedIn: [], plan: null }
  const { graph, problems } = await checkOnly(read.manifest, options)
  // What the file's checks said of a place, the graph's need not say again.
  const told = new Set(found.map(placeOf))
  const more = problems.errors.filter((issue) => !told.has(placeOf(issue)))
  const errors = [...found, ...more]
  const ok = errors.length === 0
  return {
    ok,
    problems: [...errors, ...problems.warnings],
    steppedIn: steppedIn(graph),
    plan: ok && graph !== null ? planOf(graph, read.manifest) : null,
  }
}

function placeOf({ file, line, column }: Issue): string {
  return `${file}:${line}:${column}`
}
