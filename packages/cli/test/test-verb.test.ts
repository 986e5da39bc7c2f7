import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { command } from './command.ts'
import { folderOf, root } from './files.ts'

const recording = join(root, 'examples', 'three-runtimes', 'data', 'austen-16k.wav')

const talk = `version: v1
plugins: ['@anabranch/runtime/nodes']
params: { ms: { type: integer, default: 3600000 } }
nodes:
  ticks: { type: TimerSource, params: { interval_ms: '\${param:ms}', count: 3 } }
  slow: { type: DelayNode, params: { ms: 500 }, in: { input: ticks.output } }
  said: { type: MapNode, params: { expression: '"tick " + string(value)' }, in: { input: slow.output } }
`
const sound = `version: v1
plugins: ['@anabranch/nodes-native', '@anabranch/runtime/nodes']
nodes:
  mic: { type: AudioFileSource, params: { path: not-there-on-this-machine.wav } }
  pass: { type: GainNode, params: { db: 0 }, in: { input: mic.output } }
  level: { type: LevelNode, params: { window_ms: 1000 }, in: { input: pass.output } }
  loud: { type: MapNode, params: { expression: value.end_ms }, in: { input: level.level } }
`

const good = `cases:
  - name: hours pass in no time
    expect:
      - { key: said.output, equals: ['tick 0', 'tick 1', 'tick 2'] }
      - { key: said.output, matches: ['0$', '1$', '^tick 2'], count: 3 }
      - { key: ticks.output, within_ms: 10800000 }
  - name: params are set
    set: { ms: 1000 }
    expect: [{ key: said.output, count: 3, within_ms: 3600 }]
  - name: a node is mocked
    mocks: { slow: { emit: [7, 8], delay_ms: 10 } }
    expect: [{ key: said.output, equals: ['tick 7', 'tick 8'] }]
  - name: a node of a file takes its place
    mocks: { slow: { node: ./nines.mjs } }
    expect: [{ key: said.output, equals: ['tick 9', 'tick 9', 'tick 9'] }]
  - name: a source is fed
    feed: { ticks.output: { values: [40, 41, 42], every_ms: 1000 } }
    expect: [{ key: said.output, equals: ['tick 40', 'tick 41', 'tick 42'], within_ms: 2500 }]
  - name: what is on its way is cancelled by an interrupt
    feed: { ticks.output: { values: [1, 2], every_ms: 1000 } }
    interrupt_at: [1.2s]
    expect: [{ key: said.output, equals: ['tick 1'] }]
  - name: it is stopped
    for: 1.8s
    feed: { ticks.output: { values: [1, 2, 3, 4, 5], every_ms: 1000 } }
    expect: [{ key: said.output, equals: ['tick 1', 'tick 2'] }]
  - name: in real time
    clock: real
    set: { ms: 1 }
    mocks: { slow: { emit: [1] } }
    expect: [{ key: said.output, count: 1 }]
`
const nines = `import { anything, defineNode, definePlugin } from '@anabranch/plugin-sdk'
export default definePlugin({ name: 'nines', apiVersion: 1, nodes: [defineNode({
  type: 'NineNode', summary: 'Nine.', inputs: { input: anything }, outputs: { output: anything },
  create: () => ({ execute: () => ({ output: 9 }) }),
})] })
`

test('test: mocks, feeds, interrupts and expectations, in virtual time', async (t) => {
  const path = folderOf(t, { 'talk.yaml': talk, 'talk.test.yaml': good, 'nines.mjs': nines })('talk.test.yaml')
  const { code, out, err } = await command(['test', path])
  t.equal(code, 0, out)
  t.equal(err, '')
  t.match(out, / {2}✓ hours pass in no time \d+ ms\n/)
  t.match(out, /\n8 passed, 0 failed\n$/)
})

