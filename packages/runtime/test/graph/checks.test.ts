import { anything, audio, defineNode, describeNode, type Issue } from '@anabranch/plugin-sdk'
import { createExecutor, type Manifest, Registry, validate } from '@anabranch/runtime'
import { pino } from 'pino'
import t from 'tap'
import { z } from 'zod'
import { cpuMs } from '../cpu-ms.ts'
import { registry as base, refusal, withMic } from './pipelines.ts'

const execute = () => ({ execute: () => undefined }) as never
const rate = (sampleRate: number, extra: object = {}) => ({ sampleRate, ...extra })

const registry = new Registry()
for (const type of base.types) registry.register(type, base.resolve(type).factory)
for (const node of [
  defineNode({
    type: 'Resample',
    summary: 'Says its rate by its params.',
    params: z.object({ output_rate: z.number().default(16_000) }),
    inputs: { input: audio },
    outputs: { output: audio },
    formats: ({ output_rate }, { input }) => ({ output: { ...input, sampleRate: output_rate } }),
    create: execute,
  }),
  defineNode({
    type: 'Same',
    summary: 'Gives what it got.',
    inputs: { input: audio },
    outputs: { output: audio },
    formats: (_params, { input }) => ({ output: input }),
    create: execute,
  }),
  defineNode({
    type: 'Silly',
    summary: 'Throws in formats.',
    inputs: { input: audio },
    outputs: { output: audio },
    formats: () => {
      throw new RangeError('no such rate')
    },
    create: execute,
  }),
  defineNode({
    type: 'Mono',
    summary: 'One channel of f32.',
    inputs: { input: audio.with({ channels: 1, dtype: 'f32' }) },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({
    type: 'Chunks',
    summary: 'Gives fewer.',
    time: 'samples',
    inputs: { input: audio },
    outputs: { output: audio },
    create: execute,
  }),
  defineNode({
    type: 'Sift',
    summary: 'Filters.',
    filters: true,
    inputs: { input: anything },
    outputs: { output: anything },
    create: execute,
  }),
  defineNode({
    type: 'Gated',
    summary: 'Emits with its gate.',
    join: 'latest',
    trigger: 'gate',
    inputs: { input: anything, gate: anything.optional(), level: anything.control(0) },
    outputs: { output: anything },
    create: execute,
  }),
])
  registry.register(node.spec.type, node as never)

const problemsOf = async (manifest: unknown): Promise<readonly Issue[]> =>
  (await validate(manifest as Manifest, { registry })).problems

const pair = (left: unknown, right: unknown, options: object = {}) => ({
  type: 'Pair',
  ...options,
  in: { left, right },
})
const wide = (input: unknown, options: object = {}) => ({ type: 'Wide', ...options, in: { input } })
const frames = { version: 'v1', inputs: { mic: { kind: 'audio', format: rate(48_000, { shape: [480] }) } } }

/** [what, pipeline, severity, path, message, fix]; the only problem there is. */
const rows: [string, unknown, 'error' | 'warning', string, RegExp, RegExp][] = [
  ...['drop-oldest', 'drop-newest', 'latest'].map((policy): (typeof rows)[number] => [
    `${policy} into a zip`,
    withMic({ p: pair('mic', { from: 'mic', policy }) }),
    'error',
    'nodes.p.in.right',
    new RegExp(`policy ${policy} before p, which pairs left and right in order`),
    /use policy block there, or join: align on p/,
  ]),
  [
    'a dropping edge far before a zip, told once for two zips',
    withMic({
      a: wide({ from: 'mic', policy: 'drop-oldest' }),
      b: wide('a.output'),
      p: pair('b.output', 'mic'),
      q: pair('p.output', 'b.output'),
    }),
    'error',
    'nodes.a.in.input',
    /policy drop-oldest before p/,
    /align on p/,
  ],
  [
    'an n:1 node on one side of a zip',
    withMic({ c: { type: 'Chunks', in: { input: 'mic' } }, p: pair('c.output', 'mic') }),
    'warning',
    'nodes.c',
    /c may give fewer or more outputs than inputs, on one side only of p/,
    /join: align on p/,
  ],
  [
    'an operator on one side of a zip',
    withMic({ c: { type: 'Rx', in: { input: 'mic' } }, d: wide('c.output'), p: pair('d.output', 'mic') }),
    'warning',
    'nodes.c',
    /one side only of p/,
    /align/,
  ],
  [
    'a node that says it filters on one side of a zip',
    withMic({ c: { type: 'Sift', in: { input: 'mic' } }, p: pair('mic', 'c.output') }),
    'warning',
    'nodes.c',
    /c filters, on one side only of p/,
    /align/,
  ],
  [
    'a node that skips on one side of a zip',
    withMic({ c: wide('mic', { on_error: 'skip' }), p: pair('mic', 'c.output') }),
    'warning',
    'nodes.c',
    /leaves out what failed \(on_error: skip\), on one side only of p/,
    /align/,
  ],
  [
    'an align with room for one',
    withMic({ p: pair('mic', { from: 'mic', max: 1 }, { join: 'align', tolerance_ms: 20 }) }),
    'error',
    'nodes.p.in.right',
    /max is 1, but an align needs room for 2 items/,
    /max: 2 or more/,
  ],
  [
    'an align fed by latest',
    withMic({ p: pair('mic', { from: 'mic', policy: 'latest' }, { join: 'align' }) }),
    'error',
    'nodes.p.in.right',
    /policy latest keeps 1 item/,
    /drop-oldest with max: 2/,
  ],
  [
    'an align with less room than its tolerance, items of 10 ms',
    { ...frames, nodes: { p: pair('mic', { from: 'mic', max: 6 }, { join: 'align', tolerance_ms: 45 }) } },
    'error',
    'nodes.p.in.right',
    /max is 6, but an align with tolerance_ms 45 over items of 10 ms needs room for 7/,
    /max: 7 or more/,
  ],
  [
    'nothing that enters',
    { version: 'v1', nodes: { a: { type: 'Loose', in: { left: 'b.output' } }, b: { type: 'Silent' } } },
    'error',
    'nodes',
    /none of its nodes is a source, and it has no inputs/,
    /add a source node/,
  ],
  [
    'an input that nothing reads',
    withMic({ a: wide('mic') }, { inputs: { mic: { kind: 'audio' }, cam: { kind: 'video' } } }),
    'warning',
    'inputs.cam',
    /nothing reads the pipeline input "cam"/,
    /leave it out/,
  ],
  [
    'an input that cannot be a name',
    withMic({ a: wide('mic') }, { inputs: { mic: { kind: 'audio' }, 'a b': { kind: 'text' } } }),
    'error',
    'inputs.a b',
    /"a b" cannot be an id/,
    /letter/,
  ],
  [
    'a node that nothing feeds',
    withMic({ a: wide('mic'), l: { type: 'Loose' } }),
    'warning',
    'nodes.l.in',
    /nothing feeds it, so it never runs/,
    /connect one/,
  ],
  [
    'a rate that a node in between changes',
    {
      version: 'v1',
      nodes: {
        m: { type: 'Mic' },
        r: { type: 'Resample', params: { output_rate: 24_000 }, in: { input: 'm.output' } },
        s: { type: 'Same', in: { input: 'r.output' } },
        n: { type: 'Narrow', in: { input: 's.output' } },
      },
    },
    'error',
    'nodes.n.in.input',
    /s\.output gives audio with sampleRate 24000, n\.input takes sampleRate 8000 or 16000/,
    /resampler/,
  ],
  [
    'channels that come through',
    {
      version: 'v1',
      nodes: {
        n: { type: 'Mono', in: { input: 's.output' } },
        s: { type: 'Same', in: { input: 'm.output' } },
        m: { type: 'Mic' },
      },
    },
    'error',
    'nodes.n.in.input',
    /s\.output gives audio with channels 2, n\.input takes channels 1/,
    /converter of channels/,
  ],
  [
    'a dtype of a pipeline input',
    {
      version: 'v1',
      inputs: { mic: { kind: 'audio', format: { dtype: 'i16' } } },
      nodes: { n: { type: 'Mono', in: { input: 'mic' } } },
    },
    'error',
    'nodes.n.in.input',
    /mic gives audio with dtype i16, n\.input takes dtype f32/,
    /converter of dtype/,
  ],
  [
    'formats that throw',
    withMic({ a: { type: 'Silly', in: { input: 'mic' } } }),
    'error',
    'nodes.a',
    /formats\(\) of Silly threw: .*no such rate/,
    /correct formats\(\)/,
  ],
  [
    'a trigger of the spec that nothing feeds',
    withMic({ g: { type: 'Gated', in: { input: 'mic' } } }),
    'error',
    'nodes.g.in.gate',
    /nothing feeds the trigger "gate"/,
    /gate: node\.key/,
  ],
  [
    'a trigger that is a control input',
    withMic({ g: { type: 'Gated', trigger: 'level', in: { input: 'mic', level: 'mic' } } }),
    'error',
    'nodes.g.trigger',
    /the trigger "level" is a control input/,
    /other inputs/,
  ],
  [
    'more than 64 keys',
    withMic({
      k: { type: 'Open', in: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'mic'])) },
    }),
    'error',
    'nodes.k.in',
    /65 input keys, more than 64/,
    /split the node/,
  ],
  [
    'more than 4,096 edges',
    withMic({ k: { type: 'Open', join: 'merge', in: { input: Array.from({ length: 4097 }, () => 'mic') } } }),
    'error',
    'nodes',
    /4097 edges, more than 4096/,
    /split the pipeline/,
  ],
]
registry.register('Open', {
  runtime: 'javascript',
  create: () => ({ nodeType: 'Open', runtime: 'javascript', execute: () => undefined }),
})
registry.register('Silent', {
  runtime: 'javascript',
  spec: describeNode({ type: 'Silent', summary: 'No inputs.', outputs: { output: anything } }).spec,
  create: () => ({ nodeType: 'Silent', runtime: 'javascript', execute: () => undefined }),
})

