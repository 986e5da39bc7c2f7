import { TestScheduler } from 'rxjs/testing'
import { PluginError } from '../errors/classes.ts'

/** One event on a line. `frame` is in ms. */
export interface Mark {
  readonly frame: number
  readonly kind: 'next' | 'error' | 'complete'
  readonly value?: unknown
}

export interface MarbleLine {
  readonly marks: readonly Mark[]
  /** How many ms the string covers. */
  readonly length: number
  /** Whether it says how it ends. */
  readonly ends: boolean
}

const KINDS = { N: 'next', E: 'error', C: 'complete' } as const

/** RxJS marbles in run mode: one character is 1 ms, spaces do not count, `5ms` goes on by 5, `(ab)` is one moment. */
export function parseMarbles(line: string, values: Readonly<Record<string, unknown>>): MarbleLine {
  if (/[\^!]/.test(line))
    throw new PluginError(`marbles "${line}": ^ and ! have no meaning here`, { fix: 'start at frame 0, leave ! out' })
  const meant = Object.fromEntries([...line].map((c) => [c, Object.hasOwn(values, c) ? values[c] : c]))
  const marks = inMs(line, meant).map(({ frame, notification }) => ({
    frame,
    kind: KINDS[notification.kind],
    ...(notification.kind === 'N' && { value: notification.value }),
  }))
  const ends = marks.some(({ kind }) => kind !== 'next')
  const last = Math.max(...inMs(ends ? line : `${line}|`, meant).map(({ frame }) => frame))
  const length = last + (ends ? 1 : 0)
  return { marks, length, ends }
}

/** Outside its own run, RxJS counts 10 frames a character, but one a ms. */
function inMs(line: string, values: object) {
  const { frameTimeFactor } = TestScheduler
  TestScheduler.frameTimeFactor = 1
  try {
    return TestScheduler.parseMarbles(line, values, undefined, false, true)
  } finally {
    TestScheduler.frameTimeFactor = frameTimeFactor
  }
}

/** A stretch in which nothing happens on any line is written as its length from this many ms. */
const SHORTEN_FROM = 20

/** Lines one under another, so that one column is one moment on all of them. */
export function alignLines(
  lines: readonly { readonly label: string; readonly marks: readonly Mark[] }[],
  length: number,
  letterOf: (value: unknown) => string,
): string {
  const end = Math.max(length, ...lines.flatMap(({ marks }) => marks.map(({ frame }) => frame + 1)))
  const busy = new Set(lines.flatMap(({ marks }) => marks.map(({ frame }) => frame)))
  const texts = lines.map(() => '')
  for (let frame = 0; frame < end; frame++) {
    let quiet = 0
    while (frame + quiet < end && !busy.has(frame + quiet)) quiet++
    const cells =
      quiet >= SHORTEN_FROM ? lines.map(() => ` ${quiet}ms `) : lines.map(({ marks }) => cellOf(marks, frame, letterOf))
    if (quiet >= SHORTEN_FROM) frame += quiet - 1
    const width = Math.max(...cells.map((cell) => cell.length))
    for (const [n, cell] of cells.entries()) texts[n] += cell.padEnd(width)
  }
  const indent = Math.max(...lines.map(({ label }) => label.length))
  return lines.map(({ label }, n) => `  ${label.padEnd(indent)}  ${texts[n]?.trimEnd()}`).join('\n')
}

function cellOf(marks: readonly Mark[], frame: number, letterOf: (value: unknown) => string): string {
  const letters = marks
    .filter((mark) => mark.frame === frame)
    .map(({ kind, value }) => (kind === 'next' ? letterOf(value) : kind === 'error' ? '#' : '|'))
  const over = marks.some((mark) => mark.kind !== 'next' && mark.frame < frame)
  return letters.length > 1 ? `(${letters.join('')})` : (letters[0] ?? (over ? ' ' : '-'))
}
