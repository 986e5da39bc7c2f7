import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const program = fileURLToPath(new URL('../../../examples/general-nodes/dist/main.js', import.meta.url))

// A tick that the machine had no time for is left out and its number missing: of a timer the count alone is promised.

/** Runs one example: its lines, parsed where they are JSON, and the ledger it says at its end. */
async function run(name: string, args: readonly string[] = [], input = '') {
  const child = spawn(process.execPath, [program, name, ...args], { stdio: 'pipe' })
  const out: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const lines = Buffer.concat(out).toString().split('\n').slice(0, -1)
  const told = Buffer.concat(said).toString().trimEnd().split('\n')
  const ledger = code === 0 ? (JSON.parse(told.at(-1) as string) as Record<string, unknown>) : {}
  return { code, lines, ledger, said: told.join('\n') }
}

test('clean-rows: the books, with their totals; the bad line is counted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { code, ledger, said } = await run('clean-rows', [join(folder, 'out.jsonl')])
  t.equal(code, 0, said)
  t.match(ledger, { balanced: true, accepted: 5, delivered: 3, filtered: 1, failed: 1 })
  t.same(
    readFileSync(join(folder, 'out.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { id: 'a1', total: 25 },
      { id: 'a3', total: 8 },
      { id: 'a4', total: 90 },
    ],
  )
})

const same: readonly (readonly [name: string, lines: readonly unknown[], ledger: Record<string, unknown>])[] = [
  [
    'ticks',
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ],
    { accepted: 10, delivered: 10 },
  ],
  [
    'server-events',
    [1, 2, 3, 4, 5].map((n) => ({ event: 'count', data: `event ${n}`, id: `${n}` })),
    { accepted: 5, delivered: 5 },
  ],
  ['web-socket', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { accepted: 20, delivered: 20 }],
]
for (const [name, lines, ledger] of same)
  test(`${name}: its output, and all is accounted for`, async (t) => {
    const found = await run(name)
    t.equal(found.code, 0, found.said)
    const values = found.lines.map((line) => JSON.parse(line) as unknown)
    if (name === 'ticks')
      t.same(
        (values as unknown[][]).map((batch) => batch.length),
        [4, 4, 2],
      )
    else if (name === 'web-socket') t.equal(values.length, 10)
    else t.same(values, lines)
    t.match(found.ledger, { balanced: true, in_flight: 0, ...ledger })
  })

test('windows: every tick is in one window, and one is logged', async (t) => {
  const { code, lines, ledger, said } = await run('windows')
  t.equal(code, 0, said)
  const counts = lines.map((line) => JSON.parse(line) as { from_ms: number; ticks: number })
  t.equal(
    counts.reduce((sum, { ticks }) => sum + ticks, 0),
    20,
  )
  t.ok(counts.every(({ from_ms }) => from_ms % 100 === 0))
  t.match(said, /"msg":"a tick"/)
  t.match(ledger, { balanced: true, accepted: 20, delivered: 20 })
})

test('side-by-side: pairs, and all of both', async (t) => {
  const { code, lines, ledger, said } = await run('side-by-side')
  t.equal(code, 0, said)
  const values = lines.map((line) => JSON.parse(line) as unknown)
  t.same(
    values.filter((value) => typeof value === 'object'),
    [
      { word: 'and', db: -31.5 },
      { word: 'mister', db: -18 },
      { word: 'john', db: -22.25 },
      { word: 'dashwood', db: -12 },
    ],
  )
  t.same(
    values.filter((value) => typeof value === 'string'),
    ['and', 'mister', 'john', 'dashwood'],
  )
  t.match(ledger, { balanced: true, accepted: 8, delivered: 8 })
})

test('bad-days: what failed, was left out and came through adds up', async (t) => {
  const { code, lines, ledger, said } = await run('bad-days')
  t.equal(code, 0, said)
  const { failed, filtered, delivered } = ledger as Record<string, number>
  t.match(ledger, { balanced: true, accepted: 100, delivered: lines.length })
  t.ok((failed as number) > 0 && (filtered as number) > 0)
  t.equal((failed as number) + (filtered as number) + (delivered as number), 100)
})

test('standard-streams: a filter for a shell', async (t) => {
  const { code, lines, ledger, said } = await run('standard-streams', [], 'hello\nto you')
  t.equal(code, 0, said)
  t.same(lines, ['5 hello', '6 to you'])
  t.match(ledger, { balanced: true, accepted: 2, delivered: 2 })
})

test('nats: values to a subject and back', async (t) => {
  const { code, lines, ledger, said } = await run('nats')
  t.equal(code, 0, said)
  const ticks = lines.map(Number)
  t.equal(ticks.length, 3)
  t.ok(
    ticks.every((tick, k) => k === 0 || tick > (ticks[k - 1] as number)),
    `each once and in order: ${lines.join(' ')}`,
  )
  t.match(ledger, { balanced: true, accepted: 43, delivered: 43 })
})
