import { readFileSync } from 'node:fs'
import { type Issue, ManifestError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type TestCase, testFileSchema } from './test-case.ts'

/** The cases of a test file. @throws ManifestError with every problem, each with line and column */
export function readTests(file: string): TestCase[] {
  const lines = new LineCounter()
  const document = parseDocument(textOf(file), { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  if (document.errors.length > 0)
    throw refused(
      file,
      document.errors.map(({ message, pos }) => ({
        ...issue('', message.split('\n')[0] as string, 'correct the YAML'),
        ...at(pos[0]),
      })),
    )
  const read = testFileSchema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (read.success) return read.data.cases
  const found = read.error.issues.flatMap((one) => problemsOf(one))
  throw refused(
    file,
    found.map(({ path, ...told }) => ({
      ...issue(path.join('.'), told.message, told.fix),
      ...at(offsetOf(document, path)),
    })),
  )
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read: ${code}`
    throw new ManifestError(what, { cause, fix: 'check the path' })
  }
}

interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly fix: string
}

type ZodIssue = z.core.$ZodIssue

function problemsOf(one: ZodIssue): Problem[] {
  const path = one.path as (string | number)[]
  if (one.code === 'unrecognized_keys')
    return one.keys.map((key) => {
      const [near] = nearest(key, KEYS)
      const message = `unknown key "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`
      return { path: [...path, key], message, fix: near === undefined ? 'take it out' : `write "${near}"` }
    })
  if (one.code === 'invalid_union') {
    // Of the form that came nearest: the one with the fewest problems.
    const [best] = [...one.errors].sort((a, b) => a.length - b.length)
    return (best ?? []).flatMap((inner) => problemsOf({ ...inner, path: [...path, ...inner.path] }))
  }
  const name = path.at(-1)
  return [{ path, message: `${name === undefined ? '' : `${name}: `}${one.message}`, fix: 'see docs/command-line.md' }]
}

const KEYS = [
  ...[
    'cases',
    'name',
    'pipeline',
    'set',
    'profile',
    'mocks',
    'feed',
    'interrupt_at',
    'for',
    'clock',
    'expect',
    'ledger',
  ],
  ...['emit', 'delay_ms', 'node', 'audio', 'values', 'every_ms'],
  ...['key', 'equals', 'matches', 'count', 'snr', 'within_ms', 'to', 'at_least_db'],
]

/** Of the deepest part of the path that was written. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const found = document.getIn(path.slice(0, length), true)
    if (isNode(found) && found.range) return found.range[0]
  }
  return 0
}

const issue = (path: string, message: string, fix: string): Issue => ({
  path,
  message,
  fix,
  code: 'ANB_MANIFEST',
  severity: 'error',
})

function refused(file: string, issues: readonly Issue[]): Error {
  return new ManifestError(`${file} has ${issues.length} problems`, { issues })
}