for (const [what, pipeline, severity, path, message, fix] of rows)
  t.test(`validate: ${severity === 'error' ? 'refuses' : 'warns of'} ${what}`, async (t) => {
    const problems = (await problemsOf(pipeline)).filter(
      (problem) => severity === 'warning' || problem.severity === 'error',
    )
    t.equal(problems.length, 1, JSON.stringify(problems))
    t.match(problems[0], { path, severity, message, fix })
    if (severity === 'error') t.match((await refusal(pipeline, { registry })).message, message)
  })

t.test('validate: what shifts no pairs is not warned of', async (t) => {
  const fine: Record<string, unknown> = {
    'a chunker before both sides': withMic({
      c: { type: 'Chunks', in: { input: 'mic' } },
      a: wide('c.output'),
      p: pair('a.output', 'c.output'),
    }),
    'a dropping edge into a control input': withMic({
      k: { type: 'Knob', in: { input: 'mic', gain: { from: 'n.output', policy: 'latest' } } },
      n: { type: 'Sift', in: { input: 'mic' } },
    }),
    'a dropping edge after a zip': withMic({
      p: pair('mic', 'mic'),
      s: { type: 'Sift', in: { input: { from: 'p.output', policy: 'drop-oldest' } } },
    }),
    'drops and filters before an align': withMic({
      s: { type: 'Sift', in: { input: { from: 'mic', policy: 'drop-oldest' } } },
      p: pair('s.output', 'mic', { join: 'align', tolerance_ms: 5 }),
    }),
    'an align with just enough room': {
      ...frames,
      nodes: { p: pair('mic', { from: 'mic', max: 7 }, { join: 'align', tolerance_ms: 45 }) },
    },
    'an align of one input': withMic({
      l: { type: 'Loose', join: 'align', in: { left: { from: 'mic', max: 1 } } },
    }),
    'formats that are not known': withMic({
      s: { type: 'Same', in: { input: 'mic' } },
      n: { type: 'Narrow', in: { input: 's.output' } },
    }),
  }
  for (const [what, manifest] of Object.entries(fine)) {
    const { plan, ...rest } = await validate(manifest as Manifest, { registry })
    t.same(rest, { ok: true, problems: [], steppedIn: [] }, what)
    t.not(plan, null, what)
  }
})

