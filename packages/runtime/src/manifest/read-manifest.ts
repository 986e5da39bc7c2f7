import { LIMITS } from '@anabranch/plugin-sdk/host'
import { checkSchema } from './check-schema.ts'
import { decodeText } from './decode-text.ts'
import { IssueList } from './issue-list.ts'
import type { ManifestLimits } from './manifest-limits.ts'
import { mergeProfile } from './merge-profile.ts'
import { normalise, type Reading } from './normalise.ts'
import { type Fillings, fillIn, isObject } from './placeholders.ts'
import { Places } from './places.ts'
import { readTree } from './read-tree.ts'
import { typeFromEnv } from './type-from-env.ts'

export interface ReadOptions extends Fillings {
  readonly name: string
  readonly format: 'yaml' | 'json'
  readonly profile: string | undefined
  readonly limits: ManifestLimits | undefined
  /** Changes the tree before it is checked, and leaves placeholders and profiles as they are. */
  readonly prepare?: (tree: Record<string, unknown>, places: Places) => void
}

/** One file, read and normalised; parts that it uses are still to be filled in. */
export interface ReadFile {
  readonly fields: Record<string, unknown>
  readonly fromEnv: ReadonlySet<string>
  readonly reading: Reading
}

/** Reads one text; null where too much is wrong to go on. All problems are in `issues`. */
export function readFileText(
  text: string | Uint8Array,
  options: ReadOptions,
  issues: IssueList,
  places = new Places(),
): ReadFile | null {
  const limits = { ...LIMITS, ...options.limits }
  const source = decodeText(options.name, text, limits.manifest_bytes)
  const start = { source, offset: 0 }
  if (source.text.trim() === '') {
    issues.add({ message: 'the file is empty', fix: 'write version: v1 and nodes: { … }' }, start)
    return null
  }
  const before = issues.issues.length
  const read = readTree(source, { format: options.format, depth: limits.manifest_depth }, places, issues)
  if (read === null) return null
  const tree = read.value
  let fromEnv: ReadonlySet<string> = new Set()
  if (isObject(tree)) options.prepare?.(tree, places)
  if (isObject(tree) && options.prepare === undefined) {
    mergeProfile(tree, options.profile, places, start, issues)
    fromEnv = fillIn(tree, options, places, start, issues)
    fromEnv = typeFromEnv(tree, fromEnv)
  }
  const broken = new Set(issues.issues.slice(before).map(({ line, column }) => `${line}:${column}`))
  const found = new IssueList()
  const fits = checkSchema(tree, places, start, found, options.limits)
  // What was refused before is not told again as of the wrong type.
  for (const issue of found.issues) if (!broken.has(`${issue.line}:${issue.column}`)) issues.issues.push(issue)
  if (!fits || !isObject(tree)) return null
  const reading: Reading = { places, start, issues }
  return { fields: normalise(tree, reading), fromEnv, reading }
}