test('test: sound is fed at its own speed, and compared', async (t) => {
  const path = folderOf(t, {
    'p.yaml': sound,
    'p.test.yaml': `cases:
  - name: one second after the other
    feed: { mic.output: { audio: voice.wav } }
    expect:
      - { key: loud.output, equals: [1000, 2000, 3000, 4000, 5000, 6000, 7000, 7100], within_ms: 7100 }
      - { key: pass.output, snr: { to: voice.wav, at_least_db: 100 } }
  - name: another sound
    feed: { mic.output: { audio: voice.wav } }
    mocks: { pass: { node: ./half.mjs } }
    expect: [{ key: pass.output, snr: { to: voice.wav, at_least_db: 10 } }]
`,
    'half.mjs': `import { audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'
export default definePlugin({ name: 'half', apiVersion: 1, nodes: [defineNode({
  type: 'HalfNode', summary: 'Half.', inputs: { input: audio }, outputs: { output: audio },
  create: () => ({ execute: ({ input }) => ({ output: input.map((sample) => sample / 2) }) }),
})] })
`,
  })
  copyFileSync(recording, path('voice.wav'))
  const { code, out } = await command(['test', path('p.test.yaml')])
  t.equal(code, 4)
  t.match(out, /✓ one second after the other/, out)
  // Half the amplitude is missing: 10 · log10(1 / 0.5²) dB, by hand.
  t.match(out, /✗ another sound[^\n]*\n {6}pass\.output: the signal-to-noise ratio is 6\.02 dB\n {8}expected: 10\n/)
  t.match(out, /1 passed, 1 failed\n$/)
})

test('test: what is not met is said, with exit code 4', async (t) => {
  const path = folderOf(t, {
    'talk.yaml': talk,
    'talk.test.yaml': `cases:
  - { name: equals, expect: [{ key: said.output, equals: ['tick 0', 'tick x', 'tick 2'] }] }
  - { name: count, expect: [{ key: said.output, count: 2 }] }
  - { name: matches, expect: [{ key: said.output, matches: ['0', '1', '3'] }] }
  - { name: within, expect: [{ key: ticks.output, within_ms: 7200000 }] }
  - { name: no node, expect: [{ key: sad.output, count: 1 }] }
  - { name: no source, mocks: { ticks: { emit: [1] } } }
  - { name: fails, feed: { ticks.output: { values: ['x'] } }, mocks: { slow: { node: ./throws.mjs } } }
`,
    'throws.mjs': nines.replace('({ output: 9 })', "{ throw new Error('not today') }"),
  })('talk.test.yaml')
  const { code, out } = await command(['test', path, '--json'])
  t.equal(code, 4)
  const { ok, cases } = JSON.parse(out) as { ok: boolean; cases: Record<string, never>[] }
  t.equal(ok, false)
  t.match(cases, [
    { problems: [{ key: 'said.output', message: 'value 2 is another one', received: ['tick 0', 'tick 1', 'tick 2'] }] },
    { problems: [{ message: 'expected 2 values, got 3' }] },
    { problems: [{ message: 'value 3 does not match' }] },
    { problems: [{ message: 'the last value came after 10800000 ms', expected: 7_200_000 }] },
    { error: { code: 'ANB_PARAMS', message: /expect: the pipeline has no node "sad"; did you mean "said"\?/ } },
    { error: { code: 'ANB_PARAMS', fix: 'say feed: { ticks.output: … }' } },
    { error: { code: 'ANB_NODE_EXECUTION', message: /not today/ } },
  ])
  t.match(
    (await command(['test', path])).out,
    /✗ count[^\n]*\n {6}said\.output: expected 2 values, got 3\n {8}expected: 2\n {8}received: 3\n/,
  )
})

test('test: a wrong test file is refused with every problem, before anything runs', async (t) => {
  const text = `cases:
  - name: one
    expct: []
    clock: atomic
    feed: { a.output: { audoi: x.wav } }
    interrupt_at: [soon]
    expect: [{ key: a.b }]
`
  const path = folderOf(t, { 'x.test.yaml': text, 'y.test.yaml': 'cases: [' })
  const { code, err, out } = await command(['test', path('x.test.yaml')])
  t.match({ code, out }, { code: 3, out: '' })
  t.match(
    err,
    /ANB_MANIFEST .*x\.test\.yaml:3:\d+ unknown key "expct"; did you mean "expect"\?\n {2}fix: write "expect"/,
  )
  t.match(err, /x\.test\.yaml:4:12 clock: /)
  t.match(err, /x\.test\.yaml:5:\d+ unknown key "audoi"; did you mean "audio"\?/)
  t.match(err, /x\.test\.yaml:6:20 0: a time such as 1\.2s/)
  t.match(err, /x\.test\.yaml:7:\d+ .*nothing is expected of it/)
  t.match(await command(['test', path('y.test.yaml')]), { code: 3, err: /ANB_MANIFEST .*y\.test\.yaml:1:\d+/ })
  t.match(await command(['test', path('z.test.yaml')]), { code: 3, err: /there is no file/ })
})