t.test('validate: errors and warnings together, errors first; nothing is thrown', async (t) => {
  const { ok, problems } = await validate(
    withMic({ c: { type: 'Chunks', in: { input: 'mic' } }, p: pair('c.output', 'mic'), x: { type: 'Nope' } }) as never,
    { registry },
  )
  t.equal(ok, false)
  t.same(
    problems.map(({ severity, path }) => [severity, path]),
    [
      ['error', 'nodes.x.type'],
      ['warning', 'nodes.c'],
    ],
  )
  t.match(await validate(null as never), { ok: false, problems: [{ message: 'not a pipeline' }] })
})

t.test('createExecutor: logs each warning once', async (t) => {
  const lines: unknown[] = []
  const executor = await createExecutor(
    withMic({ c: { type: 'Chunks', in: { input: 'mic' } }, p: pair('c.output', 'mic') }) as never,
    { registry, log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }) },
  )
  await (await executor.open()).close()
  await (await executor.open()).close()
  await executor.close()
  t.match(lines, [{ level: 40, path: 'nodes.c', msg: /one side only of p/, fix: /align/, pipeline: 'pipeline' }])
  t.equal(lines.length, 1)
})

t.test('validate: 1,000 nodes with zips, chunkers and formats in well under a second', async (t) => {
  const nodes: Record<string, unknown> = { m: { type: 'Mic' } }
  for (let n = 0; n < 250; n++) {
    nodes[`r${n}`] = { type: 'Resample', in: { input: n === 0 ? 'm.output' : `s${n - 1}.output` } }
    nodes[`c${n}`] = { type: 'Chunks', in: { input: `r${n}.output` } }
    nodes[`p${n}`] = pair(`c${n}.output`, `r${n}.output`)
    nodes[`s${n}`] = { type: 'Same', in: { input: `r${n}.output` } }
  }
  const start = cpuMs()
  const { ok, problems } = await validate({ version: 'v1', nodes } as never, { registry })
  const took = cpuMs() - start
  t.ok(took < 1500, `${took} ms`)
  t.equal(ok, true)
  t.equal(problems.length, 250)
})
