import { describeNode, number, text } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, Registry } from '@anabranch/runtime'
import t from 'tap'
import { thrown } from '../coded.ts'
import { mapNode, pass, sourceOf } from '../nodes.ts'
import { refusal, registry, withMic } from './pipelines.ts'

t.test('graph: cycles are named', async (t) => {
  const wire = (...ins: [string, string][]) =>
    withMic(Object.fromEntries(ins.map(([id, source]) => [id, { type: 'Wide', in: { input: source } }])))
  const rows: [object, string[]][] = [
    [wire(['a', 'a.output']), ['a', 'a']],
    [wire(['a', 'b.output'], ['b', 'a.output']), ['a', 'b', 'a']],
    [wire(['top', 'mic'], ['x', 'z.output'], ['y', 'x.output'], ['z', 'y.output']), ['x', 'y', 'z', 'x']],
    [
      withMic({
        before: { type: 'Wide', in: { input: 'mic' } },
        x: { type: 'Pair', in: { left: 'before.output', right: 'z.output' } },
        z: { type: 'Wide', in: { input: 'x.output' } },
      }),
      ['x', 'z', 'x'],
    ],
  ]
  for (const [pipeline, nodes] of rows) {
    const error = await refusal(pipeline)
    t.equal(error.code, 'ANB_CYCLE')
    t.same(error.nodes, nodes)
    t.match(error.message, nodes.join(' → '))
  }
})

t.test('graph: a long chain and a long cycle need no deep stack', async (t) => {
  const ids = Array.from({ length: 1000 }, (_, n) => `n${n}`)
  const chain = (first: string) =>
    withMic(
      Object.fromEntries(
        ids.map((id, n) => [id, { type: 'Wide', in: { input: n === 0 ? first : `n${n - 1}.output` } }]),
      ),
    )
  await (await createExecutor(chain('mic') as never, { registry })).close()
  const error = await refusal(chain('n999.output'))
  t.equal(error.nodes?.length, 1001)
  t.match(
    (await refusal(withMic(Object.fromEntries(Array.from({ length: 1025 }, (_, n) => [`n${n}`, { type: 'Mic' }])))))
      .message,
    /1025 nodes, more than 1024/,
  )
})

t.test('graph: all problems at once, each with path, message and fix', async (t) => {
  const error = await refusal({
    version: 'v2',
    inputs: { mic: { kind: 'audio' } },
    mode: 'at-least-once',
    nodes: {
      a: { type: 'Wide', in: { input: 'mik' }, timout_ms: 3 },
      b: { type: 'Params', params: { samples: -1, mode: 'c', more: 1 }, in: { input: 'a.output' } },
      c: { type: 'Wiide', in: { input: 'b.output' } },
      d: { type: 'Wide', placement: { where: 'thread' }, in: { input: 'b.output' } },
    },
  })
  t.equal(error.code, 'ANB_MANIFEST')
  const paths = error.issues.map(({ path }) => path)
  for (const path of [
    'version',
    'mode',
    'nodes.a',
    'nodes.a.in.input',
    'nodes.b.params.samples',
    'nodes.b.params.mode',
    'nodes.c.type',
    'nodes.d.placement',
  ])
    t.ok(paths.includes(path), `${path} of ${paths.join(', ')}`)
  t.ok(
    paths.some(
      (path) =>
        path.startsWith('nodes.b.params') && path !== 'nodes.b.params.samples' && path !== 'nodes.b.params.mode',
    ),
  )
  t.ok(error.issues.every(({ message, code }) => message !== '' && code.startsWith('ANB_')))
  t.match(error.message, /has \d+ problems:/)
})

t.test('graph: modes and placements that are not built are refused with ANB_NOT_AVAILABLE', async (t) => {
  for (const mode of ['at-least-once', 'effectively-once'])
    t.match(await refusal(withMic({ a: { type: 'Wide', in: { input: 'mic' } } }, { mode })), {
      code: 'ANB_NOT_AVAILABLE',
      message: mode,
    })
  const placements = [
    { where: 'thread' },
    { where: 'process' },
    { where: 'remote' },
    { replicas: 2 },
    { labels: { gpu: 1 } },
  ]
  for (const placement of placements)
    t.match(await refusal(withMic({ a: { type: 'Wide', placement, in: { input: 'mic' } } })), {
      code: 'ANB_NOT_AVAILABLE',
      nodeId: 'a',
    })
  t.match(await refusal(withMic({ a: { type: 'Explicit', in: { input: 'mic' } } })), {
    issues: [{ code: 'ANB_NOT_AVAILABLE', path: 'nodes.a' }],
  })
  const inline = withMic(
    { a: { type: 'Wide', placement: { where: 'inline', replicas: 1 }, in: { input: 'mic' } } },
    { mode: 'realtime' },
  )
  await (await createExecutor(inline as never, { registry })).close()
})

