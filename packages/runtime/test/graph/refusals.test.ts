import t from 'tap'
import { refusal, withMic } from './pipelines.ts'

const wide = { type: 'Wide', in: { input: 'mic' } }
const from = (source: unknown) => withMic({ a: { type: 'Wide', in: { input: source } } })
const node = (options: object) => withMic({ a: { ...wide, ...options } })

/** [what, pipeline, path, message, fix] */
const rows: [string, unknown, string, RegExp, RegExp][] = [
  ['nothing', null, '', /not a pipeline/, /version: "v1"/],
  ['another version', { version: 'v9', nodes: { a: { type: 'Mic' } } }, 'version', /version is "v9"/, /version: v1/],
  ['no nodes', { version: 'v1', nodes: {} }, 'nodes', /there are no nodes/, /give nodes/],
  ['a list of nodes', { version: 'v1', nodes: [{ type: 'Mic' }] }, 'nodes', /there are no nodes/, /give nodes/],
  ['a node without a type', withMic({ a: {} }), 'nodes.a', /no type/, /type: "…"/],
  ['a node that is null', withMic({ a: null }), 'nodes.a', /no type/, /type: "…"/],
  ['an id that is none', withMic({ 'a.b': wide }), 'nodes.a.b', /"a\.b" cannot be an id/, /a letter, then/],
  [
    'an unknown mode',
    withMic({ a: wide }, { mode: 'lossles' }),
    'mode',
    /unknown mode "lossles"; did you mean "lossless"/,
    /write "lossless"/,
  ],
  [
    'an unknown node option',
    node({ on_eror: 'skip' }),
    'nodes.a',
    /unknown node option "on_eror"; did you mean "on_error"/,
    /write "on_error"/,
  ],
  [
    'an unknown edge option',
    from({ from: 'mic', polcy: 'block' }),
    'nodes.a.in.input',
    /unknown edge option "polcy"; did you mean "policy"/,
    /policy/,
  ],
  [
    'an unknown policy',
    from({ from: 'mic', policy: 'drop-oldset' }),
    'nodes.a.in.input',
    /unknown policy "drop-oldset"; did you mean "drop-oldest"/,
    /drop-oldest/,
  ],
  [
    'an unknown error policy',
    node({ on_error: 'skipp' }),
    'nodes.a.on_error',
    /unknown policy "skipp"; did you mean "skip"/,
    /skip/,
  ],
  [
    'an unknown join',
    withMic({ a: { type: 'Pair', join: 'zipp', in: { left: 'mic', right: 'mic' } } }),
    'nodes.a.join',
    /unknown join "zipp"; did you mean "zip"/,
    /zip/,
  ],
  [
    'an unknown pipeline input',
    from('mik'),
    'nodes.a.in.input',
    /unknown pipeline input "mik"; did you mean "mic"/,
    /mic/,
  ],
  [
    'a node where its output is meant',
    withMic({ a: wide, b: { type: 'Wide', in: { input: 'a' } } }),
    'nodes.b.in.input',
    /"a" is a node, not one of its outputs/,
    /a\.output/,
  ],
  [
    'an unknown node',
    withMic({ gain: wide, b: { type: 'Wide', in: { input: 'gian.output' } } }),
    'nodes.b.in.input',
    /unknown node "gian"; did you mean "gain"/,
    /gain/,
  ],
  [
    'an unknown output',
    withMic({ a: wide, b: { type: 'Wide', in: { input: 'a.outptu' } } }),
    'nodes.b.in.input',
    /unknown output of a \(Wide\) "outptu"; did you mean "output"/,
    /output/,
  ],
  [
    'an unknown input',
    withMic({ a: { type: 'Wide', in: { input: 'mic', inptu: 'mic' } } }),
    'nodes.a.in.inptu',
    /unknown input of Wide "inptu"; did you mean "input"/,
    /input/,
  ],
  [
    'an input of a source',
    withMic({ a: { type: 'Mic', in: { input: 'mic' } } }),
    'nodes.a.in.input',
    /unknown input of Mic "input"/,
    /there is no input of Mic here/,
  ],
  ['what is no source', from(7), 'nodes.a.in.input', /not a source/, /node\.key/],
  ['an empty list of sources', from([]), 'nodes.a.in.input', /nothing feeds the required input "input"/, /node\.key/],
  ['an edge without from', from({ policy: 'block' }), 'nodes.a.in.input', /not a source/, /node\.key/],
  [
    'two edges into one key',
    from(['mic', 'mic']),
    'nodes.a.in.input',
    /several edges into "input" with join: zip/,
    /join: merge/,
  ],
  [
    'merge of required keys',
    withMic({ a: { type: 'Pair', join: 'merge', in: { left: 'mic', right: 'mic' } } }),
    'nodes.a.join',
    /one of left, right at a time, but all are required/,
    /one key/,
  ],
  [
    'kinds that differ',
    withMic({ a: { type: 'Text', in: { input: 'mic' } } }),
    'nodes.a.in.input',
    /mic gives audio, a\.input takes text/,
    /kind text/,
  ],
  [
    'rates that differ',
    { version: 'v1', nodes: { m: { type: 'Mic' }, a: { type: 'Narrow', in: { input: 'm.output' } } } },
    'nodes.a.in.input',
    /sampleRate 48000, a\.input takes sampleRate 8000 or 16000/,
    /resampler/,
  ],
  [
    'a required input that nothing feeds',
    withMic({ a: { type: 'Pair', in: { left: 'mic' } } }),
    'nodes.a.in.right',
    /nothing feeds the required input "right"/,
    /right: node\.key/,
  ],
  [
    'a trigger without latest',
    withMic({ a: { type: 'Pair', trigger: 'left', in: { left: 'mic', right: 'mic' } } }),
    'nodes.a.trigger',
    /trigger with join: zip/,
    /join: latest/,
  ],
  ...[
    ['tolerance_ms', 5],
    ['late', 'fail'],
  ].map(([name, value]): (typeof rows)[number] => [
    `${name} without align`,
    withMic({ a: { type: 'Pair', [name as string]: value, in: { left: 'mic', right: 'mic' } } }),
    `nodes.a.${name}`,
    new RegExp(`${name} with join: zip`),
    /join: align/,
  ]),
  [
    'tolerance_ms: -1',
    withMic({ a: { type: 'Pair', join: 'align', tolerance_ms: -1, in: { left: 'mic', right: 'mic' } } }),
    'nodes.a.tolerance_ms',
    /tolerance_ms is -1/,
    /from/,
  ],
  [
    'a trigger that is no input',
    withMic({ a: { type: 'Pair', join: 'latest', trigger: 'lft', in: { left: 'mic', right: 'mic' } } }),
    'nodes.a.trigger',
    /unknown input "lft"; did you mean "left"/,
    /left/,
  ],
  [
    'retry of what is not retrySafe',
    node({ retry: { max_retries: 1 } }),
    'nodes.a.retry',
    /stateful and not retrySafe/,
    /purity: pure/,
  ],
  [
    'latest with more than one item',
    from({ from: 'mic', policy: 'latest', max: 3 }),
    'nodes.a.in.input',
    /latest with max 3/,
    /leave max out/,
  ],
  ...(['retry', 'timeout_ms', 'total_timeout_ms', 'breaker'] as const).map((name): (typeof rows)[number] => [
    `${name} of an operator`,
    withMic({ a: { type: 'Rx', [name]: name.endsWith('ms') ? 5 : {}, in: { input: 'mic' } } }),
    `nodes.a.${name}`,
    new RegExp(`${name} on the operator form`),
    /use the execute form/,
  ]),
  ...[0, -1, 1.5, Number.NaN, 2 ** 40, '5'].map((max): (typeof rows)[number] => [
    `max: ${max}`,
    from({ from: 'mic', max }),
    'nodes.a.in.input',
    new RegExp(`max is ${max}`),
    /a whole number/,
  ]),
  ...Object.entries({ timeout_ms: [0, Number.NaN, 2 ** 31, '7'], total_timeout_ms: [-5] }).flatMap(([name, values]) =>
    values.map((value): (typeof rows)[number] => [
      `${name}: ${value}`,
      node({ [name]: value }),
      `nodes.a.${name}`,
      new RegExp(`${name} is ${value}`),
      /from/,
    ]),
  ),
  ...Object.entries({ max_retries: [1e9, -1, 0.5], base_ms: [-1], cap_ms: [Number.NaN] }).flatMap(([name, values]) =>
    values.map((value): (typeof rows)[number] => [
      `retry.${name}: ${value}`,
      withMic({ a: { type: 'Pure', retry: { [name]: value }, in: { input: 'mic' } } }),
      `nodes.a.retry.${name}`,
      new RegExp(`retry\\.${name} is`),
      /from/,
    ]),
  ),
  ...[0, -1, 0.5].map((failures): (typeof rows)[number] => [
    `breaker.failures: ${failures}`,
    node({ breaker: { failures } }),
    'nodes.a.breaker.failures',
    /breaker\.failures is/,
    /whole number from 1/,
  ]),
]

for (const [what, pipeline, path, message, fix] of rows)
  t.test(`graph: refuses ${what}`, async (t) => {
    const error = await refusal(pipeline)
    t.equal(error.code, 'ANB_MANIFEST')
    t.equal(error.issues.length, 1, error.message)
    t.match(error.issues[0], { path, message, fix })
    t.match(error.message, message)
  })
