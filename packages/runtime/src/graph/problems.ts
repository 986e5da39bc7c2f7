import { CycleError, type Issue, ManifestError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import { locatedIssue } from '../manifest/issue-list.ts'
import type { ManifestSource } from '../manifest/manifest-source.ts'
import type { PlaceEnd } from '../manifest/places.ts'

/** Collects everything that is wrong with a pipeline, so that all of it is reported at once. */
export class Problems {
  readonly #issues: Issue[] = []
  readonly #warnings: Issue[] = []
  /** The error itself, where an issue came from one; thrown as it is where it is the only one. */
  readonly #errors: Error[] = []
  /** The file, where the pipeline comes from one: every problem then says its line and column. */
  readonly source: ManifestSource | undefined

  constructor(source?: ManifestSource) {
    this.source = source
  }

  /** `at`: another path than the issue's, or another end, where that is what was written wrong. */
  add(
    issue: { path: string; message: string; code?: string; fix?: string; suggestion?: string },
    error?: Error,
    at?: { readonly path?: string; readonly end?: PlaceEnd },
  ): void {
    this.#issues.push(this.#located({ code: 'ANB_MANIFEST', severity: 'error', ...issue }, at))
    if (error !== undefined) this.#errors.push(error)
  }

  #located(issue: Issue, { path = issue.path, end = 'auto' }: { path?: string; end?: PlaceEnd } = {}): Issue {
    return this.source === undefined ? issue : locatedIssue(issue, this.source.locate(path, end))
  }

  /** What can run, but hardly as it was meant. Never thrown. */
  warn(issue: { path: string; message: string; fix: string }): void {
    this.#warnings.push(this.#located({ code: 'ANB_MANIFEST', severity: 'warning', ...issue }))
  }

  /** An unknown name, with the nearest known one. */
  unknown(path: string, what: string, name: string, known: Iterable<string>): void {
    const names = [...known]
    const [near] = nearest(name, names)
    const issue = {
      path,
      message: `unknown ${what} "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      ...(near === undefined
        ? { fix: names.length === 0 ? `there is no ${what} here` : `use one of ${names.slice(0, 12).join(', ')}` }
        : { suggestion: near, fix: `write "${near}"` }),
    }
    this.add(issue, undefined, { path: path.endsWith(`.${name}`) ? path : `${path}.${name}`, end: 'name' })
  }

  cycle(nodes: readonly string[]): void {
    const message = `the edges form a cycle: ${nodes.join(' → ')}`
    const fix = 'cut one of these edges: a graph has a beginning and an end'
    const path = `nodes.${nodes[0]}`
    this.add({ path, message, code: 'ANB_CYCLE', fix }, new CycleError(message, { nodes, fix }))
  }

  get errors(): readonly Issue[] {
    return this.#issues
  }

  get warnings(): readonly Issue[] {
    return this.#warnings
  }

  /** @throws the one error there is, or ManifestError with all issues. */
  throwIfAny(name: string): void {
    const [first, second] = this.#issues
    if (first === undefined) return
    if (second === undefined && this.#errors[0] !== undefined) throw this.#withIssue(this.#errors[0], first)
    const list = this.#issues
      .map(
        ({ path, message, file, line, column }) =>
          `${line === undefined ? `${path}:` : `${file}:${line}:${column}`} ${message}`,
      )
      .join('\n  ')
    throw new ManifestError(`pipeline "${name}" has ${this.#issues.length} problem${second ? 's' : ''}:\n  ${list}`, {
      issues: this.#issues,
      ...(first.fix === undefined ? {} : { fix: first.fix }),
    })
  }

  /** An error of its own class says its place too, as a list of one. */
  #withIssue(error: Error, issue: Issue): Error {
    return this.source === undefined ? error : Object.assign(error, { issues: [issue] })
  }
}
