import type { Issue } from '@anabranch/plugin-sdk'
import { lineOf } from './issue-list.ts'

/** Characters of a line that a code frame shows at most. */
const WIDTH = 100

/**
 * Issues as text: code, place and message in one line, then the line of the file with a mark under the column, then
 * what to do. Takes a list of issues or an error that has one; for an error without issues, its code, node and message.
 */
export function formatIssues(problem: readonly Issue[] | Error): string {
  const issues = Array.isArray(problem) ? (problem as readonly Issue[]) : (problem as { issues?: Issue[] }).issues
  if (issues !== undefined && issues.length > 0) return issues.map(formatIssue).join('\n\n')
  const { code, message, nodeId, fix } = problem as Error & { code?: string; nodeId?: string; fix?: string }
  const node = nodeId === undefined || message.includes(`"${nodeId}"`) ? '' : `node "${nodeId}": `
  return `${code === undefined ? '' : `${code} `}${node}${message ?? ''}${fix === undefined ? '' : `\n  fix: ${fix}`}`
}

function formatIssue(issue: Issue): string {
  const { code, file, line, column, path, message, fix } = issue
  const place = line === undefined ? path : `${file ?? ''}:${line}:${column}`
  const parts = [`${code}${place === '' ? '' : ` ${place}`} ${message}`]
  const text = lineOf(issue)
  if (text !== undefined && line !== undefined && column !== undefined) parts.push(frame(text, line, column))
  if (fix !== undefined) parts.push(`  fix: ${fix}`)
  return parts.join('\n')
}

function frame(text: string, line: number, column: number): string {
  const from = column <= WIDTH - 20 ? 0 : column - Math.floor(WIDTH / 2)
  const shown = text
    .slice(from, from + WIDTH)
    .replaceAll('\t', ' ')
    .replace(/\p{Cc}/gu, '�')
  const margin = String(line)
  return `  ${margin} | ${shown}\n  ${' '.repeat(margin.length)} | ${' '.repeat(column - 1 - from)}^`
}
