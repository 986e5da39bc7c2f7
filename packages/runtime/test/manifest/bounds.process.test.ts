import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const runtime = fileURLToPath(import.meta.resolve('@anabranch/runtime'))

/**
 * What a fresh process tells of loading `text` (an expression) twice: the first issue of each, time and memory. The time
 * is the processor's, so that a busy machine does not count.
 */
function inProcess(text: string, options = '{}') {
  const code = `
    import { createExecutor, parseManifest, Registry } from ${JSON.stringify(runtime)}
    const text = ${text}
    const found = []
    const start = process.cpuUsage()
    for (let n = 0; n < 2; n++)
      try {
        const manifest = parseManifest(text, { env: {}, ...${options} })
        const registry = new Registry().register('X', { runtime: 'javascript', create: () => ({ nodeType: 'X', runtime: 'javascript', execute: ({ input }) => ({ output: input }) }) })
        const executor = await createExecutor(manifest, { registry })
        await executor.close()
        found.push('accepted')
      } catch (error) {
        const { code, line, column, fix } = (error.issues ?? [error])[0]
        found.push(fix === undefined ? 'no fix' : [code, line, column])
      }
    const { user, system } = process.cpuUsage(start)
    console.log(JSON.stringify({ found, ms: (user + system) / 1000, rss: process.resourceUsage().maxRSS / 1024 }))
  `
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 90_000,
  })
  if (status !== 0) throw new Error(`it ended with ${status ?? signal}: ${stderr.slice(-2000)}`)
  return JSON.parse(stdout) as { found: unknown[]; ms: number; rss: number }
}

const nodes = (count: number, first: string) =>
  `'version: v1\\ninputs: { mic: { kind: anything } }\\nnodes:\\n' + Array.from({ length: ${count} }, (_, n) => '  n' + n + ': { type: X, in: { input: ' + (n === 0 ? ${JSON.stringify(first)} : 'n' + (n - 1) + '.output') + ' } }\\n').join('')`
const raised = (count: number) => `{ limits: { manifest_bytes: 1e7, nodes: ${count}, edges: ${count} } }`

/** [what, text, options, the first issue, ms for each] */
const rows: (readonly [what: string, text: string, options: string, wanted: unknown, ms: number])[] = [
  ['2 KB of nested brackets', "'['.repeat(2048)", '{}', ['ANB_LIMIT', 1, 33], 2000],
  ['the same, closed', "'['.repeat(1024) + ']'.repeat(1024)", '{}', ['ANB_LIMIT', 1, 33], 2000],
  [
    'the same with the limit raised',
    "'['.repeat(2048)",
    '{ limits: { manifest_depth: 1e6 } }',
    ['ANB_LIMIT', 1, 257],
    2000,
  ],
  ['5,000 nested maps', "'{a:'.repeat(5000)", '{}', ['ANB_LIMIT', 1, 97], 2000],
  ['256 KB of list marks', "'- '.repeat(131072)", '{}', ['ANB_LIMIT', 1, 65], 2000],
  [
    'an alias bomb',
    "'version: v1\\nnodes:\\n  n:\\n    type: X\\n    params:\\n      b0: &b0 [x, x]\\n' + Array.from({ length: 30 }, (_, n) => '      b' + (n + 1) + ': &b' + (n + 1) + ' [*b' + n + ', *b' + n + ']\\n').join('')",
    '{}',
    ['ANB_MANIFEST', 7, 16],
    2000,
  ],
  ['a chain of 10,000', nodes(10_000, 'mic'), '{}', ['ANB_LIMIT', 1, 1], 2000],
  ['a chain of 1,025', nodes(1025, 'mic'), '{}', ['ANB_LIMIT', 3, 1], 2000],
  [
    '65 input keys',
    "'version: v1\\ninputs: { mic: { kind: anything } }\\nnodes:\\n  a: { type: X, in: {' + Array.from({ length: 65 }, (_, n) => 'k' + n + ': mic').join(', ') + '} }\\n'",
    '{}',
    ['ANB_LIMIT', 4, 17],
    2000,
  ],
  [
    '4,097 edges',
    "'version: v1\\ninputs: { mic: { kind: anything } }\\nnodes:\\n  a: { type: X, join: merge, in: { input: [' + Array.from({ length: 4097 }, () => 'mic').join(', ') + '] } }\\n'",
    '{}',
    ['ANB_LIMIT', 3, 1],
    2000,
  ],
  ['a cycle of 10,000', nodes(10_000, 'n9999.output'), '{}', ['ANB_LIMIT', 1, 1], 2000],
  ['a chain of 10,000 with the limits raised', nodes(10_000, 'mic'), raised(10_000), 'accepted', 8000],
  [
    'a cycle of 10,000 with the limits raised',
    nodes(10_000, 'n9999.output'),
    raised(10_000),
    ['ANB_CYCLE', 4, 3],
    8000,
  ],
]

for (const [what, text, options, wanted, most] of rows)
  test(`manifest: ${what}, twice in one fresh process`, async (t) => {
    const { found, ms, rss } = inProcess(text, options)
    t.equal(found.length, 2)
    t.same(found[0], found[1])
    t.same(found[0], wanted)
    t.ok(ms < 2 * most, `${ms} ms`)
    t.ok(rss < 600, `${rss} MB`)
  })
