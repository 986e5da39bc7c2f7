import { resolve } from 'node:path'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { decodeText } from './decode-text.ts'
import { IssueList } from './issue-list.ts'
import { bytesOf } from './load-manifest.ts'
import { Places } from './places.ts'
import { readTree } from './read-tree.ts'
import { SourceText } from './source-text.ts'

/**
 * What a text says as plain data, whether or not it is a pipeline yet: for tools that help while one is written. Its
 * syntax alone is checked, and nothing is filled in.
 *
 * @throws ManifestError for what is no YAML or JSON.
 */
export function parseDraft(text: string | Uint8Array, { file = 'pipeline' }: { readonly file?: string } = {}): unknown {
  const issues = new IssueList()
  const source = decodeText(file, text, LIMITS.manifest_bytes)
  const format = file.toLowerCase().endsWith('.json') ? 'json' : 'yaml'
  const read = readTree(source, { format, depth: LIMITS.manifest_depth }, new Places(), issues)
  issues.throwIfAny(file)
  return read?.value
}

/** The same of a file. @throws ManifestError, also where there is none. */
export async function loadDraft(file: string): Promise<unknown> {
  const issues = new IssueList()
  const start = { source: new SourceText(file, ''), offset: 0 }
  const bytes = await bytesOf(resolve(file), file, LIMITS.manifest_bytes, start, issues)
  issues.throwIfAny(file)
  return parseDraft(bytes as Uint8Array, { file })
}
