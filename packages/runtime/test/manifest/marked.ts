import type { Issue } from '@anabranch/plugin-sdk'
import { createExecutor, type Manifest, type ParseOptions, parseManifest } from '@anabranch/runtime'
import type { Test } from 'tap'
import { registry } from '../graph/pipelines.ts'

const MARK = '▸'

/** A text whose mark shows where the problem is: the text without it, and the line and column that it stood at. */
export function marked(text: string): { readonly text: string; readonly line: number; readonly column: number } {
  const at = text.indexOf(MARK)
  if (at < 0) throw new Error(`there is no mark in ${text}`)
  const before = text.slice(0, at).split('\n')
  return {
    text: text.replace(MARK, ''),
    line: before.length,
    column: (before.at(-1) as string).length + 1,
  }
}

export interface Refused extends Error {
  readonly code: string
  readonly issues: readonly Issue[]
}

/** A pipeline refused: what it is called, its text with a mark, the code of the issue, its message, what to do. */
export type Row = readonly [what: string, text: string, code: string, message: RegExp, fix: RegExp]

export function parseRefused(text: string | Uint8Array, options: ParseOptions = {}): Refused {
  try {
    parseManifest(text, { file: 'pipeline.yaml', env: {}, ...options })
  } catch (error) {
    return error as Refused
  }
  throw new Error(`not refused: ${text}`)
}

/** What a text is refused with by the checks of the graph, or by those of the file before them. */
export async function graphRefused(text: string, options: ParseOptions = {}): Promise<Refused> {
  let manifest: Manifest
  try {
    manifest = parseManifest(text, { file: 'pipeline.yaml', env: {}, ...options })
    const executor = await createExecutor(manifest, { registry })
    await executor.close()
  } catch (error) {
    return error as Refused
  }
  throw new Error(`not refused: ${text}`)
}

/** The one issue of a refusal, with code, place and fix, found at once. */
export function checkRow(t: Test, [, given, code, message, fix]: Row, { issues }: Refused, elapsed: number): void {
  const { line, column } = marked(given)
  t.equal(issues?.length, 1, JSON.stringify(issues))
  t.match(issues?.[0], { code, file: 'pipeline.yaml', line, column, severity: 'error', message, fix })
  t.ok(elapsed < 2000, `${elapsed} ms`)
}
