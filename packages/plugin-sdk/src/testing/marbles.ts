import { AssertionError } from 'node:assert'
import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { NodeRef } from '../contract/node-spec.ts'
import { LimitExceededError, PluginError } from '../errors/classes.ts'
import type { Inputs, Outputs, ValueOf } from '../ports.ts'
import { describe, type Value } from '../values.ts'
import { joinKeys } from './join-keys.ts'
import { alignLines, type MarbleLine, type Mark, parseMarbles } from './marble-lines.ts'
import { type Rig, rigOf } from './rig.ts'
import { sameValue } from './same-value.ts'

/** How long after the last character a line that says its end is waited for, in virtual ms. */
const PATIENCE_MS = 1000
/** Pulls of a source within one ms. */
const MAX_PULLS = 1024

export interface MarbleTest<S extends Schema, I extends Inputs, O extends Outputs> {
  readonly params?: Schema.InferInput<S>
  readonly inputs: { readonly [K in keyof I]?: string }
  readonly outputs: { readonly [K in keyof O]?: string }
  /** What the letters mean; a letter without a value means itself. */
  readonly values?: { readonly [letter: string]: ValueOf<I[keyof I]> | ValueOf<O[keyof O]> }
}

/**
 * A node against RxJS marbles, one string per key; one character is 1 ms of virtual time, for promises, for
 * `context.clock` and for the timers of RxJS alike. Several inputs are joined as the spec says (align is not available
 * here). When the inputs end, the node is flushed, and `|` stands where that is done; `#` on an output is a coded error.
 *
 * If no output says its end by `|` or `#`, the longest string is the time that is looked at.
 *
 * @throws AssertionError with both time lines, one under the other.
 */
export async function marbles<S extends Schema, I extends Inputs, O extends Outputs>(
  node: NodeRef<string, S, I, O>,
  test: MarbleTest<S, I, O>,
): Promise<void> {
  const values = (test.values ?? {}) as Readonly<Record<string, unknown>>
  const lines = (strings: object) =>
    Object.entries(strings as Record<string, string>).map(([key, line]) => [key, parseMarbles(line, values)] as const)
  const inputs = lines(test.inputs)
  const expected = lines(test.outputs)
  const rig = await rigOf(node, test.params)
  try {
    const length = Math.max(0, ...[...inputs, ...expected].map(([, line]) => line.length))
    const ends = expected.some(([, line]) => line.ends)
    await play(rig, node, inputs, length, ends)
    compare(node.spec.type, rig, inputs, expected, ends ? Number.POSITIVE_INFINITY : length, letters(values))
  } finally {
    await rig.close()
  }
}

type Lines = readonly (readonly [key: string, line: MarbleLine])[]

async function play(rig: Rig, node: NodeRef, inputs: Lines, length: number, ends: boolean): Promise<void> {
  const join = joinKeys(
    node.spec,
    inputs.map(([key]) => key),
  )
  const marks = inputs
    .flatMap(([key, line]) => line.marks.map((mark) => ({ key, ...mark })))
    .sort((a, b) => a.frame - b.frame)
  let flushed = false
  let running: Promise<unknown> = inputs.length === 0 ? pull(rig, length) : Promise.resolve()
  running.catch(() => undefined) // Awaited at the end.
  for (const { key, frame, kind, value } of marks) {
    if (kind === 'error') throw new PluginError(`input "${key}" has a #`, { fix: 'an edge carries no errors: use |' })
    await rig.advance(frame - rig.clock.now())
    if (flushed) break
    if (kind === 'complete') join.end(key)
    // What a node throws is an event of the rig already.
    const sets = kind === 'next' ? join.arrive(key, value as Value) : []
    for (const set of sets) running = rig.push(set).catch(() => undefined)
    if (!join.over) continue
    flushed = true
    running = rig.flush().catch(() => undefined)
  }
  await rig.advance(length - rig.clock.now())
  let done = false
  const over = () => {
    done = true
  }
  running.then(over, over)
  const end = length + (ends ? PATIENCE_MS : 0)
  while (rig.clock.next !== undefined && rig.clock.next <= end) await rig.advance(rig.clock.next - rig.clock.now())
  // Real promises (a file, a worker) take no virtual time: wait for them, unless they wait for a timer after the end.
  if (done || rig.clock.next === undefined) await running
}

async function pull(rig: Rig, length: number): Promise<void> {
  let frame = 0
  for (let pulls = 0; rig.clock.now() <= length && rig.events.at(-1)?.kind !== 'complete'; pulls++) {
    if (rig.clock.now() > frame) pulls = 0
    frame = rig.clock.now()
    if (pulls === MAX_PULLS) throw new LimitExceededError(`${MAX_PULLS} pulls in one ms`, { limit: 'pulls' })
    await rig.push({})
  }
}

function letters(values: Readonly<Record<string, unknown>>): (value: unknown) => string {
  return (value) => {
    const known = Object.entries(values).find(([, each]) => sameValue(each, value))
    if (known !== undefined) return known[0]
    return typeof value === 'string' && value.length === 1 ? value : '?'
  }
}

function compare(
  type: string,
  rig: Rig,
  inputs: Lines,
  expected: Lines,
  until: number,
  letterOf: (value: unknown) => string,
): void {
  const actual = expected.map(([key]) => [key, marksOf(rig, key).filter(({ frame }) => frame < until)] as const)
  const wrong = expected.filter(([, line], n) => !sameMarks(line.marks, actual[n]?.[1] ?? []))
  if (wrong.length === 0) return
  const rows = [
    ...inputs.map(([key, line]) => ({ label: `in  ${key}`, marks: line.marks })),
    ...expected.flatMap(([key, line], n) => [
      { label: `out ${key}, expected`, marks: line.marks },
      { label: `out ${key}, actual`, marks: actual[n]?.[1] ?? [] },
    ]),
  ]
  const length = Math.max(...[...inputs, ...expected].map(([, line]) => line.length))
  const strange = actual.flatMap(([key, marks]) =>
    marks.filter(({ kind, value }) => kind === 'next' && letterOf(value) === '?').map((mark) => ({ key, ...mark })),
  )
  const notes = [
    ...strange.map(({ key, frame, value }) => `  ? on ${key} at ${frame} ms is ${show(value)}`),
    ...rig.events.flatMap((event) => (event.kind === 'error' ? [`  # at ${event.at} ms: ${event.error.message}`] : [])),
  ]
  const message = [
    `${type}: ${wrong.map(([key]) => key).join(', ')} differs (1 column is 1 ms)`,
    alignLines(rows, length, letterOf),
    ...notes,
  ].join('\n')
  throw new AssertionError({ message, stackStartFn: marbles })
}

function marksOf(rig: Rig, key: string): Mark[] {
  const marks: Mark[] = []
  for (const event of rig.events) {
    const frame = event.at
    if (event.kind !== 'next') {
      marks.push({ frame, kind: event.kind })
      break
    }
    const value = event.outputs[key]
    if (value !== undefined) marks.push({ frame, kind: 'next', value })
  }
  return marks
}

function sameMarks(a: readonly Mark[], b: readonly Mark[]): boolean {
  return (
    a.length === b.length &&
    a.every((mark, n) => mark.frame === b[n]?.frame && mark.kind === b[n]?.kind && sameValue(mark.value, b[n]?.value))
  )
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null ? describe(value) : JSON.stringify(value)
}
