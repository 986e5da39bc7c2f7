import { readFileSync } from 'node:fs'
import { ERROR_TABLE, isErrorCode, nearest } from '@anabranch/plugin-sdk/host'
import { wrap } from '../text/wrap.ts'
import { usageError } from '../usage-error.ts'

/** What there is to know of one code: what the contract says of it, and the page that was written for it. */
export interface ErrorPage {
  readonly code: string
  readonly class: string
  readonly retryable: boolean
  readonly fields: readonly string[]
  readonly meaning: string
  /** Markdown: when it comes, and what to do. */
  readonly page: string
}

/** `ANB_CYCLE`, `cycle` and `CycleError` are the same. */
export function errorPage(name: string): ErrorPage {
  const code = codeOf(name)
  const row = ERROR_TABLE[code]
  const page = readFileSync(new URL(`../../errors/${code}.md`, import.meta.url), 'utf8')
  return { code, class: row.class, retryable: row.retryable, fields: row.fields, meaning: row.meaning, page }
}

export const ERROR_CODES = Object.keys(ERROR_TABLE) as (keyof typeof ERROR_TABLE)[]

function codeOf(name: string): keyof typeof ERROR_TABLE {
  const upper = name.toUpperCase().replaceAll('-', '_')
  const long = upper.startsWith('ANB_') ? upper : `ANB_${upper}`
  if (isErrorCode(long)) return long
  const byClass = ERROR_CODES.find((code) => ERROR_TABLE[code].class === name)
  if (byClass !== undefined) return byClass
  const [near] = nearest(long, ERROR_CODES)
  throw usageError(
    `"${name}" is neither a file nor the code of an error${near === undefined ? '' : `; did you mean ${near}?`}`,
    near === undefined ? `codes are ${ERROR_CODES.join(', ')}` : `anabranch explain ${near}`,
  )
}

/** The page as text for a terminal of so many columns. */
export function pageText({ code, class: type, retryable, meaning, fields, page }: ErrorPage, width: number): string {
  const retried = retryable ? 'Retried where the node may be.' : 'Never retried.'
  const extra = fields.length === 0 ? '' : ` The error has ${fields.join(', ')}.`
  const paragraphs = page
    .trimEnd()
    .split('\n\n')
    .map((text) => paragraph(text, width))
  return [`${code} (${type})`, meaning, `${retried}${extra}`, '', paragraphs.join('\n\n'), ''].join('\n')
}

/** Code keeps its lines; what stands in bold at the beginning becomes a title. */
function paragraph(text: string, width: number): string {
  if (text.startsWith('    ')) return text
  const [, title = '', rest = text] = /^\*\*(.+?)\.?\*\* ([\s\S]*)$/.exec(text) ?? []
  return [title, ...wrap(rest.replaceAll('`', ''), width - 2).map((line) => `  ${line}`)].join('\n')
}
