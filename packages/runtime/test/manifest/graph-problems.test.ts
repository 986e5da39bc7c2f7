// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template

import { audio, defineNode, InvalidParamsError } from '@anabranch/plugin-sdk'
import { codedError } from '@anabranch/plugin-sdk/host'
import { createExecutor, formatIssues, parseManifest, Registry, validate } from '@anabranch/runtime'
import { filterNode } from '@anabranch/runtime/nodes'
import t from 'tap'
import { z } from 'zod'
import { rejected } from '../coded.ts'
import { cpuMs } from '../cpu-ms.ts'
import { registry } from '../graph/pipelines.ts'
import { checkRow, graphRefused, marked, type Row } from './marked.ts'

const rate = z.int().min(1000).max(768_000)
registry.register(
  'AudioResampleNode',
  defineNode({
    type: 'AudioResampleNode',
    summary: 'Another rate.',
    params: z.object({
      output_rate: rate,
      input_rate: rate.optional(),
      quality: z.enum(['low', 'medium', 'high']).default('medium'),
    }),
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ execute: ({ input }) => ({ output: input }) }),
  }) as never,
)
registry.register('FilterNode', filterNode as never)
registry.register('Picky', {
  runtime: 'javascript',
  create: (params) => {
    const refused = 'there is no device of this name'
    if ((params as { device?: string }).device === 'plain') throw new InvalidParamsError(refused, { issues: [] })
    throw new InvalidParamsError(refused, { issues: [], fix: 'plug it in' })
  },
})

const file = (nodes: string) => `version: v1
inputs: { mic: { kind: audio } }
nodes:
${nodes}
`
const params = (text: string) => file(`  a: { type: AudioResampleNode, params: { ${text} }, in: { input: mic } }`)
const M = 'ANB_MANIFEST'
const P = 'ANB_PARAMS'

