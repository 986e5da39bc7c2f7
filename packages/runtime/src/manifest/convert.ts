import { IssueList } from './issue-list.ts'
import { checkOutputs } from './parse-manifest.ts'
import { isObject } from './placeholders.ts'
import type { Places } from './places.ts'
import { readFileText } from './read-manifest.ts'
import { yamlOf } from './stringify-manifest.ts'

type Fields = Record<string, unknown>

/** What the first draft called things. */
const EDGE_NAMES: Readonly<Record<string, string>> = { source: 'from', target: 'to' }

/**
 * The YAML of a pipeline in today's map form, from the first draft's form or from today's list form: nodes in a list,
 * `runtime_hint: rust_native | cpython | auto`, edges as `connections` or `edges` with `from` and `to` or `source` and
 * `target`. Placeholders, profiles and parts are kept as they are.
 *
 * @throws ManifestError with every problem, each with line and column.
 */
export function convert(text: string | Uint8Array, options: { readonly file?: string } = {}): string {
  const issues = new IssueList()
  const name = options.file ?? 'pipeline'
  const found = readFileText(
    text,
    {
      name,
      format: name.toLowerCase().endsWith('.json') ? 'json' : 'yaml',
      profile: undefined,
      limits: undefined,
      set: {},
      env: {},
      prepare: fromDraft,
    },
    issues,
  )
  if (found !== null) checkOutputs(found)
  issues.throwIfAny(name)
  return yamlOf((found as { fields: object }).fields, (same) => same)
}

function fromDraft(tree: Fields, places: Places): void {
  if (tree.version === undefined || [1, '1', '1.0', 'v0', 'v1.0'].includes(tree.version as string)) tree.version = 'v1'
  if (tree.connections === undefined) rename(tree, 'edges', 'connections', places)
  for (const edge of Array.isArray(tree.connections) ? tree.connections : [])
    if (isObject(edge)) for (const [from, to] of Object.entries(EDGE_NAMES)) rename(edge, from, to, places)
}

function rename(fields: Fields, from: string, to: string, places: Places): void {
  if (!Object.hasOwn(fields, from) || Object.hasOwn(fields, to)) return
  fields[to] = fields[from]
  places.copy(fields, from, fields, to)
  delete fields[from]
}
