import type { Io, Out } from '../io.ts'
import { paintFor } from './paint.ts'

/** The text of `formatIssues` in colours: codes, marks and fixes stand out. */
export function paintIssues(text: string, stream: Out, env: Io['env']): string {
  const paint = paintFor(stream, env)
  return text
    .split('\n')
    .map((line) => {
      const [, code, rest] = /^(ANB_[A-Z_]+)( .*)?$/.exec(line) ?? []
      if (code !== undefined) return `${paint.red(code)}${rest ?? ''}`
      const [, mark] = /^( *\| +\^)$/.exec(line) ?? []
      if (mark !== undefined) return paint.red(mark)
      if (line.startsWith('  fix: ')) return `  ${paint.green('fix:')} ${line.slice(7)}`
      return /^ {2}\d+ \|/.test(line) ? paint.dim(line) : line
    })
    .join('\n')
}
