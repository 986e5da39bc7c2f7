import type { RowResult } from './row.ts'

const digits = 3

/** A figure with three significant digits, and never in scientific notation. */
function figure(value: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(decimals, 6))
}

function verdict({ limit, met, better, judged, ratio, unit }: RowResult): string {
  if (limit === undefined) return ''
  const of = ratio !== null && judged === 'value' ? ` ${unit}` : ''
  return `${met ? 'met' : 'MISSED'} ${better === 'less' ? '≤' : '≥'} ${limit}${of}`
}

/** The results as aligned text, one line a row. */
export function table(results: readonly RowResult[]): string {
  const head = ['row', 'ours', 'unit', 'ratio', 'baseline', 'limit', 'n', 'what']
  const body = results.map((result) => [
    result.name,
    figure(result.value),
    result.unit,
    result.ratio === null ? '–' : figure(result.ratio),
    result.baseline ? `${figure(result.baseline.value)} ${result.baseline.name}` : '–',
    verdict(result),
    `${result.n}`,
    result.about,
  ])
  const lines = [head, ...body]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