t.test('graph: what a node refuses itself comes in its own class, naming the node', async (t) => {
  const params = await refusal(withMic({ a: { type: 'Params', params: { samples: '160' }, in: { input: 'mic' } } }))
  t.match(params, { code: 'ANB_PARAMS', nodeId: 'a' })
  t.match(await refusal(withMic({ a: { type: 'Wiide', in: { input: 'mic' } } })), {
    code: 'ANB_NODE_NOT_FOUND',
    message: /did you mean "Wide"/,
  })
  t.match(await refusal(withMic({ a: { type: 'Wide', runtime_hint: 'python', in: { input: 'mic' } } })), {
    code: 'ANB_NODE_NOT_FOUND',
    message: /with runtime python/,
  })
  const odd = new Registry()
  odd.register('None', { runtime: 'javascript', create: () => ({ nodeType: 'None', runtime: 'javascript' }) })
  odd.register('Both', {
    runtime: 'javascript',
    create: () => ({ nodeType: 'Both', runtime: 'javascript', execute() {}, *source() {} }),
  })
  odd.register('Throws', {
    runtime: 'javascript',
    create: () => {
      throw new TypeError('no device')
    },
  })
  for (const [type, code, message] of [
    ['None', 'ANB_PLUGIN', /none of execute/],
    ['Both', 'ANB_PLUGIN', /execute and source/],
    ['Throws', 'ANB_NODE_EXECUTION', /node "a": no device/],
  ] as const)
    t.match(await refusal(withMic({ a: { type, in: { input: 'mic' } } }), { registry: odd }), {
      code,
      message,
      nodeId: 'a',
    })
  t.match(
    await refusal(withMic({ a: { type: 'Hand' } }), {
      registry: new Registry().register('Hand', {
        runtime: 'javascript',
        create: () => ({ nodeType: 'Hand', runtime: 'javascript', execute() {} }),
      }),
    }),
    { message: /nothing feeds it/ },
  )
})

t.test('definePipeline: equals the plain manifest, and carries its nodes unseen', async (t) => {
  const pipeline = definePipeline({
    metadata: { name: 'x' },
    inputs: { mic: number.with({ dtype: 'f64' }) },
    nodes: { p: { type: pass, in: { input: 'mic' } } },
  })
  t.same(pipeline, {
    version: 'v1',
    metadata: { name: 'x' },
    inputs: { mic: { kind: 'number', format: { dtype: 'f64' } } },
    nodes: { p: { type: 'Pass', in: { input: 'mic' } } },
  })
  t.same(JSON.parse(JSON.stringify(pipeline)), pipeline)
})

t.test(
  'definePipeline: two nodes of one type name are refused, a described one is found by the registry',
  async (t) => {
    const other = mapNode('Pass', (n) => n + 1)
    const clash = thrown('ANB_PLUGIN', () =>
      definePipeline({
        inputs: { mic: text },
        nodes: { p: { type: pass, in: { input: 'mic' } }, q: { type: other, in: { input: 'mic' } } },
      }),
    )
    t.match(clash.message, /another node of this pipeline is of a type that is called "Pass" too/)
    const described = describeNode({
      type: 'Pass',
      summary: 'Elsewhere.',
      inputs: { input: text },
      outputs: { output: text },
    })
    const pipeline = definePipeline({ inputs: { mic: text }, nodes: { p: { type: described, in: { input: 'mic' } } } })
    t.match(await createExecutor(pipeline).catch((error: unknown) => error), { code: 'ANB_NODE_NOT_FOUND' })
    const executor = await createExecutor(pipeline, { registry: new Registry().register('Pass', pass) })
    t.equal((await executor.execute({ mic: 'x' })).get('p.output'), 'x')
    await executor.close()
  },
)

t.test('graph: nodes run in topological order, whatever their order in the pipeline', async (t) => {
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        c: { type: pass, in: { input: 'b.output' } },
        b: { type: pass, in: { input: 'a.output' } },
        a: { type: sourceOf([1]) },
      } as never,
    }),
  )
  t.same(Object.keys(executor.metrics().nodes), ['a', 'b', 'c'])
  await executor.close()
})