const rows: readonly Row[] = [
  ['a self edge', file('  ▸a: { type: Wide, in: { input: a.output } }'), 'ANB_CYCLE', /cycle: a → a/, /cut one/],
  [
    'a cycle of two',
    file('  ▸a: { type: Wide, in: { input: b.output } }\n  b: { type: Wide, in: { input: a.output } }'),
    'ANB_CYCLE',
    /cycle: a → b → a/,
    /cut one/,
  ],
  [
    'an edge from a missing node',
    file('  gain: { type: Wide, in: { input: mic } }\n  b: { type: Wide, in: { input: ▸gian.output } }'),
    M,
    /unknown node "gian"; did you mean "gain"/,
    /"gain"/,
  ],
  [
    'an edge from a missing key',
    file('  gain: { type: Wide, in: { input: mic } }\n  b: { type: Wide, in: { input: ▸gain.outptu } }'),
    M,
    /unknown output of gain \(Wide\) "outptu"; did you mean "output"/,
    /"output"/,
  ],
  [
    'an edge to a missing key',
    file('  a: { type: Loose, in: { left: mic, ▸rihgt: mic } }'),
    M,
    /unknown input of Loose "rihgt"; did you mean "right"/,
    /"right"/,
  ],
  [
    'two edges to one input without a join',
    file('  a:\n    type: Wide\n    in:\n      ▸input: [mic, mic]'),
    M,
    /several edges into "input" with join: zip/,
    /join: merge/,
  ],
  [
    'the node type os',
    file('  a: { type: ▸os, in: { input: mic } }'),
    'ANB_NODE_NOT_FOUND',
    /no node type "os"/,
    /plugin/,
  ],
  [
    'a node type that is a path',
    file('  a: { type: ▸../../evil, in: { input: mic } }'),
    'ANB_NODE_NOT_FOUND',
    /no node type/,
    /plugin/,
  ],
  [
    'kinds that differ',
    file('  a: { type: Text, in: { input: ▸mic } }'),
    M,
    /mic gives audio, a.input takes text/,
    /text/,
  ],
  [
    'a required input that nothing feeds',
    file('  a: { type: Pair, ▸in: { left: mic } }'),
    M,
    /nothing feeds the required input "right"/,
    /right: node.key/,
  ],
  [
    'a mode that is not built',
    `version: v1\nmode: ▸at-least-once\ninputs: { mic: { kind: audio } }\nnodes: { a: { type: Wide, in: { input: mic } } }\n`,
    'ANB_NOT_AVAILABLE',
    /at-least-once is not available/,
    /lossless or realtime/,
  ],
  [
    'a placement that is not built',
    file('  a: { type: Wide, ▸placement: { where: process }, in: { input: mic } }'),
    'ANB_NOT_AVAILABLE',
    /process is not available/,
    /leave placement out/,
  ],
  [
    'a node on a thread that no thread can make',
    file('  a: { type: Wide, ▸placement: { where: thread }, in: { input: mic } }'),
    'ANB_NOT_AVAILABLE',
    /"Wide" is defined in code/,
    /list that under plugins/,
  ],
  [
    'retry of what is never retried',
    file('  a: { type: Wide, ▸retry: { max_retries: 3 }, in: { input: mic } }'),
    M,
    /not retrySafe/,
    /leave retry out/,
  ],
  [
    'a trigger without latest',
    file('  a: { type: Loose, trigger: ▸left, in: { left: mic } }'),
    M,
    /trigger with join: zip/,
    /join: latest/,
  ],
  [
    'an unknown param',
    params('output_rate: 16000, ▸qualty: low'),
    P,
    /^unknown param "qualty" on AudioResampleNode; did you mean "quality"\?$/,
    /rename "qualty" to "quality"/,
  ],
  [
    'an unknown quality',
    params('output_rate: 16000, quality: ▸hihg'),
    P,
    /"low"\|"medium"\|"high"/,
    /give quality one of low, medium, high/,
  ],
  [
    'an expression that does not parse',
    file("  a: { type: FilterNode, params: { expression: ▸'value.level >' }, in: { input: mic } }"),
    P,
    /^Unexpected token: EOF \(at character 14\)$/,
    /^write an expression of the Common Expression Language/,
  ],
  [
    'params that a node refuses without naming one',
    file('  a: { type: Picky, ▸params: { device: x }, in: { input: mic } }'),
    P,
    /there is no device of this name/,
    /^plug it in$/,
  ],
  [
    'params that a node refuses without a word on what to do',
    file('  a: { type: Picky, ▸params: { device: plain }, in: { input: mic } }'),
    P,
    /there is no device of this name/,
    /^give what the node takes there$/,
  ],
  ...['0', '-1', '1e20', '4294967301', '1.9', '"7"'].map(
    (given): Row => [
      `rate ${given}`,
      params(`output_rate: ▸${given}`),
      P,
      /./,
      /give output_rate a whole number from 1000 to 768000/,
    ],
  ),
  ['rate NaN', params('output_rate: ▸.nan'), M, /not a finite number/, /write a number/],
  ['in 1', params('input_rate: ▸1, output_rate: 16000'), P, /1000/, /give input_rate a whole number from 1000/],
  ['out 4e9', params('input_rate: 16000, output_rate: ▸4e9'), P, /768000/, /to 768000/],
  [
    'a missing param',
    file('  a: { type: AudioResampleNode, ▸params: {}, in: { input: mic } }'),
    P,
    /./,
    /give output_rate a whole number/,
  ],
  [
    'a missing param without params',
    file('  ▸a: { type: AudioResampleNode, in: { input: mic } }'),
    P,
    /./,
    /give output_rate a whole number/,
  ],
]

for (const row of rows)
  t.test(`manifest: the graph refuses ${row[0]}, with its place`, async (t) => {
    const { text } = marked(row[1])
    const start = cpuMs()
    checkRow(t, row, await graphRefused(text), cpuMs() - start)
  })

