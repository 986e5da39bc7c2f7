import { type Issue, ManifestError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import type { Spot } from './source-text.ts'

/** What is said of one problem; where it is, is said beside it. */
export interface Problem {
  readonly path?: string
  readonly message: string
  readonly code?: string
  readonly fix?: string
  readonly suggestion?: string
}

const LINE = Symbol.for('anabranch.line')

/** An issue with its place; the line itself rides along unseen, for a code frame. */
export function locatedIssue<I extends Issue>(issue: I, spot: Spot): I {
  const { line, column, text } = spot.source.at(spot.offset)
  return Object.defineProperty({ ...issue, file: spot.source.name, line, column }, LINE, { value: text })
}

/** The line of the file that an issue is about, where it is known. */
export function lineOf(issue: Issue): string | undefined {
  return (issue as { [LINE]?: string })[LINE]
}

/** Everything that is wrong with a file, so that all of it is told at once. */
export class IssueList {
  readonly issues: Issue[] = []

  add({ path = '', code = 'ANB_MANIFEST', ...rest }: Problem, spot: Spot): void {
    this.issues.push(locatedIssue({ path, ...rest, code, severity: 'error' }, spot))
  }

  /** An unknown name, with the nearest known one. */
  unknown(path: string, what: string, name: string, known: Iterable<string>, spot: Spot): void {
    this.add(unknownName(path, what, name, known), spot)
  }

  /** @throws ManifestError with all issues, in the order of the file. */
  throwIfAny(name: string): void {
    if (this.issues.length > 0) throw manifestError(name, this.issues)
  }
}

export function unknownName(path: string, what: string, name: string, known: Iterable<string>): Problem {
  const names = [...known]
  const [near] = nearest(name, names)
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}…` : name)
  if (near === undefined)
    return {
      path,
      message: `unknown ${what} ${shown}`,
      fix: names.length === 0 ? `there is no ${what} here` : `use one of ${names.slice(0, 20).join(', ')}`,
    }
  return {
    path,
    message: `unknown ${what} ${shown}; did you mean "${near}"?`,
    suggestion: near,
    fix: `write "${near}"`,
  }
}

export function manifestError(name: string, found: readonly Issue[], cause?: unknown): Error {
  const issues = [...found].sort(
    (a, b) => Number(a.file !== b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
  const list = issues.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n  ')
  const fix = issues[0]?.fix
  return new ManifestError(`${name} has ${issues.length} problem${issues.length > 1 ? 's' : ''}:\n  ${list}`, {
    issues,
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  })
}