t.test('manifest: problems of the graph as text, with the line and what to do', async (t) => {
  const { text } = marked(
    file(
      '  mic2: { type: Mic }\n  resample: { type: AudioResampleNode, params: { output_rate: 16000, ▸qualty: low }, in: { input: mic2.output } }',
    ),
  )
  const error = await graphRefused(text)
  t.equal(error.code, 'ANB_PARAMS')
  t.equal(
    formatIssues(error),
    [
      'ANB_PARAMS pipeline.yaml:5:70 unknown param "qualty" on AudioResampleNode; did you mean "quality"?',
      '  5 |   resample: { type: AudioResampleNode, params: { output_rate: 16000, qualty: low }, in: { input: mic2.output } }'.slice(
        0,
        106,
      ),
      `    | ${' '.repeat(69)}^`,
      '  fix: rename "qualty" to "quality"',
    ].join('\n'),
  )
  const far = formatIssues([
    ...(
      await graphRefused(
        file(`  a: { type: Wide, params: {}, on_error: skip, ${' '.repeat(300)} in: { input: gain.output } }`),
      )
    ).issues,
  ])
  const [, line, mark] = far.split('\n') as [string, string, string]
  t.ok(line.length < 120 && line[mark.length - 1] === 'g', far)
  t.equal(formatIssues(new Error('plain')), 'plain')
  const failed = codedError('ANB_TIMEOUT', 'took too long', { nodeId: 'text', fix: 'wait' })
  t.equal(formatIssues(failed), 'ANB_TIMEOUT node "text": took too long\n  fix: wait')
  t.match(
    formatIssues([{ path: 'nodes.a', message: 'no', code: 'ANB_MANIFEST', severity: 'error' }]),
    'ANB_MANIFEST nodes.a no',
  )
})

t.test('manifest: all problems of the graph at once, each with its place, and validate tells the same', async (t) => {
  const manifest = parseManifest(
    file(
      '  a: { type: Wiide, in: { input: mic } }\n  b: { type: Text, in: { input: mik } }\n  c: { type: Params, params: { samples: -1 }, in: { input: mic } }',
    ),
  )
  const error = await rejected('ANB_MANIFEST', createExecutor(manifest, { registry }))
  const places = [
    ['ANB_NODE_NOT_FOUND', 4, 14],
    ['ANB_MANIFEST', 5, 33],
    ['ANB_PARAMS', 6, 41],
  ]
  const placesOf = (issues: typeof error.issues) =>
    issues.map(({ code, line, column }) => [code, line, column]).sort((a, b) => Number(a[1]) - Number(b[1]))
  t.same(placesOf(error.issues), places)
  t.match(error.message, /pipeline:4:14 no node type "Wiide"/)
  t.same(placesOf((await validate(manifest, { registry })).problems), places)
})

t.test('manifest: a pipeline of the list form has its places too', async (t) => {
  const error = await graphRefused(`version: v1
inputs: { mic: { kind: audio } }
nodes:
  - { id: a, type: Wide }
  - { id: b, type: Params, params: { samples: -1 } }
connections:
  - { from: mic, to: a }
  - { from: a, output_key: outptu, to: b }
`)
  t.same(
    error.issues.map(({ line, column }) => [line, column]),
    [
      [5, 47],
      [8, 13],
    ],
  )
})

t.test('manifest: text from the environment becomes what the node takes there', async (t) => {
  const seen: unknown[] = []
  const typed = new Registry().register(
    'Typed',
    defineNode({
      type: 'Typed',
      summary: 'Typed.',
      params: z.object({
        count: z.int(),
        on: z.boolean(),
        name: z.string(),
        deep: z.object({ list: z.array(z.number()) }),
      }),
      inputs: { input: audio },
      outputs: { output: audio },
      create: (params) => {
        seen.push(params)
        return { execute: ({ input }) => ({ output: input }) }
      },
    }) as never,
  )
  const text = (form: string) => `version: v1
inputs: { mic: { kind: audio } }
nodes:
  ${form === 'map' ? 'a: {' : '- { id: a,'} type: Typed, timeout_ms: '\${env:MS}', in: { input: mic }, params: { count: '\${env:N}', on: '\${env:ON}', name: '\${env:N}', deep: { list: ['\${env:X:-1.5}'] } } }
`
  for (const form of ['map', 'list']) {
    const manifest = parseManifest(text(form), { env: { MS: '30', N: '012', ON: 'true' } })
    t.equal(manifest.nodes.a?.timeout_ms, 30)
    await (await createExecutor(manifest, { registry: typed })).close()
    t.same(seen.pop(), { count: 12, on: true, name: '012', deep: { list: [1.5] } })
  }
  const wrong = parseManifest(text('map'), { env: { MS: '30', N: 'many', ON: 'yes' } })
  const error = await rejected('ANB_MANIFEST', createExecutor(wrong, { registry: typed }))
  t.same(
    error.issues.map(({ path, line }) => [path, line]),
    [
      ['nodes.a.params.count', 4],
      ['nodes.a.params.on', 4],
    ],
  )
})
